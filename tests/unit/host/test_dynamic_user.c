/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/file_io.h"
#include "host/dynamic_user.h"

static char directory[] = "/tmp/test-dynamic-user-XXXXXX";

static int make_directory(void **state) {
        (void)state;
        return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state) {
        (void)state;
        return dir_remove_all(directory);
}

static void test_a_name_keeps_its_id(void **state) {
        uid_t first, again, other;
        (void)state;
        assert_int_equal(dynamic_user_take(directory, "alice", &first), 0);
        assert_in_range(first, DYNAMIC_UID_MIN, DYNAMIC_UID_MAX);
        assert_int_equal(dynamic_user_take(directory, "alice", &again), 0);
        assert_int_equal(first, again);
        assert_int_equal(dynamic_user_take(directory, "bob", &other), 0);
        assert_int_not_equal(first, other);
        dynamic_user_release(directory, first);
        assert_int_equal(dynamic_user_take(directory, "alice", &again), 0);
        assert_int_equal(first, again);
}

static void test_an_id_in_use_is_left_to_its_name(void **state) {
        char path[128];
        uid_t uid, wanted = dynamic_user_first("carol");
        (void)state;
        (void)snprintf(path, sizeof(path), "%s/%u", directory, (unsigned)wanted);
        assert_int_equal(file_write_atomic(path, STR_LITERAL("somebody"), 0644, false), 0);
        assert_int_equal(dynamic_user_take(directory, "carol", &uid), 0);
        assert_int_not_equal(uid, wanted);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_name_keeps_its_id),
                cmocka_unit_test(test_an_id_in_use_is_left_to_its_name),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
