/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file_io.h"
#include "host/runtime_paths.h"

static char directory[] = "/tmp/test-runtime-XXXXXX";

static int make_directory(void **state) {
        (void)state;
        (void)unsetenv("TEND_RUNTIME_DIR");
        return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state) {
        (void)state;
        return dir_remove_all(directory);
}

static void test_the_system_has_public_places(void **state) {
        AUTO(runtime_paths_free) RuntimePaths *paths = NULL;
        (void)state;
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_SYSTEM, NULL, &paths), 0);
        assert_true(paths->is_default);
        assert_string_equal(paths->directory, "/run/tend");
        assert_string_equal(paths->bus_socket, "/run/tend/private");
        assert_string_equal(paths->notify_socket, "/run/tend/notify");
        assert_string_equal(paths->public_bus_socket, "/run/systemd/private");
        assert_string_equal(paths->booted_directory, "/run/systemd/system");
}

static void test_a_named_directory_has_none(void **state) {
        AUTO(runtime_paths_free) RuntimePaths *named = NULL;
        AUTO(runtime_paths_free) RuntimePaths *by_variable = NULL;
        (void)state;
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_SYSTEM, "/srv//x/", &named), 0);
        assert_string_equal(named->directory, "/srv/x");
        assert_null(named->public_bus_socket);
        assert_int_equal(setenv("TEND_RUNTIME_DIR", "/srv/y", 1), 0);
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, NULL, &by_variable), 0);
        assert_string_equal(by_variable->state_file, "/srv/y/state");
        assert_int_equal(unsetenv("TEND_RUNTIME_DIR"), 0);
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, "relative", &named), -EINVAL);
}

/* As su(1) leaves the variable: who owns the directory could put another manager in our place. */
static void test_the_session_directory_of_another_is_not_taken(void **state) {
        AUTO(runtime_paths_free) RuntimePaths *anybodys = NULL;
        AUTO(runtime_paths_free) RuntimePaths *theirs = NULL;
        (void)state;
        assert_int_equal(setenv("XDG_RUNTIME_DIR", directory, 1), 0);
        assert_int_equal(chmod(directory, 0777), 0);
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, NULL, &anybodys), 0);
        assert_int_equal(chmod(directory, 0700), 0);
        assert_int_not_equal(strncmp(anybodys->directory, directory, strlen(directory)), 0);
        assert_null(anybodys->public_bus_socket);
        if (geteuid() != 0)
                skip(); /* needs CAP_CHOWN */
        assert_int_equal(chown(directory, 4711, (gid_t)-1), 0);
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, NULL, &theirs), 0);
        assert_int_equal(chown(directory, 0, (gid_t)-1), 0);
        assert_int_not_equal(strncmp(theirs->directory, directory, strlen(directory)), 0);
}

static void test_a_user_has_the_session_directory(void **state) {
        AUTO(runtime_paths_free) RuntimePaths *paths = NULL;
        AUTO(runtime_paths_free) RuntimePaths *without = NULL;
        char expected[64];
        (void)state;
        assert_int_equal(setenv("XDG_RUNTIME_DIR", directory, 1), 0);
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, NULL, &paths), 0);
        (void)snprintf(expected, sizeof(expected), "%s/tend", directory);
        assert_string_equal(paths->directory, expected);
        (void)snprintf(expected, sizeof(expected), "%s/systemd/private", directory);
        assert_string_equal(paths->public_bus_socket, expected);
        assert_null(paths->booted_directory);
        assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, NULL, &without), 0);
        (void)snprintf(expected, sizeof(expected), "/tmp/tend-%u", (unsigned)getuid());
        assert_string_equal(without->directory, expected);
        assert_null(without->public_bus_socket);
}

static void test_a_directory_open_to_others_is_refused(void **state) {
        AUTO(runtime_paths_free) RuntimePaths *paths = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        (void)state;
        assert_int_equal(runtime_paths_find(UNIT_SCOPE_USER, directory, &paths), 0);
        assert_int_equal(runtime_paths_make(paths, &diag), 0);
        assert_int_equal(chmod(directory, 0777), 0);
        assert_int_equal(runtime_paths_make(paths, &diag), -EPERM);
        assert_true(diag_has_errors(&diag));
        assert_int_equal(chmod(directory, 0700), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_system_has_public_places),
                cmocka_unit_test(test_a_named_directory_has_none),
                cmocka_unit_test(test_a_user_has_the_session_directory),
                cmocka_unit_test(test_the_session_directory_of_another_is_not_taken),
                cmocka_unit_test(test_a_directory_open_to_others_is_refused),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
