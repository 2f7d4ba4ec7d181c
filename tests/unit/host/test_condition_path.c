/* SPDX-License-Identifier: Apache-2.0 */
#include "host/condition_path.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "unit_test.h"

/* A directory with one of each: an empty file, a full one, a program, an empty directory, a full
 * one, a link to it, and a link that leads nowhere. */
static char top[] = "/tmp/test-condition-XXXXXX";

static void make_file(const char *name, const char *text, mode_t mode) {
        int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

        assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
        assert_int_equal(close(fd), 0);
}

static int make_tree(void **state UNUSED) {
        assert_non_null(mkdtemp(top));
        assert_int_equal(chdir(top), 0);
        make_file("empty", "", 0644);
        make_file("full", "x", 0644);
        make_file("program", "x", 0755);
        assert_int_equal(mkdir("bare", 0755) | mkdir("filled", 0755), 0);
        make_file("filled/file", "", 0644);
        assert_int_equal(symlink("filled", "link") | symlink("nowhere", "broken"), 0);
        return 0;
}

static int remove_tree(void **state UNUSED) {
        static const char *const names[] = { "empty", "full",   "program", "filled/file",
                                             "bare",  "filled", "link",    "broken" };
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                assert_int_equal(remove(names[i]), 0);
        return chdir("/") | rmdir(top);
}

typedef struct Case {
        const char *name;
        int exists, is_directory, is_link, directory_not_empty, file_not_empty, is_executable;
} Case;

/* clang-format off */
static const Case cases[] = {
        { "empty",    1, 0, 0, 0, 0, 0 },
        { "full",     1, 0, 0, 0, 1, 0 },
        { "program",  1, 0, 0, 0, 1, 1 },
        { "bare",     1, 1, 0, 0, 0, 0 },
        { "filled",   1, 1, 0, 1, 0, 0 },
        { "link",     1, 1, 1, 1, 0, 0 },
        { "broken",   0, 0, 1, 0, 0, 0 },
        { "missing",  0, 0, 0, 0, 0, 0 },
};
/* clang-format on */

/* Those that cannot say count as "no" for whoever asks. */
static int yes(int answer) {
        return answer > 0;
}

static void test_files_are_told_apart(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                const Case *c = &cases[i];
                AUTO_FREE char *path = NULL;

                assert_true(asprintf(&path, "%s/%s", top, c->name) > 0);
                assert_int_equal(yes(condition_path_exists(path)), c->exists);
                assert_int_equal(yes(condition_path_is_directory(path)), c->is_directory);
                assert_int_equal(yes(condition_path_is_link(path)), c->is_link);
                assert_int_equal(yes(condition_directory_not_empty(path)), c->directory_not_empty);
                assert_int_equal(yes(condition_file_not_empty(path)), c->file_not_empty);
                assert_int_equal(yes(condition_file_is_executable(path)), c->is_executable);
        }
}

static void test_patterns_match_names(void **state UNUSED) {
        static const struct {
                const char *pattern;
                int expected;
        } rows[] = { { "f*", 1 }, { "[e]mpty", 1 }, { "x*", 0 }, { "filled/?ile", 1 } };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO_FREE char *path = NULL;
                assert_true(asprintf(&path, "%s/%s", top, rows[i].pattern) > 0);
                assert_int_equal(condition_path_glob(path), rows[i].expected);
                AUTO_FREE char *match = condition_path_match(path);
                assert_int_equal(match && condition_path_exists(match), rows[i].expected);
        }
}

static void test_mount_points_are_known(void **state UNUSED) {
        assert_int_equal(condition_path_is_mount_point("/proc"), 1);
        assert_int_equal(yes(condition_path_is_mount_point(top)), 0);
        assert_int_equal(yes(condition_path_is_mount_point("/no/such/path")), 0);
        assert_int_equal(yes(condition_path_is_writable("/no/such/path")), 0);
        assert_int_equal(yes(condition_path_is_encrypted("/proc")), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_files_are_told_apart),
                cmocka_unit_test(test_patterns_match_names),
                cmocka_unit_test(test_mount_points_are_known),
        };
        return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
