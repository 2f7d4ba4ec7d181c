/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file_io.h"
#include "base/guarded_path.h"
#include "base/path_name.h"
#include "unit_test.h"

enum { USER = 4711, OTHER = 4712 };

static char root[] = "/tmp/test-guarded-XXXXXX";
static int root_fd = -1;

static int make_root(void **state UNUSED) {
        memcpy(strrchr(root, '-'), "-XXXXXX", sizeof("-XXXXXX"));
        if (!mkdtemp(root))
                return -1;
        root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return root_fd < 0 ? -1 : 0;
}

static int remove_root(void **state UNUSED) {
        (void)close(root_fd);
        return dir_remove_all(root);
}

static void make_directories(const char *path) {
        AUTO_FREE char *full = path_join(root, path);
        assert_int_equal(dir_make_all(full, 0755), 0);
}

static void make_link(const char *target, const char *path, uid_t owner) {
        assert_int_equal(symlinkat(target, root_fd, path), 0);
        assert_int_equal(fchownat(root_fd, path, owner, (gid_t)-1, AT_SYMLINK_NOFOLLOW), 0);
}

static void give(const char *path, uid_t owner) {
        assert_int_equal(fchownat(root_fd, path, owner, (gid_t)-1, AT_SYMLINK_NOFOLLOW), 0);
}

static bool exists(const char *path) {
        return faccessat(root_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What guarded_path_open() leads to is `expected`. */
static void assert_leads(const char *path, const char *expected) {
        AUTO_FD int fd = guarded_path_open(root_fd, path, NULL);
        struct stat found, wanted;

        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &found), 0);
        assert_int_equal(fstatat(root_fd, expected, &wanted, 0), 0);
        assert_int_equal(found.st_ino, wanted.st_ino);
}

static void test_links_that_we_made_are_followed_to_their_end(void **state UNUSED) {
        AUTO_FREE char *absolute = path_join(root, "a/b");

        make_directories("a/b/c");
        make_link("a/b", "one", geteuid());
        make_link("../one/c", "a/two", geteuid());
        make_link(absolute, "three", geteuid());
        assert_leads("a/b/c", "a/b/c");
        assert_leads("./a//b/../b/c/", "a/b/c");
        assert_leads("one/c", "a/b/c");
        assert_leads("a/two", "a/b/c");
        assert_leads("three/c", "a/b/c");
        assert_leads(absolute, "a/b");
}

static void test_what_is_not_there_is_said(void **state UNUSED) {
        make_directories("a");
        make_link("circle", "circle", geteuid());
        assert_int_equal(guarded_path_open(root_fd, "a/none", NULL), -ENOENT);
        assert_int_equal(guarded_path_open(root_fd, "circle", NULL), -ELOOP);
}

static void test_a_link_of_a_user_leads_nowhere(void **state UNUSED) {
        bool is_unsafe = false;

        if (geteuid() != 0)
                skip(); /* needs CAP_CHOWN */
        make_directories("victim/inner");
        make_directories("app");
        make_link("../victim", "app/way", USER);
        make_link("app/way/inner", "ours", 0); /* ours leads through the user's */
        assert_int_equal(guarded_path_open(root_fd, "app/way", NULL), -ELOOP);
        assert_int_equal(guarded_path_open(root_fd, "app/way/inner", NULL), -ELOOP);
        assert_int_equal(guarded_path_open(root_fd, "ours", NULL), -ELOOP);
        AUTO_FD int fd = guarded_path_open(root_fd, "ours", &is_unsafe);
        assert_true(fd >= 0);
        assert_true(is_unsafe);
}

static void test_who_owns_the_way_decides_whether_it_is_safe(void **state UNUSED) {
        static const struct {
                uid_t upper, lower;
                bool is_unsafe;
        } cases[] = {
                { 0, 0, false },   { 0, USER, false },    { USER, USER, false },
                { USER, 0, true }, { USER, OTHER, true },
        };

        if (geteuid() != 0)
                skip(); /* needs CAP_CHOWN */
        make_directories("upper/lower");
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                bool is_unsafe = !cases[i].is_unsafe;
                give("upper", cases[i].upper);
                give("upper/lower", cases[i].lower);
                AUTO_FD int fd = guarded_path_open(root_fd, "upper/lower", &is_unsafe);
                assert_true(fd >= 0);
                assert_int_equal(is_unsafe, cases[i].is_unsafe);
        }
}

static void test_removal_takes_what_is_there_and_no_more(void **state UNUSED) {
        make_directories("app/tree/deep");
        make_directories("kept");
        make_link("../kept", "app/link", geteuid());
        assert_int_equal(guarded_path_remove(root, "app/tree"), 0);
        assert_int_equal(guarded_path_remove(root, "app/link"), 0);
        assert_int_equal(guarded_path_remove(root, "app/none"), 0);
        assert_int_equal(guarded_path_remove(root, "none/none"), 0);
        assert_false(exists("app/tree"));
        assert_false(exists("app/link"));
        assert_true(exists("kept"));
        assert_int_equal(guarded_path_remove(root, "app"), 0);
        assert_false(exists("app"));
}

static void test_removal_does_not_go_where_a_user_leads(void **state UNUSED) {
        if (geteuid() != 0)
                skip(); /* needs CAP_CHOWN */
        make_directories("victim/data");
        make_directories("app");
        make_link("../victim", "app/way", USER);
        assert_int_equal(guarded_path_remove(root, "app/way/data"), -ELOOP);
        assert_true(exists("victim/data"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        test_links_that_we_made_are_followed_to_their_end, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_what_is_not_there_is_said, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_a_link_of_a_user_leads_nowhere, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_who_owns_the_way_decides_whether_it_is_safe, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_removal_takes_what_is_there_and_no_more, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_removal_does_not_go_where_a_user_leads, make_root, remove_root),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
