/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The plan of a unit: its resolved settings as text for the executor, in a sealed memfd that is
 * kept until the unit changes. */

#include "base/strbuf.h"
#include "host/host_unit.h"

/* Appends the plan's text. */
int unit_plan_print(Host *host, Unit *unit, StrBuf *out);

/* The plan as a descriptor that the unit keeps; -errno. */
int unit_plan_open(HostUnit *hu);
