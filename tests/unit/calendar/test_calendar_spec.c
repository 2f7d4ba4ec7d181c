/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar_spec.h"

#include <errno.h>

#include "unit_test.h"

static void assert_prints(const char *text, const char *expected) {
        AUTO(calendar_free) CalendarSpec *spec = NULL, *again = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, out_again = STRBUF_INIT;
        assert_int_equal(calendar_parse(str_of(text), &spec), 0);
        calendar_print(spec, &out);
        assert_string_equal(strbuf_text(&out), expected);
        assert_int_equal(calendar_parse(str_of(strbuf_text(&out)), &again), 0);
        calendar_print(again, &out_again);
        assert_string_equal(strbuf_text(&out_again), expected);
}

static void test_every_form_has_a_canonical_one(void **state UNUSED) {
        static const struct {
                const char *text, *expected;
        } cases[] = {
                { "daily", "*-*-* 00:00:00" },
                { "Weekly UTC", "Mon *-*-* 00:00:00 UTC" },
                { "Sat,Thu,Mon-Wed,Sat-Sun", "Mon..Thu,Sat,Sun *-*-* 00:00:00" },
                { "Mon,Sun 12-*-* 2,1:23", "Mon,Sun 2012-*-* 01,02:23:00" },
                { "*:2/3", "*-*-* *:02/3:00" },
                { "05:40:23.4200004/3.1700005", "*-*-* 05:40:23.420000/3.170001" },
                { "*-05~07/1", "*-05~07/1 00:00:00" },
                { "2003-02..04-05", "2003-02..04-05 00:00:00" },
                { "@1395716396", "2014-03-25 02:59:56 UTC" },
                { "@ +1395716396", "2014-03-25 02:59:56 UTC" },
                { "*:*:*", "*-*-* *:*:*" },
                { "*:*:0/1,3.5", "*-*-* *:*:*" },
                { "Mon..Sun 10:00 Europe/Berlin", "*-*-* 10:00:00 Europe/Berlin" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_prints(cases[i].text, cases[i].expected);
}

static void test_what_is_no_expression_is_refused(void **state UNUSED) {
        static const char *const cases[] = {
                "",           "Mon,,Tue",   "Mon..", "Sat..Mon", "*:60",   "25:0",
                "2200-1-1",   "*-13-1",     "*:0/0", "1:2:3:4",  "*~29",   "*~12,27",
                "00:00 Mars", "*:*:1..1.5", "@1.5",  "daily ",   " daily", "*/2:00",
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                CalendarSpec *spec = NULL;
                assert_true(calendar_parse(str_of(cases[i]), &spec) < 0);
                assert_null(spec);
        }
}

static void test_lists_have_a_limit(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        CalendarSpec *spec = NULL;
        strbuf_add(&text, "*:0");
        for (unsigned i = 0; i < CALENDAR_RANGES_MAX + 1; i++)
                strbuf_add(&text, ",1");
        assert_int_equal(calendar_parse(str_of(strbuf_text(&text)), &spec), -ENOBUFS);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_form_has_a_canonical_one),
                cmocka_unit_test(test_what_is_no_expression_is_refused),
                cmocka_unit_test(test_lists_have_a_limit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
