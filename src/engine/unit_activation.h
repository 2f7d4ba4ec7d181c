/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why a unit is being started, for its processes: $TRIGGER_UNIT, $TRIGGER_PATH, $TRIGGER_TIMER_*
 * (systemd.exec(5)). Said by the unit that triggers before it queues the job; forgotten when the
 * triggered unit is down again or its job came to nothing. */

#include "base/macros.h"
#include "engine/unit_object.h"

/* Forgets what was said and adds TRIGGER_UNIT=. Without memory the variables are missing. */
void unit_activation_begin(Unit *triggered, const Unit *by);

/* Adds one "NAME=value". */
void unit_activation_add(Unit *triggered, const char *format, ...) PRINTF_LIKE(2, 3);

/* Forgets it all. */
void unit_activation_clear(Unit *unit);
