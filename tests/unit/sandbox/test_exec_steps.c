/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_steps.h"

#include "sandbox/exit_code.h"
#include "sandbox_test.h"
#include "unit/exit_status.h"

static unsigned position_of(const char *name, int exit_code, unsigned from) {
        for (unsigned i = from; exec_step_at(i); i++)
                if (streq(exec_step_at(i)->name, name) && exec_step_at(i)->exit_code == exit_code)
                        return i;
        fail_msg("there is no step %s", name);
        return 0;
}

static void test_every_row_is_filled(void **state UNUSED) {
        for (unsigned i = 0; exec_step_at(i); i++) {
                assert_non_null(exec_step_at(i)->name);
                assert_non_null(exec_step_at(i)->apply);
                assert_true(
                        exec_step_at(i)->exit_code == EXEC_EXIT_CONFIG ||
                        (exec_step_at(i)->exit_code >= 200 && exec_step_at(i)->exit_code <= 245));
        }
}

static void test_names_are_those_of_the_exit_codes(void **state UNUSED) {
        for (unsigned i = 0; exec_step_at(i); i++) {
                const ExecStep *step = exec_step_at(i);
                const char *name = exit_status_name(step->exit_code, EXIT_STATUS_ANY);

                assert_non_null(name);
                if (!streq(step->name, "PLAN") && !streq(step->name, "UMASK"))
                        assert_string_equal(step->name, name);
        }
}

/* capabilities(7) and user_namespaces(7) leave no other order. */
static void test_privilege_is_given_up_in_the_only_possible_order(void **state UNUSED) {
        unsigned groups =
                position_of("GROUP", EXEC_EXIT_GROUP, position_of("LIMITS", EXEC_EXIT_LIMITS, 0));
        unsigned bounding = position_of("CAPABILITIES", EXEC_EXIT_CAPABILITIES, 0);
        unsigned root = position_of("CHROOT", EXEC_EXIT_CHROOT, 0);
        unsigned user = position_of("USER", EXEC_EXIT_USER, root);
        unsigned ambient = position_of("CAPABILITIES", EXEC_EXIT_CAPABILITIES, bounding + 1);

        assert_true(groups < user);
        assert_true(bounding < user && root < user);
        assert_true(user < ambient);
        assert_true(ambient < position_of("SECUREBITS", EXEC_EXIT_SECUREBITS, 0));
        assert_true(user < position_of("NO_NEW_PRIVILEGES", EXEC_EXIT_NO_NEW_PRIVILEGES, 0));
}

static void test_execution_is_last(void **state UNUSED) {
        unsigned last = 0;

        while (exec_step_at(last + 1))
                last++;
        assert_int_equal(exec_step_at(last)->exit_code, EXEC_EXIT_EXEC);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_row_is_filled),
                cmocka_unit_test(test_names_are_those_of_the_exit_codes),
                cmocka_unit_test(test_privilege_is_given_up_in_the_only_possible_order),
                cmocka_unit_test(test_execution_is_last),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
