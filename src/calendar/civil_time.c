/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/civil_time.h"

#define SECONDS_PER_DAY 86400
#define DAYS_PER_ERA 146097 /* 400 years */
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

static int64_t floor_divide(int64_t a, int64_t b) {
        return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day is the last of its year. */
int64_t civil_days(int64_t year, int month, int64_t day) {
        int64_t y = month <= 2 ? year - 1 : year;
        int64_t era = floor_divide(y, 400);
        int64_t of_era = y - era * 400;
        int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5;
        return era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 + of_year + day - 1 -
               DAYS_TO_1970;
}

int64_t civil_to_seconds(const CivilTime *civil) {
        int64_t months = civil->year * 12 + civil->month - 1;
        int64_t year = floor_divide(months, 12);
        int64_t days = civil_days(year, (int)(months - year * 12) + 1, civil->day);
        return days * SECONDS_PER_DAY + (int64_t)civil->hour * 3600 + (int64_t)civil->minute * 60 +
               civil->second;
}

static int weekday_of(int64_t days) {
        return (int)((days % 7 + 7 + 3) % 7); /* 1970-01-01 was a Thursday */
}

void civil_from_seconds(int64_t seconds, CivilTime *ret) {
        int64_t days = floor_divide(seconds, SECONDS_PER_DAY);
        int rest = (int)(seconds - days * SECONDS_PER_DAY);
        int64_t shifted = days + DAYS_TO_1970;
        int64_t era = floor_divide(shifted, DAYS_PER_ERA);
        int64_t of_era = shifted - era * DAYS_PER_ERA;
        int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
        int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
        int month = (int)((5 * of_year + 2) / 153);

        ret->day = (int)(of_year - (153 * month + 2) / 5) + 1;
        ret->month = month < 10 ? month + 3 : month - 9;
        ret->year = era * 400 + years + (ret->month <= 2);
        ret->hour = rest / 3600;
        ret->minute = rest / 60 % 60;
        ret->second = rest % 60;
        ret->weekday = weekday_of(days);
}

int civil_weekday(int64_t seconds) {
        return weekday_of(floor_divide(seconds, SECONDS_PER_DAY));
}

int civil_month_length(int64_t year, int month) {
        return (int)(civil_days(month == 12 ? year + 1 : year, month % 12 + 1, 1) -
                     civil_days(year, month, 1));
}

static int compare(int64_t a, int64_t b) {
        return (a > b) - (a < b);
}

int civil_compare(const CivilTime *a, const CivilTime *b) {
        int r = compare(a->year, b->year);
        if (r == 0)
                r = compare(a->month, b->month);
        if (r == 0)
                r = compare(a->day, b->day);
        if (r == 0)
                r = compare(a->hour, b->hour);
        if (r == 0)
                r = compare(a->minute, b->minute);
        return r != 0 ? r : compare(a->second, b->second);
}
