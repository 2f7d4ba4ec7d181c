/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Timers in fast motion: the real engine with a clock of its own, and units that end as soon as
 * they are started. Tells each moment at which a timer elapses. */

#include <stdint.h>

#include "calendar/time_zone.h"
#include "unit/unit_load.h"

/* The machine is off. */
typedef struct TimerOutage {
        uint64_t from_usec, to_usec; /* since 1970 */
} TimerOutage;

typedef struct TimerRehearsalOptions {
        const UnitLoader *loader;    /* where timer units come from; outlives the rehearsal */
        const TimeZone *local;       /* NULL = UTC; outlives the rehearsal */
        char *const *timers;         /* what is started */
        uint64_t from_usec, to_usec; /* since 1970 */
        const TimerOutage *outages;  /* in order, within the period and without overlap */
        unsigned n_outages;
        /* A timer elapses; `is_late`: for what was due in an outage. */
        void (*elapsed)(
                void *userdata, uint64_t usec, const char *timer, const char *unit, bool is_late);
        void (*refused)(void *userdata, const char *text); /* one of the timers will never elapse */
        void *userdata;
} TimerRehearsalOptions;

/* Plays the whole period. -errno; 0, also when nothing elapsed. */
int timer_rehearsal_play(const TimerRehearsalOptions *options);
