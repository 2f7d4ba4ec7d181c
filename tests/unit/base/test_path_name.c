/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path_name.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file_io.h"
#include "unit_test.h"

static void test_normal_form(void **state UNUSED) {
        static const struct {
                const char *path, *simple;
                bool normalized;
        } cases[] = {
                { "/", "/", true },
                { "/usr/bin", "/usr/bin", true },
                { "/usr//bin/", "/usr/bin", false },
                { "//", "/", false },
                { "/./a/.", "/a", false },
                { "/a/../b", "/a/../b", false },
                { "/a/..b", "/a/..b", true },
                { "a//b/", "a/b", false },
                { "./a", "a", false },
                { ".", ".", false },
                { "", "", false },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *simple = path_simplify(str_of(cases[i].path));
                assert_string_equal(simple, cases[i].simple);
                assert_int_equal(path_is_normalized(cases[i].path), cases[i].normalized);
        }
        static char too_long[PATH_MAX + 1];
        memset(too_long, 'a', PATH_MAX);
        too_long[0] = '/';
        assert_false(path_is_normalized(too_long));
}

static void test_joining(void **state UNUSED) {
        static const char *const cases[][3] = {
                { "/a", "b", "/a/b" }, { "/a/", "b", "/a/b" }, { "/a", "/b", "/a/b" },
                { "/", "b", "/b" },    { "", "b", "b" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *joined = path_join(cases[i][0], cases[i][1]);
                assert_string_equal(joined, cases[i][2]);
        }
}

static void test_directory_and_base_name(void **state UNUSED) {
        static const char *const cases[][3] = {
                { "/a/b", "/a", "b" },
                { "/a", "/", "a" },
                { "a", ".", "a" },
                { "a//b", "a", "b" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *dir = path_dir_name(cases[i][0]);
                assert_string_equal(dir, cases[i][1]);
                assert_string_equal(path_base_name(cases[i][0]), cases[i][2]);
        }
}

static void test_below(void **state UNUSED) {
        assert_true(path_is_below("/a/b", "/a"));
        assert_true(path_is_below("/a", "/a"));
        assert_true(path_is_below("/a", "/"));
        assert_false(path_is_below("/ab", "/a"));
        assert_false(path_is_below("/a", "/a/b"));
}

static void test_file_names(void **state UNUSED) {
        char name[NAME_MAX + 2] = { 0 };
        memset(name, 'a', NAME_MAX);
        assert_true(file_name_is_valid(name));
        name[NAME_MAX] = 'a';
        assert_false(file_name_is_valid(name));
        assert_true(file_name_is_valid("..."));
        assert_false(file_name_is_valid(""));
        assert_false(file_name_is_valid("."));
        assert_false(file_name_is_valid(".."));
        assert_false(file_name_is_valid("a/b"));
}

/* Makes a small tree with links that try to leave it. */
static int make_tree(void **state) {
        static char root[] = "/tmp/test_path_name.XXXXXX";
        if (!mkdtemp(root) || chdir(root) < 0 || mkdir("etc", 0755) < 0 ||
            mkdir("etc/sub", 0755) < 0 || symlink("/etc/sub", "absolute") < 0 ||
            symlink("../../../../etc/./sub//", "escape") < 0 || symlink("loop", "loop") < 0 ||
            symlink("nowhere", "dangling") < 0 ||
            file_write_atomic("file", STR_EMPTY, 0644, false) < 0)
                return -1;
        *state = root;
        return 0;
}

static int remove_tree(void **state) {
        return chdir("/") < 0 ? -1 : dir_remove_all(*state);
}

static void test_links_stay_below_the_root(void **state) {
        const char *root = *state;
        static const struct {
                const char *path;
                int r;
                const char *resolved; /* below the root */
        } cases[] = {
                { "/", 0, "" },
                { "/etc/sub", 0, "/etc/sub" },
                { "etc//sub/", 0, "/etc/sub" },
                { "/absolute", 0, "/etc/sub" },
                { "/escape/..", 0, "/etc" },
                { "/absolute/../sub/.", 0, "/etc/sub" },
                { "/../../..", 0, "" },
                { "/file", 0, "/file" },
                { "/loop", -ELOOP, NULL },
                { "/dangling", -ENOENT, NULL },
                { "/missing/..", -ENOENT, NULL },
                { "/file/x", -ENOTDIR, NULL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_FREE char *path = NULL;
                assert_int_equal(path_resolve(cases[i].path, root, &path), cases[i].r);
                if (cases[i].r < 0)
                        continue;
                assert_true(path_is_below(path, root));
                assert_string_equal(path + strlen(root), cases[i].resolved);
        }
        static const char *const known[] = { "/etc/sub", "/etc", "/file", "/etc/subtler" };
        for (size_t i = 0; i < ARRAY_LENGTH(cases) * ARRAY_LENGTH(known); i++) {
                AUTO_FREE char *near = path_join(root, known[i / ARRAY_LENGTH(cases)]),
                               *path = NULL;
                size_t j = i % ARRAY_LENGTH(cases);
                assert_int_equal(path_resolve_near(near, cases[j].path, root, &path), cases[j].r);
                if (cases[j].r == 0)
                        assert_string_equal(path + strlen(root), cases[j].resolved);
        }
}

static void test_without_root_paths_resolve_like_realpath(void **state) {
        AUTO_FREE char *path = path_join(*state, "etc/./sub/..");
        AUTO_FREE char *real = realpath(path, NULL);
        AUTO_FREE char *resolved = NULL;
        assert_int_equal(path_resolve(path, NULL, &resolved), 0);
        assert_string_equal(resolved, real);
        AUTO_FREE char *top = NULL;
        assert_int_equal(path_resolve("/..", "/", &top), 0);
        assert_string_equal(top, "/");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_normal_form),
                cmocka_unit_test(test_joining),
                cmocka_unit_test(test_directory_and_base_name),
                cmocka_unit_test(test_below),
                cmocka_unit_test(test_file_names),
                cmocka_unit_test(test_links_stay_below_the_root),
                cmocka_unit_test(test_without_root_paths_resolve_like_realpath),
        };
        return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
