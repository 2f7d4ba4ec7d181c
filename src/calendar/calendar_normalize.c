/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar_spec.h"

#include <errno.h>

#include "base/duration.h"
#include "base/error.h"

#define ALL_WEEKDAYS 127
#define DAYS_LESS 3
#define YEAR_OF_CENTURY_MAX 70 /* "69" is 2069, "70" is 1970 */

/* Which values a part may have. */
typedef struct PartLimits {
        int low, high;
} PartLimits;

/* clang-format off */
static const PartLimits limits[CALENDAR_PART_COUNT] = {
        [CALENDAR_YEAR] = { CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX },
        [CALENDAR_MONTH] = { 1, 12 },
        [CALENDAR_DAY] = { 1, 31 },
        [CALENDAR_HOUR] = { 0, 23 },
        [CALENDAR_MINUTE] = { 0, 59 },
        [CALENDAR_USEC] = { 0, 60 * (int)USEC_PER_SEC - 1 },
};
/* clang-format on */

static int full_year(int year) {
        if (year >= 0 && year < YEAR_OF_CENTURY_MAX)
                return year + 2000;
        return year >= YEAR_OF_CENTURY_MAX && year < 100 ? year + 1900 : year;
}

static int compare_ranges(const void *a, const void *b) {
        const CalendarRange *x = a, *y = b;
        if (x->start != y->start)
                return x->start < y->start ? -1 : 1;
        if (x->stop != y->stop)
                return x->stop < y->stop ? -1 : 1;
        return (x->repeat > y->repeat) - (x->repeat < y->repeat);
}

/* The end of a range is where its last step arrives; a range that never steps is one value. */
static void simplify(CalendarRange *range) {
        if (range->stop > range->start && range->repeat > 0)
                range->stop -= (range->stop - range->start) % range->repeat;
        if (range->stop == range->start) {
                range->stop = -1;
                range->repeat = 0;
        }
}

static void sort_list(CalendarList *list) {
        unsigned n = 0;
        for (unsigned i = 0; i < list->n_ranges; i++)
                simplify(&list->ranges[i]);
        if (list->n_ranges < 2)
                return;
        qsort(list->ranges, list->n_ranges, sizeof(*list->ranges), compare_ranges);
        for (unsigned i = 0; i < list->n_ranges; i++)
                if (n == 0 || compare_ranges(&list->ranges[n - 1], &list->ranges[i]) != 0)
                        list->ranges[n++] = list->ranges[i];
        list->n_ranges = n;
}

static bool is_within(const CalendarRange *range, PartLimits limit, bool from_end) {
        if (range->start < limit.low || range->start > limit.high ||
            range->repeat > limit.high - limit.low)
                return false;
        if (range->stop >= 0)
                return range->stop >= range->start && range->stop <= limit.high;
        return from_end ? range->start - range->repeat >= limit.low
                        : range->start + range->repeat <= limit.high;
}

/* Days from the end go to the 28th at most, which every month has; systemd lets each further item
 * reach three days less. */
static bool is_list_within(const CalendarList *list, PartLimits limit, bool from_end) {
        for (unsigned i = 0; i < list->n_ranges; i++) {
                if (from_end)
                        limit.high -= DAYS_LESS;
                if (!is_within(&list->ranges[i], limit, from_end))
                        return false;
        }
        return true;
}

int calendar_normalize(CalendarSpec *spec) {
        CalendarList *years = &spec->parts[CALENDAR_YEAR];
        if (spec->zone && streq(spec->zone, "UTC")) {
                spec->utc = true;
                free(spec->zone);
                spec->zone = NULL;
        }
        if (spec->weekdays <= 0 || spec->weekdays >= ALL_WEEKDAYS)
                spec->weekdays = -1;
        if (spec->parts[CALENDAR_DAY].n_ranges == 0)
                spec->end_of_month = false;
        for (unsigned i = 0; i < years->n_ranges; i++) {
                years->ranges[i].start = full_year(years->ranges[i].start);
                years->ranges[i].stop = full_year(years->ranges[i].stop);
        }
        for (unsigned i = 0; i < CALENDAR_PART_COUNT; i++) {
                sort_list(&spec->parts[i]);
                if (!is_list_within(
                            &spec->parts[i], limits[i], i == CALENDAR_DAY && spec->end_of_month))
                        return err_new(-EINVAL);
        }
        return 0;
}
