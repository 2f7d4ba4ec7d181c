/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What programs at a unit's group of version 2 do for it: devices where no controller does it,
 * addresses, ports and interfaces of the network, and programs that others made. */

#include "host/host_unit.h"

/* Whether the unit, or a slice above it, sets something of the kind. */
bool unit_filter_is_wanted(const Host *host, const Unit *unit);

/* Attaches what the unit wants to its group, which is there, and detaches what it no longer wants.
 * What cannot be done is reported. -ENOMEM. */
int unit_filter_set(HostUnit *hu);
