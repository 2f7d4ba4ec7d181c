/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Moments as systemd.time(7) writes them: "Fri 2012-11-23 11:12:13 CET", "tomorrow", "5min ago",
 * "@1395716396". All in microseconds since 1970. */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "base/strbuf.h"
#include "calendar/time_zone.h"

/* The last moment that is accepted: the end of 9999-12-30. */
#define TIME_STAMP_MAX_USEC (UINT64_C(253402214399) * 1000000)

/* Parses a moment. `now_usec` is what "now" and relative forms mean; `local` is the zone of texts
 * that name none. -EINVAL when it is no moment, -ERANGE when it is beyond the limits, which
 * "@" does not have. */
int time_stamp_parse(Str text, uint64_t now_usec, const TimeZone *local, uint64_t *ret_usec);

/* "Fri 2012-11-23 11:12:13 CET"; "-" for 0 and USEC_INFINITY,
 * crosses for what is beyond the limit. */
void time_stamp_print(StrBuf *out, uint64_t usec, const TimeZone *zone);

/* "8 months 19 days ago", "2s left", "now"; "-" for 0 and USEC_INFINITY. */
void time_stamp_print_relative(StrBuf *out, uint64_t usec, uint64_t now_usec);
