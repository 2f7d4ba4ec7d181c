/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/expiry.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/macros.h"

#define LOOKS 8 /* at what is kept, while it is */
#define PERIOD_MAX USEC_PER_HOUR

/* The shortest time between looks that a storage wants; USEC_INFINITY = none. */
static uint64_t period_of(const Storage *storage) {
        uint64_t retention = storage->config->max_retention_usec;

        return retention == 0 ? USEC_INFINITY
                              : MIN(MAX(retention / LOOKS, USEC_PER_SEC), PERIOD_MAX);
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata) {
        Recorder *recorder = userdata;

        (void)source;
        (void)usec;
        recorder->expiry_is_armed = false;
        (void)recorder_each_storage(recorder, storage_expire); /* it is tried again */
        expiry_arm(recorder);
        return 0;
}

void expiry_arm(Recorder *recorder) {
        uint64_t period = period_of(&recorder->storage);
        size_t cursor = 0;

        if (recorder->expiry_is_armed)
                return;
        for (Storage *s; (s = shelves_next(&recorder->shelves, &cursor));)
                period = MIN(period, period_of(s));
        if (period == USEC_INFINITY)
                return;
        uint64_t due = usec_add(clock_monotonic_usec(), period);
        int r = recorder->expiry_timer ? sd_event_source_set_time(recorder->expiry_timer, due)
                                       : sd_event_add_time(recorder->event,
                                                           &recorder->expiry_timer,
                                                           CLOCK_MONOTONIC,
                                                           due,
                                                           USEC_PER_SEC,
                                                           on_time,
                                                           recorder);
        if (r >= 0)
                r = sd_event_source_set_enabled(recorder->expiry_timer, SD_EVENT_ONESHOT);
        recorder->expiry_is_armed = r >= 0;
}

void expiry_done(Recorder *recorder) {
        recorder->expiry_timer = sd_event_source_disable_unref(recorder->expiry_timer);
}
