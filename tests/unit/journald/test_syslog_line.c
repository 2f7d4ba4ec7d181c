/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/syslog_line.h"

#include <string.h>

#include "unit_test.h"

static void test_parts_are_found(void **state UNUSED) {
        static const struct {
                const char *message;
                int priority;
                const char *stamp, *identifier, *pid, *text;
        } cases[] = {
                { "<11>Nov 21 05:30:00 prog[77]: a b\n",
                  11,
                  "Nov 21 05:30:00 ",
                  "prog",
                  "77",
                  "a b" },
                { "<30>Nov  1 05:30:00 prog: x", 30, "Nov  1 05:30:00 ", "prog", "", "x" },
                { "just text", 14, "", "", "", "just text" },
                { "<13>note: x", 13, "", "note", "", "x" },
                { "<13>: x", 13, "", "", "", ": x" },
                { "<13>]: x", 13, "", "]", "", "x" },
                { "<13>a[]: x", 13, "", "a", "", "x" },
                { "", 14, "", "", "", "" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                SyslogLine line;
                syslog_line_parse(str_of(cases[i].message), &line);
                assert_int_equal(line.priority, cases[i].priority);
                assert_str_equal(line.stamp, cases[i].stamp);
                assert_str_equal(line.identifier, cases[i].identifier);
                assert_str_equal(line.pid, cases[i].pid);
                assert_str_equal(line.text, cases[i].text);
        }
}

static void test_changes_are_told(void **state UNUSED) {
        static const struct {
                Str message;
                const char *text;
                bool is_changed;
        } cases[] = {
                { STR_LITERAL("<30>Nov  1 05:30:00 prog: x"), "x", false },
                { STR_LITERAL("<30>Nov  1 05:30:00 prog: x \n"), "x", true },
                { STR_LITERAL(" <30>Nov  1 05:30:00 prog: x"), "x", true },
                { STR_LITERAL("<30>Nov  1 05:30:00 prog: x\0y"), "x", true },
                { STR_LITERAL("<30>prog: x"), "x", true },
                { STR_LITERAL(" \n"), "", true },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                SyslogLine line;
                syslog_line_parse(cases[i].message, &line);
                assert_str_equal(line.text, cases[i].text);
                assert_int_equal(line.is_changed, cases[i].is_changed);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parts_are_found),
                cmocka_unit_test(test_changes_are_told),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
