/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/time_stamp.h"

#include <errno.h>
#include <limits.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "calendar/fraction.h"
#include "calendar/weekday.h"

#define STAMP_TEXT_MAX 256

/* --- relative forms --- */

static bool skip_suffix(Str *text, const char *suffix) {
        if (!str_has_suffix(*text, suffix))
                return false;
        text->length -= strlen(suffix);
        return true;
}

/* now, +SPAN, -SPAN, @SECONDS, SPAN ago, SPAN left. 1: it is none of them. */
static int parse_relative(Str text, uint64_t now_usec, uint64_t *ret_usec) {
        uint64_t span, base = now_usec;
        bool back = false;
        if (str_equal_c(text, "now")) {
                *ret_usec = now_usec;
                return 0;
        }
        if (str_skip_prefix(&text, "-"))
                back = true;
        else if (str_skip_prefix(&text, "@")) /* as far as it goes */
                return err_pass(duration_parse(text, USEC_PER_SEC, ret_usec));
        else if (!str_skip_prefix(&text, "+")) {
                back = skip_suffix(&text, " ago");
                if (!back && !skip_suffix(&text, " left"))
                        return 1;
        }
        int r = duration_parse(text, USEC_PER_SEC, &span);
        if (r < 0)
                return err_pass(r);
        if (back ? span > base : span > TIME_STAMP_MAX_USEC - base)
                return err_new(-EINVAL);
        *ret_usec = back ? base - span : base + span;
        return 0;
}

/* --- dates --- */

/* What was read of a date and time. */
typedef struct StampWalk {
        ZoneCursor cursor;
        int dst;
        CivilTime at;
        uint64_t part_usec;
} StampWalk;

/* Spaces and at most `width` digits, as strptime(3) reads them. */
static bool next_number(Str *rest, unsigned width, int high, int *ret) {
        Str ahead = str_trim_front(*rest);
        int value = 0;
        unsigned n = 0;
        while (n < width && n < ahead.length && ahead.data[n] >= '0' && ahead.data[n] <= '9') {
                if (value * 10 + ahead.data[n] - '0' > high)
                        break;
                value = value * 10 + ahead.data[n++] - '0';
        }
        if (n == 0)
                return false;
        *rest = (Str){ ahead.data + n, ahead.length - n };
        *ret = value;
        return true;
}

/* "12-11-23", or "2012-11-23" with a width of 4. */
static bool next_date(Str *rest, unsigned width, CivilTime *at) {
        Str ahead = *rest;
        int year, month, day;
        if (!next_number(&ahead, width, width == 4 ? 9999 : 99, &year) ||
            !str_skip_prefix(&ahead, "-") || !next_number(&ahead, 2, 12, &month) || month == 0 ||
            !str_skip_prefix(&ahead, "-") || !next_number(&ahead, 2, 31, &day) || day == 0)
                return false;
        if (width == 2)
                year += year >= 69 ? 1900 : 2000;
        at->year = year;
        at->month = month;
        at->day = day;
        *rest = ahead;
        return true;
}

/* "11:12" and ":13" and ".5"; must be all that is left. */
static int parse_clock(Str rest, StampWalk *walk) {
        int second = 0;
        if (!next_number(&rest, 2, 23, &walk->at.hour) || !str_skip_prefix(&rest, ":") ||
            !next_number(&rest, 2, 59, &walk->at.minute))
                return err_new(-EINVAL);
        if (str_skip_prefix(&rest, ":")) {
                if (!next_number(&rest, 2, 61, &second))
                        return err_new(-EINVAL);
                if (str_skip_prefix(&rest, ".")) {
                        int r = fraction_parse(&rest, 6, &walk->part_usec);
                        if (r < 0)
                                return err_pass(r);
                }
        }
        walk->at.second = second;
        return rest.length > 0 ? err_new(-EINVAL) : 0;
}

static int parse_date_and_time(Str text, StampWalk *walk) {
        if (!next_date(&text, 2, &walk->at) && !next_date(&text, 4, &walk->at))
                return err_pass(parse_clock(text, walk));
        if (text.length > 0)
                return err_pass(parse_clock(text, walk));
        walk->at.hour = walk->at.minute = walk->at.second = 0;
        return 0;
}

/* today, yesterday, tomorrow. */
static bool parse_day(Str text, CivilTime *at) {
        if (str_equal_c(text, "yesterday"))
                at->day--;
        else if (str_equal_c(text, "tomorrow"))
                at->day++;
        else if (!str_equal_c(text, "today"))
                return false;
        at->hour = at->minute = at->second = 0;
        return true;
}

/* Takes "Fri " off the front; 7 when there is none. */
static int next_weekday(Str *rest) {
        Str ahead = *rest;
        int day;
        if (!weekday_skip(&ahead, &day) || !str_skip_prefix(&ahead, " "))
                return 7;
        *rest = ahead;
        return day;
}

static int parse_absolute(Str text, StampWalk *walk, uint64_t *ret_usec) {
        int64_t seconds;
        if (!parse_day(text, &walk->at)) {
                int weekday = next_weekday(&text);
                int r = parse_date_and_time(text, walk);
                if (r < 0)
                        return err_pass(r);
                CivilTime day = { .year = walk->at.year,
                                  .month = walk->at.month,
                                  .day = walk->at.day };
                civil_from_seconds(civil_to_seconds(&day), &day);
                if (weekday < 7 && day.weekday != weekday)
                        return err_new(-EINVAL);
        }
        int r = zone_cursor_find(&walk->cursor, walk->dst, &walk->at, &seconds);
        if (r < 0 || seconds < 0)
                return err_new(-EINVAL);
        uint64_t usec = (uint64_t)seconds * USEC_PER_SEC + walk->part_usec;
        if (usec > TIME_STAMP_MAX_USEC)
                return err_new(-EINVAL);
        *ret_usec = usec;
        return 0;
}

/* --- zone --- */

/* Takes a zone off the end. `loaded` gets one that was read for it. */
static int parse_zone(Str *text, StampWalk *walk, TimeZone **loaded) {
        size_t end = text->length;
        char name[STAMP_TEXT_MAX + 1];
        while (end > 0 && text->data[end - 1] != ' ')
                end--;
        Str word = { text->data + end, text->length - end };
        if (end == 0 || word.length == 0)
                return 0;
        if (str_equal_nocase(word, STR_LITERAL("UTC"))) {
                walk->cursor.zone = NULL;
                text->length = end - 1;
                return 0;
        }
        for (int dst = 0; dst <= 1; dst++) {
                const char *own = time_zone_abbreviation(walk->cursor.zone, dst);
                if (own[0] == '\0' || !str_equal_nocase(word, str_of(own)))
                        continue;
                walk->dst = dst;
                text->length = end - 1;
                return 0;
        }
        if (!time_zone_exists(word))
                return 0;
        memcpy(name, word.data, word.length);
        name[word.length] = '\0';
        text->length = end - 1;
        int r = time_zone_load(name, loaded);
        walk->cursor.zone = *loaded;
        return err_pass(r);
}

int time_stamp_parse(Str text, uint64_t now_usec, const TimeZone *local, uint64_t *ret_usec) {
        AUTO(time_zone_free) TimeZone *loaded = NULL;
        StampWalk walk = { .cursor.zone = local, .dst = -1 };
        if (text.length > STAMP_TEXT_MAX || memchr(text.data, '\0', text.length))
                return err_new(-EINVAL);
        int r = parse_relative(text, now_usec, ret_usec);
        if (r != 1)
                return err_pass(r);
        r = parse_zone(&text, &walk, &loaded);
        if (r < 0)
                return err_pass(r);
        time_zone_civil(walk.cursor.zone, (int64_t)(now_usec / USEC_PER_SEC), &walk.at);
        return err_pass(parse_absolute(text, &walk, ret_usec));
}

/* --- printing --- */

void time_stamp_print(StrBuf *out, uint64_t usec, const TimeZone *zone) {
        CivilTime at;
        if (usec == 0 || usec == USEC_INFINITY || usec > TIME_STAMP_MAX_USEC) {
                bool is_none = usec == 0 || usec == USEC_INFINITY;
                strbuf_add(out, is_none ? "-" : "--- XXXX-XX-XX XX:XX:XX");
                return;
        }
        time_zone_civil(zone, (int64_t)(usec / USEC_PER_SEC), &at);
        strbuf_addf(out,
                    "%s %04lld-%02d-%02d %02d:%02d:%02d %s",
                    weekday_name(at.weekday),
                    (long long)at.year,
                    at.month,
                    at.day,
                    at.hour,
                    at.minute,
                    at.second,
                    at.abbreviation);
}

/* How a span is written from this length on: in whole parts, and what is left of a smaller one. */
typedef struct RelativeForm {
        uint64_t above, unit, smaller; /* usec; smaller 0 = only one number */
        const char *name, *name_of_smaller;
        bool is_word; /* " weeks", else "min" */
} RelativeForm;

/* clang-format off */
static const RelativeForm forms[] = {
        { USEC_PER_YEAR, USEC_PER_YEAR, USEC_PER_MONTH, "year", "month", true },
        { USEC_PER_MONTH, USEC_PER_MONTH, USEC_PER_DAY, "month", "day", true },
        { USEC_PER_WEEK, USEC_PER_WEEK, USEC_PER_DAY, "week", "day", true },
        { 2 * USEC_PER_DAY, USEC_PER_DAY, 0, "day", NULL, true },
        { 25 * USEC_PER_HOUR, USEC_PER_DAY, USEC_PER_HOUR, " day", "h", false },
        { 6 * USEC_PER_HOUR, USEC_PER_HOUR, 0, "h", NULL, false },
        { USEC_PER_HOUR, USEC_PER_HOUR, USEC_PER_MINUTE, "h", "min", false },
        { 5 * USEC_PER_MINUTE, USEC_PER_MINUTE, 0, "min", NULL, false },
        { USEC_PER_MINUTE, USEC_PER_MINUTE, USEC_PER_SEC, "min", "s", false },
        { USEC_PER_SEC, USEC_PER_SEC, 0, "s", NULL, false },
        { USEC_PER_MSEC, USEC_PER_MSEC, 0, "ms", NULL, false },
        { 1, 1, 0, "us", NULL, false },
};
/* clang-format on */

static void print_part(StrBuf *out, uint64_t number, const char *name, bool is_word) {
        strbuf_addf(out,
                    "%llu%s%s%s ",
                    (unsigned long long)number,
                    is_word ? " " : "",
                    name,
                    is_word && number != 1 ? "s" : "");
}

void time_stamp_print_relative(StrBuf *out, uint64_t usec, uint64_t now_usec) {
        bool is_past = usec <= now_usec;
        uint64_t span = is_past ? now_usec - usec : usec - now_usec;
        if (usec == 0 || usec == USEC_INFINITY) {
                strbuf_add_char(out, '-');
                return;
        }
        for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
                const RelativeForm *form = &forms[i];
                if (span < form->above)
                        continue;
                print_part(out, span / form->unit, form->name, form->is_word);
                if (form->smaller)
                        print_part(out,
                                   span % form->unit / form->smaller,
                                   form->name_of_smaller,
                                   form->is_word);
                strbuf_add(out, is_past ? "ago" : "left");
                return;
        }
        strbuf_add(out, "now");
}
