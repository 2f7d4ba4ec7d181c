/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar_spec.h"

#include <errno.h>

#include "base/duration.h"
#include "calendar/time_stamp.h"
#include "unit_test.h"

typedef struct NextCase {
        const char *zone, *text, *from, *next; /* next NULL: never */
} NextCase;

static uint64_t moment(const char *text) {
        uint64_t usec = 0;
        assert_int_equal(time_stamp_parse(str_of(text), 0, NULL, &usec), 0);
        return usec;
}

static void load(const char *name, TimeZone **ret) {
        if (time_zone_load(name, ret) < 0)
                skip(); /* the zone files of the system are not installed */
}

static void check_case(const NextCase *c) {
        AUTO(calendar_free) CalendarSpec *spec = NULL;
        AUTO(time_zone_free) TimeZone *zone = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        uint64_t next = 0, before = 0;
        load(c->zone, &zone);
        assert_int_equal(calendar_parse(str_of(c->text), &spec), 0);
        int r = calendar_next(spec, zone, moment(c->from), &next);
        if (!c->next) {
                assert_int_equal(r, -ENOENT);
                return;
        }
        assert_int_equal(r, 0);
        time_stamp_print(&out, next, zone);
        assert_string_equal(strbuf_text(&out), c->next);
        /* What comes before the moment behind a match is the match. */
        assert_int_equal(calendar_previous(spec, zone, next + 1, &before), 0);
        assert_int_equal(before, next);
}

static void test_the_next_match_is_found(void **state UNUSED) {
        static const NextCase cases[] = {
                { "UTC", "daily", "2026-03-03 10:00 UTC", "Wed 2026-03-04 00:00:00 UTC" },
                { "UTC", "*-02-29", "2026-03-03 UTC", "Tue 2028-02-29 00:00:00 UTC" },
                { "UTC", "*-02-30", "2026-03-03 UTC", NULL },
                { "UTC", "*-*~1", "2028-02-01 UTC", "Tue 2028-02-29 00:00:00 UTC" },
                { "UTC", "Fri *-*-13", "2026-03-14 UTC", "Fri 2026-11-13 00:00:00 UTC" },
                { "UTC", "2025-1-1", "2026-03-14 UTC", NULL },
                { "UTC", "*:*:0/0.5", "2026-03-14 10:00 UTC", "Sat 2026-03-14 10:00:00 UTC" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                check_case(&cases[i]);
}

static void test_gaps_and_overlaps_of_clocks(void **state UNUSED) {
        static const NextCase cases[] = {
                /* 02:30 is leapt over in spring: the next day's. */
                { "Europe/Berlin",
                  "02:30",
                  "2026-03-28 12:00 UTC",
                  "Mon 2026-03-30 02:30:00 CEST" },
                { "Europe/Berlin", "*:30", "2026-03-29 00:45 UTC", "Sun 2026-03-29 03:30:00 CEST" },
                /* Twice 02:30 in autumn: once. */
                { "Europe/Berlin",
                  "02:30",
                  "2026-10-24 12:00 UTC",
                  "Sun 2026-10-25 02:30:00 CEST" },
                { "Europe/Berlin", "02:30", "2026-10-25 00:40 UTC", "Mon 2026-10-26 02:30:00 CET" },
                /* A day that never was. */
                { "Pacific/Apia", "05:00", "2011-12-29 18:00 UTC", "Sat 2011-12-31 05:00:00 +14" },
                { "Australia/Lord_Howe",
                  "*:15",
                  "2026-10-03 15:20 UTC",
                  "Sun 2026-10-04 03:15:00 +11" },
                /* Winter is the season that is said to save daylight. */
                { "Europe/Dublin", "*:0", "2026-03-29 00:30 UTC", "Sun 2026-03-29 02:00:00 IST" },
                /* By the rule, long after the last change in the file. */
                { "America/New_York",
                  "2:15",
                  "2190-03-13 12:00 UTC",
                  "Mon 2190-03-15 02:15:00 EDT" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                check_case(&cases[i]);
}

static void test_there_is_nothing_before_the_first(void **state UNUSED) {
        AUTO(calendar_free) CalendarSpec *spec = NULL;
        uint64_t before;
        assert_int_equal(calendar_parse(STR_LITERAL("2026-1-1 UTC"), &spec), 0);
        assert_int_equal(calendar_previous(spec, NULL, moment("2026-01-01 UTC"), &before), -ENOENT);
        assert_int_equal(calendar_previous(spec, NULL, moment("2090-01-01 UTC"), &before), 0);
        assert_int_equal(before, moment("2026-01-01 UTC"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_next_match_is_found),
                cmocka_unit_test(test_gaps_and_overlaps_of_clocks),
                cmocka_unit_test(test_there_is_nothing_before_the_first),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
