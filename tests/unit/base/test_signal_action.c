/* SPDX-License-Identifier: Apache-2.0 */
#include "base/signal_action.h"

#include <errno.h>
#include <signal.h>

#include "unit_test.h"

/* Whoever started the test may ignore some. */
static void reset_all(void) {
        for (int number = 1; number < _NSIG; number++)
                if (number != SIGKILL && number != SIGSTOP)
                        assert_int_equal(signal_action_set(number, false), 0);
}

static void test_every_ignored_signal_is_seen(void **state UNUSED) {
        reset_all();
        assert_false(signal_action_any_ignored());
        for (int number = 1; number < _NSIG; number++) {
                if (number == SIGKILL || number == SIGSTOP)
                        continue;
                assert_int_equal(signal_action_set(number, true), 0);
                assert_true(signal_action_any_ignored());
                assert_int_equal(signal_action_set(number, false), 0);
        }
        assert_false(signal_action_any_ignored());
}

static void test_what_cannot_be_set_is_an_error(void **state UNUSED) {
        assert_int_equal(signal_action_set(SIGKILL, true), -EINVAL);
        assert_int_equal(signal_action_set(0, true), -EINVAL);
        assert_int_equal(signal_action_set(_NSIG, true), -EINVAL);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_ignored_signal_is_seen),
                cmocka_unit_test(test_what_cannot_be_set_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
