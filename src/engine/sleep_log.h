/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How long the machine slept, and when: the monotonic clock stands still meanwhile, but the spans
 * of timers with WakeSystem=yes go on (systemd.timer(5)). The engine keeps one; it is told the
 * time. */

#include <stdint.h>

#define SLEEP_LOG_MAX 32      /* what came before the last so many counts as before the log */
#define SLEEP_MIN_USEC 100000 /* less is the time between the readings of two clocks */

typedef struct Sleep {
        uint64_t until_usec; /* monotonic: when it was over, at the latest */
        uint64_t total_usec; /* asleep since boot, this time included */
} Sleep;

/* The first entry is what was before the log. All zero: a machine that never slept. */
typedef struct SleepLog {
        Sleep sleeps[SLEEP_LOG_MAX];
        unsigned n_sleeps;
} SleepLog;

/* The machine has slept `total_usec` since its boot: notes what is new of it as a sleep that is
 * just over. Less than SLEEP_MIN_USEC is none. */
void sleep_log_note(SleepLog *log, uint64_t monotonic_usec, uint64_t total_usec);

/* How much of it came after a moment of the monotonic clock. Moments before the log, but the boot
 * (0), count as its beginning. */
uint64_t sleep_log_since(const SleepLog *log, uint64_t monotonic_usec);
