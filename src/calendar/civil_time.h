/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Dates of the Gregorian calendar and seconds since 1970, without any time zone. Pure arithmetic.
 */

#include <stdbool.h>
#include <stdint.h>

/* A moment as a clock on the wall shows it. Values beyond their range are accepted where it is
 * said, and count on: the 32nd of January is the 1st of February. */
typedef struct CivilTime {
        int64_t year;             /* 2026 */
        int month, day;           /* 1 to 12, 1 to 31 */
        int hour, minute, second; /* 0 to 23, 0 to 59, 0 to 59 */
        int weekday;              /* 0 Monday to 6 Sunday; only an answer */
        bool is_dst;              /* daylight saving time; only an answer */
        int32_t offset;           /* seconds east of Greenwich; only an answer */
        const char *abbreviation; /* "CET", owned by the zone; NULL where nothing was asked */
} CivilTime;

/* Seconds since 1970 of this date read as UTC; values beyond their range count on. */
int64_t civil_to_seconds(const CivilTime *civil);

/* The date in UTC; offset, is_dst and abbreviation are left alone. */
void civil_from_seconds(int64_t seconds, CivilTime *ret);

/* The weekday of these seconds read as UTC: 0 Monday to 6 Sunday. */
int civil_weekday(int64_t seconds);

/* Days since 1970-01-01 of a date; month 1 to 12, any day. */
int64_t civil_days(int64_t year, int month, int64_t day);

/* Days of a month. */
int civil_month_length(int64_t year, int month);

/* Orders by year, month, day, hour, minute, second: below, equal to or above 0. */
int civil_compare(const CivilTime *a, const CivilTime *b);
