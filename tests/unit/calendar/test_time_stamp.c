/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/time_stamp.h"

#include <errno.h>

#include "base/duration.h"
#include "unit_test.h"

#define NOW (UINT64_C(1767229200) * USEC_PER_SEC) /* Thu 2026-01-01 01:00:00 UTC */

static void test_every_form_is_a_moment(void **state UNUSED) {
        static const struct {
                const char *text, *expected;
        } cases[] = {
                { "now", "Thu 2026-01-01 01:00:00 UTC" },
                { "today", "Thu 2026-01-01 00:00:00 UTC" },
                { "yesterday", "Wed 2025-12-31 00:00:00 UTC" },
                { "tomorrow UTC", "Fri 2026-01-02 00:00:00 UTC" },
                { "+5min", "Thu 2026-01-01 01:05:00 UTC" },
                { "-5s", "Thu 2026-01-01 00:59:55 UTC" },
                { "11min ago", "Thu 2026-01-01 00:49:00 UTC" },
                { "1h left", "Thu 2026-01-01 02:00:00 UTC" },
                { "@1395716396", "Tue 2014-03-25 02:59:56 UTC" },
                { "Fri 2012-11-23 11:12:13", "Fri 2012-11-23 11:12:13 UTC" },
                { "12-11-23 11:12", "Fri 2012-11-23 11:12:00 UTC" },
                { "2012-11-23", "Fri 2012-11-23 00:00:00 UTC" },
                { "11:12:13.5", "Thu 2026-01-01 11:12:13 UTC" },
                { "2026-02-30", "Mon 2026-03-02 00:00:00 UTC" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                uint64_t usec;
                assert_int_equal(time_stamp_parse(str_of(cases[i].text), NOW, NULL, &usec), 0);
                time_stamp_print(&out, usec, NULL);
                assert_string_equal(strbuf_text(&out), cases[i].expected);
        }
}

static void test_what_is_no_moment_is_refused(void **state UNUSED) {
        static const char *const cases[] = {
                "",           "TODAY",      "Mon 2012-11-23", "24:00",
                "2026-13-01", "9999-12-31", "1969-12-31",     "2026-01-01 ",
                "5min",       "1:2:3:4",    "infinity",       "100000h ago ago",
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                uint64_t usec;
                assert_int_equal(time_stamp_parse(str_of(cases[i]), NOW, NULL, &usec), -EINVAL);
        }
}

static void test_distances_are_rounded_for_people(void **state UNUSED) {
        static const struct {
                int64_t seconds;
                const char *expected;
        } cases[] = {
                { 0, "now" },
                { 65, "1min 5s left" },
                { -301, "5min ago" },
                { 25 * 3600, "1 day 1h left" },
                { -7 * 86400, "1 week 0 days ago" },
                { 400 * 86400, "1 year 1 month left" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                uint64_t usec = (uint64_t)((int64_t)NOW + cases[i].seconds * 1000000);
                time_stamp_print_relative(&out, usec, NOW);
                assert_string_equal(strbuf_text(&out), cases[i].expected);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_form_is_a_moment),
                cmocka_unit_test(test_what_is_no_moment_is_refused),
                cmocka_unit_test(test_distances_are_rounded_for_people),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
