/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* TriggerLimitIntervalSec= and TriggerLimitBurst= of socket and path units (systemd.socket(5)). */

#include "base/duration.h"
#include "engine/unit_object.h"

#define TRIGGER_INTERVAL_USEC (2 * USEC_PER_SEC) /* where nothing is set */

/* The interval that holds; "infinity" is as unset, as with systemd. */
uint64_t trigger_limit_interval(const Unit *unit);

/* Counts a trigger in `limit`; true when it is one too many. `default_burst` holds where the unit
 * says nothing. 0 for either setting means no limit. */
bool trigger_limit_hit(const Unit *unit, StartLimit *limit, uint64_t default_burst);
