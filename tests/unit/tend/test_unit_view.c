/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <signal.h>

#include "tend/unit_view.h"

static char active[] = "active", reloading[] = "reloading", failed[] = "failed";

static void test_only_failures_that_count_are_found(void **state UNUSED) {
        UnitCommand commands[] = {
                { .list = "ExecStartPre", .exit_usec = 1, .code = CLD_EXITED, .status = 0 },
                { .list = "ExecStart", .pid = 7 }, /* runs now */
                { .list = "ExecStop",
                  .exit_usec = 9,
                  .code = CLD_KILLED,
                  .status = SIGKILL,
                  .ignore_failure = true },
        };
        const UnitView view = { .commands = commands, .n_commands = 3 };

        assert_null(unit_view_failed_command(&view));
        commands[0].status = 1;
        assert_ptr_equal(unit_view_failed_command(&view), &commands[0]);
        commands[1].exit_usec = 5;
        commands[1].code = CLD_KILLED;
        commands[1].status = SIGTERM;
        assert_ptr_equal(unit_view_failed_command(&view), &commands[1]);
}

static void test_units_are_up_while_they_reload(void **state UNUSED) {
        UnitView view = { .active_state = active };

        assert_true(unit_view_is_up(&view));
        view.active_state = reloading;
        assert_true(unit_view_is_up(&view));
        view.active_state = failed;
        assert_false(unit_view_is_up(&view));
        view.active_state = NULL;
        assert_false(unit_view_is_up(&view));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_only_failures_that_count_are_found),
                cmocka_unit_test(test_units_are_up_while_they_reload),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
