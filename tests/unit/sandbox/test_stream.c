/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/stream.h"

#include "sandbox_test.h"

static void test_every_form_is_known(void **state UNUSED) {
        static const struct {
                const char *text;
                StreamKind kind;
                const char *argument;
        } cases[] = {
                { "null", STREAM_NULL, "" },
                { "inherit", STREAM_INHERIT, "" },
                { "tty", STREAM_TTY, "" },
                { "tty-force", STREAM_TTY_FORCE, "" },
                { "tty-fail", STREAM_TTY_FAIL, "" },
                { "data", STREAM_DATA, "" },
                { "socket", STREAM_SOCKET, "" },
                { "fd", STREAM_FD, "" },
                { "fd:web", STREAM_FD, "web" },
                { "file:/a:b", STREAM_FILE, "/a:b" },
                { "append:/a", STREAM_APPEND, "/a" },
                { "truncate:/a", STREAM_TRUNCATE, "/a" },
                { "journal", STREAM_JOURNAL, "" },
                { "kmsg", STREAM_KMSG, "" },
                { "journal+console", STREAM_JOURNAL_CONSOLE, "" },
                { "kmsg+console", STREAM_KMSG_CONSOLE, "" },
                { "syslog", STREAM_JOURNAL, "" },
                { "syslog+console", STREAM_JOURNAL_CONSOLE, "" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Stream stream;

                assert_int_equal(stream_parse(cases[i].text, &stream), 0);
                assert_int_equal(stream.kind, cases[i].kind);
                assert_string_equal(stream.argument, cases[i].argument);
        }
}

static void test_other_text_is_refused(void **state UNUSED) {
        static const char *const cases[] = {
                "", "nul", "nulls", "tty:", "file", "journal+", "NULL"
        };
        Stream stream;

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(stream_parse(cases[i], &stream), -EINVAL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_form_is_known),
                cmocka_unit_test(test_other_text_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
