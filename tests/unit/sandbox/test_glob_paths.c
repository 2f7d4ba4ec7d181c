/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/glob_paths.h"

#include "base/file_io.h"
#include "base/path_name.h"
#include "sandbox_test.h"

static char *expand(const char *root, const char *pattern) {
        AUTO_FREE char *full = path_join(root, pattern);
        AUTO_STRV char **paths = NULL;

        assert_int_equal(glob_paths(full, &paths), 0);
        for (char **path = paths; path && *path; path++)
                memmove(*path, *path + strlen(root) + 1, strlen(*path) - strlen(root));
        return paths ? strv_join(paths, " ") : strdup("");
}

static void test_matches_are_sorted_and_exist(void **state UNUSED) {
        static const struct {
                const char *pattern, *expected;
        } cases[] = {
                { "*.env", "a.env b.env" },
                { "?.env", "a.env b.env" },
                { "[b-z].env", "b.env" },
                { ".*", ".hidden.env" },
                { "*/x.env", "d1/x.env d2/x.env" },
                { "d*/y.env", "d2/y.env" },
                { "none*", "" },
                { "*/none", "" },
                { "a.env", "a.env" },
                { "a.env/*", "" },
        };
        static const char *const files[] = { "b.env",    "a.env",    ".hidden.env",
                                             "d1/x.env", "d2/x.env", "d2/y.env" };
        char root[] = "/tmp/tend-glob-XXXXXX";

        assert_non_null(mkdtemp(root));
        for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
                AUTO_FREE char *path = path_join(root, files[i]), *directory = path_dir_name(path);

                assert_int_equal(dir_make_all(directory, 0755), 0);
                assert_int_equal(file_write_atomic(path, STR_EMPTY, 0644, false), 0);
        }
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *got = expand(root, cases[i].pattern);

                assert_string_equal(got, cases[i].expected);
        }
        assert_int_equal(dir_remove_all(root), 0);
}

static void test_wildcards_make_a_pattern(void **state UNUSED) {
        assert_true(path_is_pattern("/etc/*.conf"));
        assert_true(path_is_pattern("/etc/[ab]"));
        assert_false(path_is_pattern("/etc/default/x"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_matches_are_sorted_and_exist),
                cmocka_unit_test(test_wildcards_make_a_pattern),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
