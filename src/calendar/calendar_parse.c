/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar_spec.h"

#include <errno.h>
#include <limits.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "calendar/fraction.h"
#include "calendar/weekday.h"

CalendarSpec *calendar_free(CalendarSpec *spec) {
        if (!spec)
                return NULL;
        for (unsigned i = 0; i < CALENDAR_PART_COUNT; i++)
                free(spec->parts[i].ranges);
        free(spec->zone);
        free(spec);
        return NULL;
}

static char peek(Str rest, size_t i) {
        return i < rest.length ? rest.data[i] : '\0';
}

static void skip(Str *rest, size_t n) {
        *rest = (Str){ rest->data + n, rest->length - n };
}

/* The end, or one of these characters. */
static bool is_at(Str rest, const char *stops) {
        return rest.length == 0 || (rest.data[0] != '\0' && strchr(stops, rest.data[0]));
}

static void skip_spaces(Str *rest) {
        while (peek(*rest, 0) == ' ')
                skip(rest, 1);
}

static int add_range(CalendarList *list, CalendarRange range) {
        if (list->n_ranges > CALENDAR_RANGES_MAX)
                return err_new(-ENOBUFS);
        CalendarRange *ranges =
                reallocarray(list->ranges, list->n_ranges + 1, sizeof(*list->ranges));
        if (!ranges)
                return err_new(-ENOMEM);
        list->ranges = ranges;
        ranges[list->n_ranges++] = range;
        return 0;
}

static int set_constant(CalendarList *list, int value) {
        return add_range(list, (CalendarRange){ .start = value, .stop = -1 });
}

/* --- weekdays --- */

typedef struct WeekdayWalk {
        int bits;
        int open; /* the first day of an open range, -1 = none */
} WeekdayWalk;

static int add_weekday(WeekdayWalk *walk, int day) {
        if (walk->open > day)
                return err_new(-EINVAL);
        for (int i = walk->open >= 0 ? walk->open : day; i <= day; i++)
                walk->bits |= 1 << i;
        return 0;
}

/* What stands behind a day: "..", "-" or ",". */
static int next_weekday_sign(Str *rest, WeekdayWalk *walk, int day) {
        if (peek(*rest, 0) == ',') {
                walk->open = -1;
                skip(rest, 1);
                return 0;
        }
        if (walk->open >= 0 || (peek(*rest, 0) == '.' && peek(*rest, 1) != '.'))
                return err_new(-EINVAL);
        walk->open = day;
        skip(rest, peek(*rest, 0) == '.' ? 2 : 1);
        return 0;
}

static int parse_weekdays(Str *rest, CalendarSpec *spec) {
        WeekdayWalk walk = { .open = -1 };
        for (bool first = true;; first = false) {
                int day;
                if (!first && peek(*rest, 0) == ' ')
                        break;
                if (!weekday_skip(rest, &day)) {
                        if (!first)
                                return err_new(-EINVAL);
                        return 0; /* there are none: it begins with the date */
                }
                if (!is_at(*rest, "-., "))
                        return err_new(-EINVAL);
                int r = add_weekday(&walk, day);
                if (r < 0)
                        return err_pass(r);
                if (is_at(*rest, " "))
                        break;
                r = next_weekday_sign(rest, &walk, day);
                if (r < 0)
                        return err_pass(r);
                if (is_at(*rest, " ")) { /* a comma at the end is accepted, an open range is not */
                        if (walk.open >= 0)
                                return err_new(-EINVAL);
                        break;
                }
        }
        skip_spaces(rest);
        spec->weekdays = walk.bits;
        return 0;
}

/* --- lists of numbers --- */

static int next_value(Str *rest, bool usec, int *ret) {
        Str digits = str_next_digits(rest);
        uint64_t value;
        if (digits.length == 0)
                return err_new(-EINVAL);
        if (parse_u64(digits, 10, &value) < 0 || value > INT_MAX)
                return err_new(-ERANGE);
        if (usec) {
                uint64_t part = 0;
                if (value > INT_MAX / USEC_PER_SEC)
                        return err_new(-ERANGE);
                if (peek(*rest, 0) == '.' && peek(*rest, 1) != '.') {
                        skip(rest, 1);
                        int r = fraction_parse(rest, 6, &part);
                        if (r < 0)
                                return err_pass(r);
                }
                value = value * USEC_PER_SEC + part;
        }
        if (value > INT_MAX)
                return err_new(-ERANGE);
        *ret = (int)value;
        return 0;
}

static int next_range(Str *rest, bool usec, CalendarRange *ret) {
        CalendarRange range = { .stop = -1 };
        int r = next_value(rest, usec, &range.start);
        if (r < 0)
                return err_pass(r);
        if (peek(*rest, 0) == '.' && peek(*rest, 1) == '.') {
                skip(rest, 2);
                range.repeat = usec ? (int)USEC_PER_SEC : 1;
                r = next_value(rest, usec, &range.stop);
                if (r < 0)
                        return err_pass(r);
        }
        if (peek(*rest, 0) == '/') {
                skip(rest, 1);
                r = next_value(rest, usec, &range.repeat);
                if (r < 0)
                        return err_pass(r);
                if (range.repeat == 0)
                        return err_new(-ERANGE);
        } else if (usec && range.stop >= 0 && range.start + range.repeat > range.stop)
                return err_new(-EINVAL); /* less than the step of a second */
        *ret = range;
        return is_at(*rest, " ,-~:") ? 0 : err_new(-EINVAL);
}

/* "*" or ranges with commas. */
static int next_list(Str *rest, bool usec, CalendarList *list) {
        if (peek(*rest, 0) == '*') {
                skip(rest, 1);
                return usec ? add_range(list,
                                        (CalendarRange){ .stop = -1, .repeat = (int)USEC_PER_SEC })
                            : 0;
        }
        for (;;) {
                CalendarRange range;
                int r = next_range(rest, usec, &range);
                if (r == 0)
                        r = add_range(list, range);
                if (r < 0)
                        return err_pass(r);
                if (peek(*rest, 0) != ',')
                        return 0;
                skip(rest, 1);
        }
}

/* --- date --- */

/* "@1700000000": one moment in UTC, with blanks and a plus before the number as systemd takes it.
 * 1: there is no time behind it. */
static int parse_moment(Str *rest, CalendarSpec *spec) {
        uint64_t seconds;
        CivilTime civil;
        skip(rest, 1);
        *rest = str_trim_front(*rest);
        if (peek(*rest, 0) == '+')
                skip(rest, 1);
        int r = parse_u64(str_next_digits(rest), 10, &seconds);
        if (r < 0)
                return err_pass(r);
        if (rest->length > 0 || seconds > INT64_MAX / USEC_PER_SEC)
                return err_new(rest->length > 0 ? -EINVAL : -ERANGE);
        civil_from_seconds((int64_t)seconds, &civil);
        if (civil.year > CALENDAR_YEAR_MAX)
                return err_new(-EINVAL);
        const int values[] = {
                [CALENDAR_YEAR] = (int)civil.year, [CALENDAR_MONTH] = civil.month,
                [CALENDAR_DAY] = civil.day,        [CALENDAR_HOUR] = civil.hour,
                [CALENDAR_MINUTE] = civil.minute,  [CALENDAR_USEC] = civil.second * 1000000,
        };
        spec->utc = true;
        for (unsigned i = 0; i < ARRAY_LENGTH(values) && r == 0; i++)
                r = set_constant(&spec->parts[i], values[i]);
        return r < 0 ? err_pass(r) : 1;
}

/* "-" or "~" and the next list. */
static int next_date_list(Str *rest, bool *ret_from_end, CalendarList *list) {
        *ret_from_end = peek(*rest, 0) == '~';
        if (!*ret_from_end && peek(*rest, 0) != '-')
                return err_new(-EINVAL);
        skip(rest, 1);
        return err_pass(next_list(rest, false, list));
}

/* Year, month and day, or month and day; or a time, which is left alone. 1: all was read. */
static int parse_date(Str *rest, CalendarSpec *spec) {
        CalendarList lists[3] = { 0 };
        CalendarSpec *parts = spec;
        Str ahead = *rest;
        bool from_end;
        int r;

        if (rest->length == 0)
                return 0;
        if (peek(*rest, 0) == '@')
                return err_pass(parse_moment(rest, spec));
        r = next_list(&ahead, false, &lists[0]);
        if (r < 0 || is_at(ahead, ":")) {
                free(lists[0].ranges);
                return err_pass(r);
        }
        r = next_date_list(&ahead, &from_end, &lists[1]);
        spec->end_of_month = from_end;
        if (r == 0 && !is_at(ahead, " ")) {
                parts->parts[CALENDAR_YEAR] = lists[0];
                lists[0] = lists[1];
                lists[1] = (CalendarList){ 0 };
                r = from_end ? -EINVAL : next_date_list(&ahead, &from_end, &lists[1]);
                spec->end_of_month = from_end;
                if (r == 0 && !is_at(ahead, " "))
                        r = -EINVAL;
        }
        parts->parts[CALENDAR_MONTH] = lists[0];
        parts->parts[CALENDAR_DAY] = lists[1];
        if (r < 0)
                return err_new(r);
        skip_spaces(&ahead);
        *rest = ahead;
        return 0;
}

/* --- time --- */

static int parse_time(Str *rest, CalendarSpec *spec) {
        int r;
        if (rest->length == 0) {
                r = set_constant(&spec->parts[CALENDAR_HOUR], 0);
                if (r == 0)
                        r = set_constant(&spec->parts[CALENDAR_MINUTE], 0);
                return r < 0 ? err_pass(r) : err_pass(set_constant(&spec->parts[CALENDAR_USEC], 0));
        }
        r = next_list(rest, false, &spec->parts[CALENDAR_HOUR]);
        if (r < 0 || peek(*rest, 0) != ':')
                return err_new(r < 0 ? r : -EINVAL);
        skip(rest, 1);
        r = next_list(rest, false, &spec->parts[CALENDAR_MINUTE]);
        if (r < 0)
                return err_pass(r);
        if (rest->length == 0)
                return err_pass(set_constant(&spec->parts[CALENDAR_USEC], 0));
        if (peek(*rest, 0) != ':')
                return err_new(-EINVAL);
        skip(rest, 1);
        return err_pass(next_list(rest, true, &spec->parts[CALENDAR_USEC]));
}

/* --- words --- */

typedef struct CalendarWord {
        const char *name, *meaning;
} CalendarWord;

/* systemd.time(7), with the spellings that systemd knows besides. */
static const CalendarWord words[] = {
        { "minutely", "*-*-* *:*:00" },
        { "hourly", "*-*-* *:00:00" },
        { "daily", "*-*-* 00:00:00" },
        { "weekly", "Mon *-*-* 00:00:00" },
        { "monthly", "*-*-01 00:00:00" },
        { "quarterly", "*-01,04,07,10-01 00:00:00" },
        { "yearly", "*-01-01 00:00:00" },
        { "annually", "*-01-01 00:00:00" },
        { "anually", "*-01-01 00:00:00" },
        { "biannually", "*-01,07-01 00:00:00" },
        { "bi-annually", "*-01,07-01 00:00:00" },
        { "semiannually", "*-01,07-01 00:00:00" },
        { "semi-annually", "*-01,07-01 00:00:00" },
};

static Str expand_word(Str text) {
        for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
                if (str_equal_nocase(text, str_of(words[i].name)))
                        return str_of(words[i].meaning);
        return text;
}

/* --- zone --- */

/* The local zone's own abbreviation ("CEST"), in any case. */
static bool is_local_zone(Str word, CalendarSpec *spec) {
        AUTO(time_zone_free) TimeZone *local = NULL;
        if (time_zone_load_local(&local) < 0)
                return false;
        for (int dst = 0; dst <= 1; dst++) {
                const char *name = time_zone_abbreviation(local, dst);
                if (name[0] == '\0' || !str_equal_nocase(word, str_of(name)))
                        continue;
                spec->dst = dst;
                memcpy(spec->abbreviation, name, strlen(name) + 1);
                return true;
        }
        return false;
}

/* Takes a zone off the end. */
static int parse_zone(Str *text, CalendarSpec *spec) {
        size_t end = text->length;
        while (end > 0 && text->data[end - 1] != ' ')
                end--;
        Str word = { text->data + end, text->length - end };
        if (end == 0 || word.length == 0 || (word.data[0] >= '0' && word.data[0] <= '9') ||
            word.data[0] == '*')
                return 0;
        if (str_equal_nocase(word, STR_LITERAL("UTC")))
                spec->utc = true;
        else if (!is_local_zone(word, spec)) {
                if (!time_zone_exists(word))
                        return 0;
                spec->zone = str_dup(word);
                if (!spec->zone)
                        return err_new(-ENOMEM);
        }
        text->length = end - 1;
        return 0;
}

int calendar_parse(Str text, CalendarSpec **ret) {
        AUTO(calendar_free) CalendarSpec *spec = calloc(1, sizeof(*spec));
        if (!spec)
                return err_new(-ENOMEM);
        spec->weekdays = -1;
        spec->dst = -1;
        if (text.length > CALENDAR_TEXT_MAX)
                return err_new(-ERANGE);
        int r = parse_zone(&text, spec);
        if (r < 0)
                return err_pass(r);
        if (text.length == 0)
                return err_new(-EINVAL);
        text = expand_word(text);
        r = parse_weekdays(&text, spec);
        if (r == 0)
                r = parse_date(&text, spec);
        if (r == 0)
                r = parse_time(&text, spec);
        if (r < 0)
                return err_pass(r);
        if (text.length > 0)
                return err_new(-EINVAL);
        r = calendar_normalize(spec);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(spec);
        return 0;
}
