/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <signal.h>

#include "tend/failure_text.h"

static char exit_code[] = "exit-code", signal_result[] = "signal", success[] = "success",
            watchdog[] = "watchdog", strange[] = "strange", program[] = "/usr/bin/prepare";

static void expect(const UnitView *view, const char *expected) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        failure_describe(view, &out);
        assert_string_equal(strbuf_text(&out), expected);
}

static void test_a_main_process_failed(void **state UNUSED) {
        UnitCommand command = { .list = "ExecStart",
                                .path = program,
                                .exit_usec = 1,
                                .code = CLD_EXITED,
                                .status = 1 };
        UnitView view = { .result = exit_code, .commands = &command, .n_commands = 1 };

        expect(&view, "its main process exited with status 1/FAILURE");
        command.status = 2; /* means nothing in general */
        expect(&view, "its main process exited with status 2");
        command.status = 217;
        expect(&view,
               "its main process exited with status 217/USER: its user does not exist or cannot be taken");
        command.code = CLD_DUMPED;
        command.status = SIGSEGV;
        view.result = signal_result;
        expect(&view, "its main process was killed by SIGSEGV and dumped core");
}

static void test_another_command_failed_last(void **state UNUSED) {
        UnitCommand commands[] = {
                { .list = "ExecStart", .exit_usec = 1, .code = CLD_EXITED, .status = 1 },
                { .list = "ExecStartPre",
                  .path = program,
                  .exit_usec = 2,
                  .code = CLD_EXITED,
                  .status = 5 },
                { .list = "ExecStop",
                  .exit_usec = 3,
                  .code = CLD_EXITED,
                  .status = 6,
                  .ignore_failure = true },
        };
        const UnitView view = { .result = exit_code, .commands = commands, .n_commands = 3 };

        expect(&view, "ExecStartPre= /usr/bin/prepare exited with status 5");
}

static void test_other_results_have_words(void **state UNUSED) {
        UnitView view = { .result = success };

        expect(&view, "");
        view.result = watchdog;
        expect(&view, "it gave no sign of life within WatchdogSec=");
        view.result = strange;
        expect(&view, "the result is \"strange\"");
}

static void test_exit_statuses_lead_to_settings(void **state UNUSED) {
        assert_string_equal(failure_setting(200), "WorkingDirectory");
        assert_null(failure_setting(203)); /* the command itself */
        assert_null(failure_setting(1));
}

static void test_results_of_jobs_have_words(void **state UNUSED) {
        assert_non_null(failure_of_job("dependency"));
        assert_null(failure_of_job("failed"));
        assert_null(failure_of_job("whatever"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_main_process_failed),
                cmocka_unit_test(test_another_command_failed_last),
                cmocka_unit_test(test_other_results_have_words),
                cmocka_unit_test(test_exit_statuses_lead_to_settings),
                cmocka_unit_test(test_results_of_jobs_have_words),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
