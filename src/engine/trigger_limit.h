/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* TriggerLimitIntervalSec= and TriggerLimitBurst= of socket and path units (systemd.socket(5)). */

#include "engine/unit_object.h"

/* Counts a trigger in `limit`; true when it is one too many. `default_burst` holds where the unit
 * says nothing; the interval is 2 s then. 0 for either setting means no limit. */
bool trigger_limit_hit(const Unit *unit, StartLimit *limit, uint64_t default_burst);
