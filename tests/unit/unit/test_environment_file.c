/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/environment_file.h"

#include <errno.h>

#include "base/strv.h"
#include "unit_test.h"

typedef struct Case {
        const char *text;
        const char *expected; /* assignments, joined by "|" */
        unsigned n_ignored;
} Case;

static void test_texts_are_read_as_a_shell_would_without_expansion(void **state UNUSED) {
        static const Case cases[] = {
                { "", "", 0 },
                { "A=b", "A=b", 0 },
                { "A=b\nC=d\n", "A=b|C=d", 0 },
                { "A=b\r\nC=d\r", "A=b|C=d", 0 },
                { "  A =  b c \t\n", "A=b c", 0 },
                { "# A=b\n; C=d\nE=f", "E=f", 0 },
                { "# hidden \\\nA=b\nC=d", "C=d", 0 },
                { "A='b  c '", "A=b  c ", 0 },
                { "A='b\nc'\nD=e", "A=b\nc|D=e", 0 },
                { "A=\"b \\\" \\\\ \\$ \\` \\n\"", "A=b \" \\ $ ` \\n", 0 },
                { "A=\"b\\\nc\"", "A=bc", 0 },
                { "A=b\\\nc", "A=bc", 0 },
                { "A=b\\ c", "A=b c", 0 },
                { "A=$B `c`", "A=$B `c`", 0 },
                { "A=b\nA=c\n", "A=c", 0 },
                { "A=", "A=", 0 },
                { "A\nB=c", "B=c", 0 },
                { "A='open", "A=open", 0 },
                { "1A=b\nC=d", "C=d", 1 },
                { "A-B=c\nD=\xff\nE=f", "E=f", 2 },
                { "export A=b\nC=d", "C=d", 1 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_STRV char **got = NULL;
                unsigned n_ignored = 99;

                assert_int_equal(environment_file_parse(str_of(cases[i].text), &got, &n_ignored),
                                 0);
                AUTO_FREE char *joined = strv_join(got, "|");
                assert_string_equal(joined ? joined : "", cases[i].expected);
                assert_int_equal(n_ignored, cases[i].n_ignored);
        }
}

static void test_a_text_with_nul_bytes_is_refused(void **state UNUSED) {
        static const char text[] = "A=b\n\0C=d\n";
        AUTO_STRV char **got = NULL;
        unsigned n_ignored = 0;

        assert_int_equal(environment_file_parse((Str){ text, sizeof(text) - 1 }, &got, &n_ignored),
                         -EBADMSG);
        assert_null(got);
}

static void test_assignments_are_added_to_those_of_other_files(void **state UNUSED) {
        AUTO_STRV char **got = NULL;
        unsigned n_ignored = 0;

        assert_int_equal(environment_file_parse(str_of("A=1\nB=2"), &got, &n_ignored), 0);
        assert_int_equal(environment_file_parse(str_of("B=3\nC=4"), &got, &n_ignored), 0);
        AUTO_FREE char *joined = strv_join(got, "|");
        assert_string_equal(joined, "A=1|B=2|B=3|C=4");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_texts_are_read_as_a_shell_would_without_expansion),
                cmocka_unit_test(test_a_text_with_nul_bytes_is_refused),
                cmocka_unit_test(test_assignments_are_added_to_those_of_other_files),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
