/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A timer unit at run time (systemd.timer(5)): knows when it elapses next and starts its unit then.
 * Elapses by the clock of the wall are converted to the monotonic clock and looked at again when
 * somebody sets the clock. */

#include <stdbool.h>
#include <stdint.h>

#include "calendar/calendar_spec.h"
#include "engine/unit_object.h"

typedef enum TimerResult {
        TIMER_SUCCESS,
        TIMER_FAILURE_RESOURCES,
        TIMER_FAILURE_START_LIMIT_HIT,
        TIMER_RESULT_COUNT
} TimerResult;

/* One OnCalendar=, OnActiveSec= or the like, in the order of the settings. */
typedef struct TimerValue {
        CalendarSpec *calendar; /* owned; OnCalendar= only */
        uint64_t next_usec;     /* realtime for OnCalendar=, else monotonic; 0 = not known */
        bool is_disabled;       /* it was for one time, and that is over */
} TimerValue;

/* One run of the triggered unit, for the ledger. */
typedef struct TimerRun {
        uint64_t due_usec, started_usec; /* realtime; started 0 = none is under way */
        uint64_t began_usec;             /* when it started, by the monotonic clock */
        unsigned n_skipped, n_missed; /* further elapses of calendars between both, while the unit
                                         was running, or before the manager began */
} TimerRun;

/* The random delay that was drawn for a moment: it stays while that moment is the next. */
typedef struct TimerDelay {
        uint64_t from_usec, usec; /* usec 0 = none was drawn */
} TimerDelay;

/* Made before the first start, event or record. */
typedef struct TimerRuntime {
        TimerResult result;
        TimerValue *values; /* owned; one per rule of the specification */
        unsigned n_values;
        /* The next elapse by each clock, with its random delay; USEC_INFINITY = none. */
        uint64_t next_realtime_usec, next_monotonic_usec;
        TimerDelay realtime_delay, monotonic_delay;
        DualTimestamp last_trigger;
        TimerRun run;
        UnitTimer timer;
        int wake_error;           /* errno for which the machine cannot be woken; 0 */
        const UnitSpec *made_for; /* compared only */
} TimerRuntime;

/* "success", "resources", "start-limit-hit". */
const char *timer_result_name(TimerResult result);

/* What of its settings is refused here, as the executor's reports are ("STEP\tLEVEL\tSETTING\t
 * message"); NULL. Owned by nobody. */
const char *timer_refusal(const Unit *unit);

/* The canonical form of an OnCalendar= text. -EINVAL when it is none. */
int timer_print_calendar(const char *text, StrBuf *out);

/* When to wake for something that is due at `usec` and may be late by `accuracy_usec`: a moment
 * that others choose as well, where there is one. `perturb_usec` is the machine's own place in a
 * minute.
 */
uint64_t timer_coalesce(uint64_t usec, uint64_t accuracy_usec, uint64_t perturb_usec);
