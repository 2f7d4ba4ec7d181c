/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Time spans as systemd.time(7) writes them: "5min 20s", "2h", "90" (seconds, or `unit_usec`). */

#include <stdint.h>

#include "base/str.h"
#include "base/strbuf.h"

#define USEC_INFINITY UINT64_MAX
#define USEC_PER_MSEC UINT64_C(1000)
#define USEC_PER_SEC UINT64_C(1000000)
#define USEC_PER_MINUTE (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)
#define USEC_PER_WEEK (7 * USEC_PER_DAY)
#define USEC_PER_MONTH (UINT64_C(2629800) * USEC_PER_SEC)
#define USEC_PER_YEAR (UINT64_C(31557600) * USEC_PER_SEC)
#define NSEC_PER_USEC UINT64_C(1000)

/* Parses a span; a number without unit counts in `unit_usec`. "infinity" gives USEC_INFINITY.
 * -EINVAL when it is not a span, -ERANGE when it is too long. */
int duration_parse(Str text, uint64_t unit_usec, uint64_t *ret_usec);

/* The same in nanoseconds with suffixes ns, nsec (RestrictTime, TimerSlackNSec, LimitRTTIME). */
int duration_parse_nsec(Str text, uint64_t *ret_nsec);

/* "1min 30s", "infinity", "0" as systemd prints; parts below `accuracy_usec` are left out. */
void duration_print(StrBuf *out, uint64_t usec, uint64_t accuracy_usec);

/* a + b, USEC_INFINITY when it would overflow or either is infinite. */
static inline uint64_t usec_add(uint64_t a, uint64_t b) {
        return a > USEC_INFINITY - b ? USEC_INFINITY : a + b;
}

/* a - b, not below 0; infinite stays infinite. */
static inline uint64_t usec_sub(uint64_t a, uint64_t b) {
        return a == USEC_INFINITY ? a : a > b ? a - b : 0;
}
