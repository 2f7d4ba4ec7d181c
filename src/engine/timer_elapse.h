/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* When a timer elapses next. Internal to timer units. */

#include "engine/timer_unit.h"

/* What the elapses are counted from. */
typedef struct TimerMoment {
        uint64_t realtime_usec, monotonic_usec;
        bool clock_changed; /* nothing is over because of it */
} TimerMoment;

typedef enum TimerOutlook {
        TIMER_HAS_NEXT = 1 << 0,
        TIMER_MAY_COME_BACK = 1 << 1, /* follows the triggered unit */
} TimerOutlook;

/* Fills the next elapses of all values and of the timer, without random delays. TimerOutlook. */
unsigned timer_find_next(Unit *unit, const Unit *triggered, const TimerMoment *moment);

/* What is due now, when that was, and what else elapsed until now. */
TimerRun timer_find_run(const Unit *unit, const TimerMoment *moment);

/* Adds the random delay of RandomizedDelaySec= to a moment; USEC_INFINITY stays. The delay is drawn
 * when `delay` is not of this moment, or is longer than it may be. */
uint64_t timer_add_delay(const Unit *unit, uint64_t usec, TimerDelay *delay);
