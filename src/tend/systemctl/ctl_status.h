/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What systemctl status says about one unit. */

#include "tend/systemctl/systemctl.h"
#include "tend/unit_view.h"

/* The units that were typed: those of processes first, then names, then what patterns match. -errno
 * after a message. */
int ctl_chosen_units(Systemctl *ctl, char **arguments, char ***names);

/* Appends the lines of one unit, without processes and log. */
void ctl_status_print(const Systemctl *ctl, const UnitView *view, StrBuf *out);

/* Appends the lines about how its commands ended, its main process and what it uses. */
void ctl_status_print_processes(const Systemctl *ctl, const UnitView *view, StrBuf *out);
