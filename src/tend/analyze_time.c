/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze_time.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/strv.h"
#include "calendar/calendar_spec.h"
#include "calendar/time_stamp.h"

#define LABEL_WIDTH 15

enum { HINT_CALENDAR, HINT_SPAN, HINT_STAMP };

/* "          Label: " */
static void add_label(StrBuf *out, const char *label) {
        strbuf_addf(out, "%*s: ", LABEL_WIDTH, label);
}

static void add_moment(StrBuf *out, const char *label, uint64_t usec, const TimeZone *zone) {
        add_label(out, label);
        time_stamp_print(out, usec, zone);
        strbuf_add_char(out, '\n');
}

static void add_from_now(StrBuf *out, uint64_t usec, uint64_t now_usec) {
        add_label(out, "From now");
        time_stamp_print_relative(out, usec, now_usec);
        strbuf_add_char(out, '\n');
}

/* Whether clocks here show UTC anyway. */
static bool is_utc(const TimeZone *local) {
        return streq(time_zone_abbreviation(local, false), "UTC") &&
               time_zone_abbreviation(local, true)[0] == '\0';
}

static void print_hint(const char *text, const char *kind, const char *verb) {
        (void)fprintf(stderr,
                      "Hint: this expression is a valid %s. "
                      "Use 'systemd-analyze %s \"%s\"' instead?\n",
                      kind,
                      verb,
                      text);
}

/* What was taken for the wrong kind of expression: says which others it is. */
static void print_hints(const char *text, unsigned not_this) {
        AUTO(calendar_free) CalendarSpec *spec = NULL;
        AUTO(time_zone_free) TimeZone *local = NULL;
        uint64_t usec;
        if (not_this != HINT_CALENDAR && calendar_parse(str_of(text), &spec) == 0)
                print_hint(text, "calendar specification", "calendar");
        if (not_this != HINT_STAMP && time_zone_load_local(&local) == 0 &&
            time_stamp_parse(str_of(text), clock_realtime_usec(), local, &usec) == 0)
                print_hint(text, "timestamp", "timestamp");
        if (not_this != HINT_SPAN && duration_parse(str_of(text), USEC_PER_SEC, &usec) == 0)
                print_hint(text, "timespan", "timespan");
}

/* --- calendar --- */

/* What a calendar expression is asked with. */
typedef struct CalendarQuestion {
        TimeZone *local, *named; /* owned; named: of the expression */
        const AnalyzeTimeOptions *options;
} CalendarQuestion;

static int add_elapses(StrBuf *out, const CalendarQuestion *question, const CalendarSpec *spec) {
        uint64_t base = question->options->base_time_usec, next;
        const TimeZone *zone = question->named ? question->named : question->local;
        if (base == USEC_INFINITY)
                base = clock_realtime_usec();
        for (uint64_t i = 0; i < question->options->iterations; i++) {
                char label[48];
                int r = calendar_next(spec, zone, base, &next);
                if (r == -ENOENT) {
                        if (i == 0)
                                strbuf_add(out, "    Next elapse: never\n");
                        return 0;
                }
                if (r < 0)
                        return err_pass(r);
                (void)snprintf(label, sizeof(label), "Iter. #%" PRIu64, i + 1); /* fits */
                add_moment(out, i == 0 ? "Next elapse" : label, next, question->local);
                if (!is_utc(question->local))
                        add_moment(out, "(in UTC)", next, NULL);
                add_from_now(out, next, clock_realtime_usec());
                base = next;
        }
        return 0;
}

/* Prints all or nothing. */
static int explain_calendar(CalendarQuestion *question, const char *text) {
        AUTO(calendar_free) CalendarSpec *spec = NULL;
        AUTO(strbuf_done) StrBuf normal = STRBUF_INIT, lines = STRBUF_INIT;
        int r = calendar_parse(str_of(text), &spec);
        if (r < 0) {
                (void)fprintf(stderr,
                              "Failed to parse calendar specification '%s': %s\n",
                              text,
                              strerror(-r));
                print_hints(text, HINT_CALENDAR);
                return err_pass(r);
        }
        calendar_print(spec, &normal);
        if (!streq(text, strbuf_text(&normal)))
                strbuf_addf(&lines, "  Original form: %s\n", text);
        strbuf_addf(&lines, "Normalized form: %s\n", strbuf_text(&normal));
        if (spec->zone)
                r = time_zone_load(spec->zone, &question->named);
        if (r >= 0)
                r = add_elapses(&lines, question, spec);
        if (r == -EDEADLK && !spec->zone)
                (void)fprintf(stderr,
                              "Infinite loop in calendar calculation: %s\n",
                              strbuf_text(&normal));
        if (r < 0) {
                (void)fprintf(stderr,
                              "Failed to determine next elapse for '%s': %s\n",
                              text,
                              strerror(-r));
                return err_pass(r);
        }
        (void)fputs(strbuf_text(&lines), stdout); /* as all output: checked when it is closed */
        return 0;
}

int analyze_calendar(const AnalyzeTimeOptions *options, char **arguments) {
        AUTO(time_zone_free) TimeZone *local = NULL;
        int status = 0;
        if (time_zone_load_local(&local) < 0)
                return 1;
        STRV_FOREACH(text, arguments) {
                CalendarQuestion question = { .local = local, .options = options };
                if (explain_calendar(&question, *text) < 0)
                        status = 1;
                time_zone_free(question.named);
                if (text[1])
                        (void)putchar('\n'); /* as all output: checked when it is closed */
        }
        return status;
}

/* --- timespan --- */

static int explain_timespan(const char *text) {
        AUTO(strbuf_done) StrBuf human = STRBUF_INIT;
        uint64_t usec;
        int r = duration_parse(str_of(text), USEC_PER_SEC, &usec);
        if (r < 0) {
                (void)fprintf(stderr, "Failed to parse time span '%s': %s\n", text, strerror(-r));
                print_hints(text, HINT_SPAN);
                return err_pass(r);
        }
        duration_print(&human, usec, 1);
        printf("Original: %s\n      \u03bcs: %" PRIu64 "\n   Human: %s\n",
               text,
               usec,
               strbuf_text(&human));
        return 0;
}

/* Ends at the first that is none, unlike the others: as systemd-analyze does. */
int analyze_timespan(char **arguments) {
        STRV_FOREACH(text, arguments) {
                if (explain_timespan(*text) < 0)
                        return 1;
                if (text[1])
                        (void)putchar('\n'); /* as all output: checked when it is closed */
        }
        return 0;
}

/* --- timestamp --- */

static int explain_timestamp(const TimeZone *local, const char *text) {
        AUTO(strbuf_done) StrBuf lines = STRBUF_INIT;
        uint64_t usec, now = clock_realtime_usec();
        int r = time_stamp_parse(str_of(text), now, local, &usec);
        if (r < 0) {
                (void)fprintf(stderr, "Failed to parse \"%s\": %s\n", text, strerror(-r));
                print_hints(text, HINT_STAMP);
                return err_pass(r);
        }
        strbuf_addf(&lines, "  Original form: %s\n", text);
        add_moment(&lines, "Normalized form", usec, local);
        if (!is_utc(local))
                add_moment(&lines, "(in UTC)", usec, NULL);
        strbuf_addf(&lines, "   UNIX seconds: @%" PRIu64, usec / USEC_PER_SEC);
        if (usec % USEC_PER_SEC > 0)
                strbuf_addf(&lines, ".%06" PRIu64, usec % USEC_PER_SEC);
        strbuf_add_char(&lines, '\n');
        add_from_now(&lines, usec, clock_realtime_usec());
        (void)fputs(strbuf_text(&lines), stdout); /* as all output: checked when it is closed */
        return 0;
}

int analyze_timestamp(char **arguments) {
        AUTO(time_zone_free) TimeZone *local = NULL;
        int status = 0;
        if (time_zone_load_local(&local) < 0)
                return 1;
        STRV_FOREACH(text, arguments) {
                if (explain_timestamp(local, *text) < 0)
                        status = 1;
                if (text[1])
                        (void)putchar('\n'); /* as all output: checked when it is closed */
        }
        return status;
}

int analyze_base_time(const char *text, uint64_t *ret_usec) {
        AUTO(time_zone_free) TimeZone *local = NULL;
        if (time_zone_load_local(&local) == 0 &&
            time_stamp_parse(str_of(text), clock_realtime_usec(), local, ret_usec) == 0)
                return 0;
        (void)fprintf(stderr, "Failed to parse --base-time= parameter: %s\n", text);
        return err_new(-EINVAL);
}
