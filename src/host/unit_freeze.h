/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Freezing units: by their group of version 2, or by one of the freezer controller of version 1,
 * which is made when it is first asked for. */

#include "host/host_unit.h"

/* Stops or continues all processes of the unit; -EOPNOTSUPP where the kernel cannot. */
int unit_freeze(Host *host, Unit *unit, bool freeze);

/* Whether the unit is of a kind that can be stopped so, and the kernel has the means. */
bool unit_can_freeze(const Host *host, const Unit *unit);

/* Whether they are stopped so. */
bool unit_is_frozen(const Host *host, const Unit *unit);

/* What the last manager left of it. */
void unit_freeze_restore(HostUnit *hu);
