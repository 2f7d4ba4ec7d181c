/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar_spec.h"

#include "base/duration.h"
#include "calendar/weekday.h"

static void print_weekdays(int bits, StrBuf *out) {
        const char *comma = "";
        for (int day = 0; day < 7; day++) {
                int last = day;
                if (!(bits & 1 << day))
                        continue;
                while (last < 6 && bits & 1 << (last + 1))
                        last++;
                strbuf_addf(out, "%s%s", comma, weekday_name(day));
                if (last > day)
                        strbuf_addf(out, "%s%s", last > day + 1 ? ".." : ",", weekday_name(last));
                comma = ",";
                day = last;
        }
        strbuf_add_char(out, ' ');
}

/* `unit` is what counts 1: a second in microseconds for the seconds. */
static void print_value(int value, int width, int unit, StrBuf *out) {
        strbuf_addf(out, "%0*i", width, value / unit);
        if (value % unit > 0)
                strbuf_addf(out, ".%06i", value % unit);
}

/* With each full second the seconds are "*", whatever else is among them: as systemd prints it. */
static bool has_each_second(const CalendarList *list) {
        for (unsigned i = 0; i < list->n_ranges; i++) {
                const CalendarRange *range = &list->ranges[i];
                if (range->start == 0 && range->stop < 0 && range->repeat == (int)USEC_PER_SEC)
                        return true;
        }
        return false;
}

static void print_list(const CalendarSpec *spec, CalendarPart part, StrBuf *out) {
        const CalendarList *list = &spec->parts[part];
        int unit = part == CALENDAR_USEC ? (int)USEC_PER_SEC : 1;
        int width = part == CALENDAR_YEAR ? 4 : 2;
        if (list->n_ranges == 0 || (part == CALENDAR_USEC && has_each_second(list))) {
                strbuf_add_char(out, '*');
                return;
        }
        for (unsigned i = 0; i < list->n_ranges; i++) {
                const CalendarRange *range = &list->ranges[i];
                if (i > 0)
                        strbuf_add_char(out, ',');
                print_value(range->start, width, unit, out);
                if (range->stop > 0) {
                        strbuf_add(out, "..");
                        print_value(range->stop, width, unit, out);
                }
                if (range->repeat > 0 && !(range->stop > 0 && range->repeat == unit)) {
                        strbuf_add_char(out, '/');
                        print_value(range->repeat, 1, unit, out);
                }
        }
}

void calendar_print(const CalendarSpec *spec, StrBuf *out) {
        if (spec->weekdays > 0)
                print_weekdays(spec->weekdays, out);
        print_list(spec, CALENDAR_YEAR, out);
        strbuf_add_char(out, '-');
        print_list(spec, CALENDAR_MONTH, out);
        strbuf_add_char(out, spec->end_of_month ? '~' : '-');
        print_list(spec, CALENDAR_DAY, out);
        strbuf_add_char(out, ' ');
        print_list(spec, CALENDAR_HOUR, out);
        strbuf_add_char(out, ':');
        print_list(spec, CALENDAR_MINUTE, out);
        strbuf_add_char(out, ':');
        print_list(spec, CALENDAR_USEC, out);
        if (spec->utc)
                strbuf_add(out, " UTC");
        else if (spec->zone || spec->dst >= 0)
                strbuf_addf(out, " %s", spec->zone ? spec->zone : spec->abbreviation);
}
