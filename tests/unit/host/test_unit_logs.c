/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file_io.h"
#include "host/unit_logs.h"

static char directory[] = "/tmp/test-unit-logs-XXXXXX";

static int make_directory(void **state) {
        (void)state;
        return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state) {
        (void)state;
        return dir_remove_all(directory);
}

static void test_lines_go_to_the_file_of_their_unit(void **state) {
        AUTO(unit_logs_free) UnitLogs *logs = NULL;
        AUTO_FREE char *path = NULL, *text = NULL;
        char expected[128];
        size_t length;
        (void)state;
        assert_int_equal(unit_logs_new(directory, &logs), 0);
        unit_logs_add(logs, "a.service", "Starting a.service...");
        unit_logs_add(logs, "b.service", "Starting b.service...");
        unit_logs_add(logs, "a.service", "Started a.service.");
        unit_logs_flush(logs);
        path = unit_logs_path(logs, "a.service");
        assert_int_equal(file_read(path, 4096, &text, &length, NULL), 0);
        (void)snprintf(expected,
                       sizeof(expected),
                       "tendd[%d]: Starting a.service...\ntendd[%d]: Started a.service.\n",
                       (int)getpid(),
                       (int)getpid());
        assert_string_equal(text, expected);
}

static void test_a_long_file_is_set_aside(void **state) {
        AUTO(unit_logs_free) UnitLogs *logs = NULL;
        char aside[160];
        (void)state;
        assert_int_equal(unit_logs_new(directory, &logs), 0);
        AUTO_FREE char *path = unit_logs_path(logs, "long.service");
        unit_logs_add(logs, "long.service", "x");
        unit_logs_flush(logs);
        unit_logs_rotate(logs, "long.service");
        assert_int_equal(access(path, F_OK), 0);
        assert_int_equal(truncate(path, UNIT_LOG_MAX + 1), 0);
        unit_logs_rotate(logs, "long.service");
        assert_int_equal(access(path, F_OK), -1);
        (void)snprintf(aside, sizeof(aside), "%s.1", path);
        assert_int_equal(access(aside, F_OK), 0);
}

static bool has_file(UnitLogs *logs, const char *unit) {
        AUTO_FREE char *path = unit_logs_path(logs, unit);
        return access(path, F_OK) == 0;
}

static void test_of_units_that_are_gone_the_last_ones_are_kept(void **state) {
        AUTO(unit_logs_free) UnitLogs *logs = NULL;
        char name[64];
        (void)state;
        assert_int_equal(unit_logs_new(directory, &logs), 0);
        for (unsigned i = 0; i < UNIT_LOGS_GONE_MAX + 2; i++) {
                (void)snprintf(name, sizeof(name), "gone@%u.service", i);
                unit_logs_add(logs, name, "x");
                unit_logs_flush(logs);
                unit_logs_retire(logs, name);
                if (i == 0) /* it runs again: its file is none of these */
                        unit_logs_rotate(logs, name);
        }
        assert_true(has_file(logs, "gone@0.service"));
        assert_false(has_file(logs, "gone@1.service"));
        assert_true(has_file(logs, "gone@2.service"));
        assert_true(has_file(logs, name));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines_go_to_the_file_of_their_unit),
                cmocka_unit_test(test_a_long_file_is_set_aside),
                cmocka_unit_test(test_of_units_that_are_gone_the_last_ones_are_kept),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
