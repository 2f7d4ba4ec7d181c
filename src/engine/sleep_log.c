/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sleep_log.h"

#include <string.h>

static const Sleep *last_of(const SleepLog *log) {
        return log->n_sleeps > 0 ? &log->sleeps[log->n_sleeps - 1] : NULL;
}

void sleep_log_note(SleepLog *log, uint64_t monotonic_usec, uint64_t total_usec) {
        const Sleep *last = last_of(log);
        if (last && total_usec < last->total_usec + SLEEP_MIN_USEC)
                return;
        if (log->n_sleeps == SLEEP_LOG_MAX) {
                log->n_sleeps--;
                memmove(log->sleeps, log->sleeps + 1, log->n_sleeps * sizeof(*log->sleeps));
        }
        log->sleeps[log->n_sleeps++] = (Sleep){ monotonic_usec, total_usec };
}

uint64_t sleep_log_since(const SleepLog *log, uint64_t monotonic_usec) {
        const Sleep *last = last_of(log);
        if (!last)
                return 0;
        if (monotonic_usec == 0)
                return last->total_usec;
        const Sleep *before = log->sleeps;
        while (before < last && before[1].until_usec <= monotonic_usec)
                before++;
        return last->total_usec - before->total_usec;
}
