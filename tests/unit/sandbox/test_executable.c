/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/executable.h"

#include <sys/stat.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "sandbox_test.h"

static void make_file(const char *directory, const char *name, mode_t mode) {
        AUTO_FREE char *path = path_join(directory, name);

        assert_int_equal(file_write_atomic(path, STR_LITERAL("#!/bin/sh\n"), mode, false), 0);
        assert_int_equal(chmod(path, mode), 0);
}

static void test_the_first_executable_file_is_taken(void **state UNUSED) {
        char root[] = "/tmp/tend-executable-XXXXXX";
        AUTO_FREE char *one = NULL, *two = NULL, *found = NULL, *other = NULL, *sub = NULL,
                       *program = NULL;
        char *directories[3] = { 0 };

        assert_non_null(mkdtemp(root));
        one = path_join(root, "one");
        two = path_join(root, "two");
        sub = path_join(root, "one/program");
        program = path_join(root, "two/program");
        assert_int_equal(dir_make_all(sub, 0755), 0); /* a directory of that name is passed over */
        assert_int_equal(dir_make_all(two, 0755), 0);
        make_file(two, "program", 0755);
        make_file(one, "text", 0644);
        directories[0] = one;
        directories[1] = two;
        assert_int_equal(executable_find("program", directories, &found), 0);
        assert_string_equal(found, program);
        assert_int_equal(executable_find("text", directories, &other), -EACCES);
        assert_int_equal(executable_find("missing", directories, &other), -ENOENT);
        assert_int_equal(dir_remove_all(root), 0);
}

static void test_a_path_is_taken_as_it_is(void **state UNUSED) {
        AUTO_FREE char *found = NULL, *shell = NULL;

        assert_int_equal(executable_find("/no/such/file", NULL, &found), 0);
        assert_string_equal(found, "/no/such/file");
        assert_int_equal(executable_find("sh", NULL, &shell), 0);
        assert_int_equal(access(shell, X_OK), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_first_executable_file_is_taken),
                cmocka_unit_test(test_a_path_is_taken_as_it_is),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
