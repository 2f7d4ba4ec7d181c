/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_directories.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "sandbox_test.h"

static char root[64];

static int make_root(void **state UNUSED) {
        (void)snprintf(root, sizeof(root), "/tmp/tend-directories-XXXXXX");
        return mkdtemp(root) && chmod(root, 0755) == 0 ? 0 : -1;
}

static int remove_root(void **state UNUSED) {
        return dir_remove_all(root);
}

static struct stat look(const char *name) {
        AUTO_FREE char *path = path_join(root, name);
        struct stat st;

        assert_int_equal(lstat(path, &st), 0);
        return st;
}

static char *link_of(const char *name) {
        AUTO_FREE char *path = path_join(root, name);
        char target[256];
        ssize_t n = readlink(path, target, sizeof(target) - 1);

        if (n < 0)
                return NULL;
        target[n] = '\0';
        return strdup(target);
}

static ExecDirectoryOrder order_of(const char *name, mode_t mode) {
        return (ExecDirectoryOrder){
                .root = root, .name = name, .mode = mode, .uid = (uid_t)-1, .gid = (gid_t)-1
        };
}

static void test_parents_are_made_and_the_mode_is_exact(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("a/b/c", 02750);
        mode_t before = umask(077);

        (void)umask(0);
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        (void)umask(before);
        assert_int_equal(look("a/b").st_mode & 07777, 0755);
        assert_int_equal(look("a/b/c").st_mode & 07777, 02750);
        order.mode = 0700;
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        assert_int_equal(look("a/b/c").st_mode & 07777, 0700);
}

static void test_a_configuration_directory_is_left_alone(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("conf", 0755);

        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        order.mode = 0700;
        order.keep_existing = true;
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_MODE_DIFFERS);
        assert_int_equal(look("conf").st_mode & 07777, 0755);
}

static void test_the_private_layout_has_a_link_and_can_be_left_again(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("x/app", 0755);
        AUTO_FREE char *target = NULL, *path = path_join(root, "x/app/data"), *none = NULL;

        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        assert_int_equal(file_write_atomic(path, STR_LITERAL("kept"), 0644, false), 0);
        order.private_layout = true;
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        target = link_of("x/app");
        assert_string_equal(target, "../private/x/app");
        assert_int_equal(look("private/x/app/data").st_size, 4);
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        order.private_layout = false;
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        none = link_of("x/app");
        assert_null(none);
        assert_int_equal(look("x/app/data").st_size, 4);
}

static void test_links_are_relative_and_repeatable(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("real", 0755);
        AUTO_FREE char *target = NULL;

        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        assert_int_equal(exec_directory_link(root, "sub/alias", "real"), 0);
        assert_int_equal(exec_directory_link(root, "sub/alias", "real"), 0);
        target = link_of("sub/alias");
        assert_string_equal(target, "../real");
        assert_int_equal(exec_directory_link(root, "sub/alias", "other"), -EEXIST);
}

static void test_a_file_in_the_way_is_an_error(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("file/sub", 0755);
        AUTO_FREE char *path = path_join(root, "file");

        assert_int_equal(file_write_atomic(path, STR_EMPTY, 0644, false), 0);
        assert_int_equal(exec_directory_make(&order), -ENOTDIR);
        order.name = "file";
        assert_int_equal(exec_directory_make(&order), -ENOTDIR);
}

static void test_owners_of_the_whole_tree_change(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("tree", 0755);
        AUTO_FREE char *inner = path_join(root, "tree/d/e"), *link = path_join(root, "tree/d/out");
        AUTO_FREE char *outside = path_join(root, "outside");

        if (geteuid() != 0)
                skip(); /* needs CAP_CHOWN */
        assert_int_equal(dir_make_all(inner, 0755), 0);
        assert_int_equal(file_write_atomic(outside, STR_EMPTY, 0644, false), 0);
        assert_int_equal(symlink(outside, link), 0);
        order.uid = 4711;
        order.gid = 4712;
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        assert_int_equal(look("tree").st_uid, 4711);
        assert_int_equal(look("tree/d/e").st_gid, 4712);
        assert_int_equal(look("tree/d/out").st_uid, 4711);
        assert_int_equal(look("outside").st_uid, 0);
}

static void test_links_of_the_service_are_not_followed(void **state UNUSED) {
        ExecDirectoryOrder order = order_of("svc/data", 0700);
        AUTO_FREE char *directory = path_join(root, "svc"), *link = path_join(root, "svc/data");
        AUTO_FREE char *victim = path_join(root, "victim");

        if (geteuid() != 0)
                skip(); /* needs CAP_CHOWN */
        assert_int_equal(dir_make_all(directory, 0755), 0);
        assert_int_equal(dir_make_all(victim, 0755), 0);
        assert_int_equal(symlink(victim, link), 0);
        assert_int_equal(lchown(link, 4711, 4711), 0);
        order.uid = 4711;
        assert_int_equal(exec_directory_make(&order), -ELOOP);
        assert_int_equal(look("victim").st_uid, 0);
        assert_int_equal(lchown(link, 0, 0), 0); /* the administrator's own links are */
        assert_int_equal(exec_directory_make(&order), EXEC_DIRECTORY_DONE);
        assert_int_equal(look("victim").st_uid, 4711);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        test_parents_are_made_and_the_mode_is_exact, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_a_configuration_directory_is_left_alone, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_the_private_layout_has_a_link_and_can_be_left_again,
                        make_root,
                        remove_root),
                cmocka_unit_test_setup_teardown(
                        test_links_are_relative_and_repeatable, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_a_file_in_the_way_is_an_error, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_owners_of_the_whole_tree_change, make_root, remove_root),
                cmocka_unit_test_setup_teardown(
                        test_links_of_the_service_are_not_followed, make_root, remove_root),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
