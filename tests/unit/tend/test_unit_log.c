/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tend/unit_log.h"

static char directory[] = "/tmp/test-unit-log-XXXXXX";

static int make_directory(void **state UNUSED) {
        return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state UNUSED) {
        return dir_remove_all(directory);
}

static void expect(const char *text, unsigned n_lines, const char *joined) {
        AUTO_FREE char *path = path_join(directory, "a.log");
        AUTO_STRV char **lines = NULL;

        assert_int_equal(file_write_atomic(path, str_of(text), 0600, false), 0);
        assert_int_equal(unit_log_tail(path, UNIT_LOG_WHOLE, n_lines, &lines), 0);
        AUTO_FREE char *found = lines ? strv_join(lines, "|") : str_dup(STR_EMPTY);
        assert_string_equal(found, joined);
}

static void test_the_last_lines_are_given(void **state UNUSED) {
        expect("", 5, "");
        expect("one\n", 5, "one");
        expect("one\ntwo\nthree\n", 2, "two|three");
        expect("one\ntwo\nthree\n", 3, "one|two|three");
        expect("one\ntwo\nthree\n", 9, "one|two|three");
        expect("one\ntwo\nunfinished", 2, "two|unfinished");
        expect("one\n\nthree\n", 2, "|three");
        expect("one\ntwo\n", 0, "");
}

static void test_lines_are_found_across_blocks(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        for (unsigned i = 0; i < 5000; i++)
                strbuf_addf(&text, "line %u\n", i);
        AUTO_FREE char *path = path_join(directory, "long.log");
        AUTO_STRV char **lines = NULL;
        assert_int_equal(file_write_atomic(path, str_of(strbuf_text(&text)), 0600, false), 0);
        assert_int_equal(unit_log_tail(path, UNIT_LOG_WHOLE, 3000, &lines), 0);
        assert_int_equal(strv_length(lines), 3000);
        assert_string_equal(lines[0], "line 2000");
        assert_string_equal(lines[2999], "line 4999");
}

static void test_what_came_later_is_not_given(void **state UNUSED) {
        AUTO_FREE char *path = path_join(directory, "later.log");
        AUTO_STRV char **lines = NULL, **none = NULL;

        assert_int_equal(file_write_atomic(path, STR_LITERAL("one\ntwo\nthree\n"), 0600, false), 0);
        assert_int_equal(unit_log_tail(path, 8, 5, &lines), 0);
        assert_int_equal(strv_length(lines), 2);
        assert_string_equal(lines[1], "two");
        assert_int_equal(unit_log_tail(path, 0, 5, &none), 0);
        assert_null(none);
}

static void test_no_file_is_no_line(void **state UNUSED) {
        AUTO_STRV char **lines = NULL;
        assert_int_equal(unit_log_tail("/nonexistent/a.log", UNIT_LOG_WHOLE, 3, &lines), 0);
        assert_null(lines);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_last_lines_are_given),
                cmocka_unit_test(test_lines_are_found_across_blocks),
                cmocka_unit_test(test_what_came_later_is_not_given),
                cmocka_unit_test(test_no_file_is_no_line),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
