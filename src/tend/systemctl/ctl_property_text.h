/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One property as a line, or some lines, of systemctl show. */

#include "tend/systemctl/systemctl.h"

/* Reads one entry of a{sv}, which the message has entered, and appends its lines if it is wanted.
 */
int ctl_property_print(const Systemctl *ctl, sd_bus_message *reply, StrBuf *out);
