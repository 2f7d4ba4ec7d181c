/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "journald/input_stdout.h"

#include "unit_test.h"

static void test_seven_lines_are_taken(void **state UNUSED) {
        AUTO(stream_header_done) StreamHeader header = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        Str text = str_of("id\nfoo.service\n30\n1\n0\n0\n0\nfirst line\n");

        assert_int_equal(stream_header_parse(&text, &header), 1);
        assert_string_equal(header.identifier, "id");
        assert_string_equal(header.unit, "foo.service");
        assert_int_equal(header.priority, 30);
        assert_true(header.level_prefix);
        assert_str_equal(text, "first line\n");
        assert_int_equal(stream_header_print(&header, &out), 0);
        assert_string_equal(strbuf_text(&out), "id\nfoo.service\n30\n1\n0\n0\n0\n");
}

static void test_incomplete_and_wrong_headers_are_told_apart(void **state UNUSED) {
        static const struct {
                const char *text;
                int result;
        } cases[] = {
                { "", 0 },
                { "id\n\n30\n1\n0\n0\n0", 0 },
                { "\n\n0\n0\n0\n0\n0\n", 1 },
                { "id\nno unit\n30\nyes\n0\n0\n0\n", 1 },
                { "id\n\n300000\n1\n0\n0\n0\n", -EINVAL },
                { "id\n\nx\n1\n0\n0\n0\n", -EINVAL },
                { "id\n\n30\nmaybe\n0\n0\n0\n", -EINVAL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(stream_header_done) StreamHeader header = { 0 };
                Str text = str_of(cases[i].text);
                assert_int_equal(stream_header_parse(&text, &header), cases[i].result);
                assert_null(header.unit);
        }
}

static void test_levels_in_front_of_lines_are_taken(void **state UNUSED) {
        static const struct {
                const char *line, *rest;
                int priority;
        } cases[] = {
                { "<3>bad", "bad", 27 },        { "<11>user", "user", 11 },
                { "plain", "plain", 30 },       { "<8x>no", "<8x>no", 30 },
                { "<>no", "<>no", 30 },         { "<3", "<3", 30 },
                { "<9999>no", "<9999>no", 30 }, { "<7>", "", 31 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Str line = str_of(cases[i].line);
                int priority = 30;
                level_prefix_take(&line, &priority);
                assert_str_equal(line, cases[i].rest);
                assert_int_equal(priority, cases[i].priority);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_seven_lines_are_taken),
                cmocka_unit_test(test_incomplete_and_wrong_headers_are_told_apart),
                cmocka_unit_test(test_levels_in_front_of_lines_are_taken),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
