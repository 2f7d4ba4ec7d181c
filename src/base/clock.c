/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#include "base/duration.h"

static uint64_t now_usec(clockid_t clock) {
        struct timespec now = { 0 };
        (void)clock_gettime(clock, &now); /* fails only for clocks that do not exist */
        return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / NSEC_PER_USEC;
}

uint64_t clock_monotonic_usec(void) {
        return now_usec(CLOCK_MONOTONIC);
}

uint64_t clock_realtime_usec(void) {
        return now_usec(CLOCK_REALTIME);
}

uint64_t clock_boottime_usec(void) {
        return now_usec(CLOCK_BOOTTIME);
}
