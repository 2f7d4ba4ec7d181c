/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a unit has consumed from its start to its end: told in the log when its groups go, and shown
 * to clients until it starts again, as systemd does. Where the unit starts again at once the groups
 * stay and go on counting. Not kept over a manager's death. */

#include "host/host_unit.h"
#include "host/unit_inspect.h"

/* While the groups are still there: keeps the totals of what is accounted, and says them: for
 * everybody when it was more than a second of the processor's time or any traffic, else for those
 * who look closely. Without memory nothing is kept. */
void unit_consumed_note(HostUnit *hu);

/* Fills in what was kept. */
void unit_consumed_show(const HostUnit *hu, UnitFigures *figures);
