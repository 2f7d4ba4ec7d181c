/* SPDX-License-Identifier: Apache-2.0 */
#include "../../engine/fake_host.h"

#include <signal.h>

#include "base/duration.h"
#include "engine/service_unit.h"
#include "unit_test.h"

static void test_names_are_those_of_systemd(void **state UNUSED) {
        assert_string_equal(service_result_name(SERVICE_SUCCESS), "success");
        assert_string_equal(service_result_name(SERVICE_FAILURE_START_LIMIT_HIT),
                            "start-limit-hit");
        assert_string_equal(service_result_name(SERVICE_SKIP_CONDITION), "exec-condition");
        assert_string_equal(service_exit_code_name(CLD_DUMPED), "dumped");
        assert_null(service_exit_code_name(CLD_STOPPED));
}

static uint64_t delay(FakeHost *host, unsigned n_done) {
        Unit *unit = fake_host_unit(host, "a.service");
        unit->service->n_backoff = n_done;
        return service_restart_delay_usec(unit);
}

/* The values that systemd 254 gives for RestartSec=1, RestartSteps=4, RestartMaxDelaySec=16. */
static void test_the_restart_delay_grows_geometrically(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host,
                           "a.service",
                           "[Service]\nExecStart=/bin/x\nRestartSec=1\nRestartSteps=4\n"
                           "RestartMaxDelaySec=16\n");
        static const unsigned seconds[] = { 1, 2, 4, 8, 16, 16, 16 };
        for (unsigned i = 0; i < ARRAY_LENGTH(seconds); i++)
                assert_int_equal(delay(host, i), seconds[i] * USEC_PER_SEC);
}

static void test_the_restart_delay_stays_without_steps_or_maximum(void **state UNUSED) {
        static const struct {
                const char *settings;
                uint64_t usec;
        } rows[] = {
                { "", 100 * USEC_PER_MSEC },
                { "RestartSec=3\nRestartSteps=4\n", 3 * USEC_PER_SEC },
                { "RestartSec=3\nRestartMaxDelaySec=20\n", 3 * USEC_PER_SEC },
                { "RestartSec=0\nRestartSteps=4\nRestartMaxDelaySec=20\n", 0 },
                { "RestartSec=9\nRestartSteps=4\nRestartMaxDelaySec=5\n", 9 * USEC_PER_SEC },
        };
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
                AUTO_FREE char *text = NULL;
                assert_true(asprintf(&text, "[Service]\nExecStart=/bin/x\n%s", rows[i].settings) >
                            0);
                fake_host_add_unit(host, "a.service", text);
                assert_int_equal(delay(host, 0), rows[i].usec);
                assert_int_equal(delay(host, 9), rows[i].usec);
        }
}

static void assert_status(FakeHost *host, DirectiveId list, unsigned index, int code, int status) {
        Unit *unit = fake_host_unit(host, "a.service");
        const ExecStatus *record = service_command_status(unit, list, index);
        assert_non_null(record);
        assert_true(record->pid > 0);
        assert_int_equal(record->code, code);
        assert_int_equal(record->status, status);
}

static void test_each_command_has_a_record_of_how_it_ran(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host,
                           "a.service",
                           "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStartPre=-/bin/p\n"
                           "ExecStart=/bin/x\nExecStart=-/bin/y\nExecStop=/bin/s\n");
        Unit *unit = fake_host_unit(host, "a.service");
        assert_null(service_command_status(unit, DIRECTIVE_EXEC_START, 0));
        fake_host_start(host, "a.service");
        fake_host_exit(host, unit->service->control_pid, CLD_EXITED, 4);
        fake_host_exit(host, unit->service->main_pid, CLD_EXITED, 0);
        assert_status(host, DIRECTIVE_EXEC_START_PRE, 0, CLD_EXITED, 4);
        assert_status(host, DIRECTIVE_EXEC_START, 0, CLD_EXITED, 0);
        assert_status(host, DIRECTIVE_EXEC_START, 1, 0, 0);
        fake_host_exit(host, unit->service->main_pid, CLD_KILLED, SIGHUP);
        assert_status(host, DIRECTIVE_EXEC_START, 1, CLD_KILLED, SIGHUP);
        assert_null(service_command_status(unit, DIRECTIVE_EXEC_STOP, 0));
        assert_null(service_command_status(unit, DIRECTIVE_EXEC_STOP, 7));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_are_those_of_systemd),
                cmocka_unit_test(test_the_restart_delay_grows_geometrically),
                cmocka_unit_test(test_the_restart_delay_stays_without_steps_or_maximum),
                cmocka_unit_test(test_each_command_has_a_record_of_how_it_ran),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
