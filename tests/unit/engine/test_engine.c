/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <errno.h>
#include <signal.h>

#include "../../engine/fake_host.h"
#include "base/duration.h"
#include "unit_test.h"

static void test_the_state_of_the_system(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "default.target", "[Unit]\nWants=a.service\nAfter=a.service\n");
        fake_host_add_unit(host, "a.service", "[Service]\nType=oneshot\nExecStart=/x\n");
        assert_string_equal(engine_system_state(host->engine), "initializing");
        assert_int_equal(fake_host_start(host, "basic.target"), 0);
        host->engine->startup_done = false;
        assert_string_equal(engine_system_state(host->engine), "starting");
        assert_int_equal(fake_host_start(host, "default.target"), 0);
        assert_string_equal(engine_system_state(host->engine), "starting");
        fake_host_exit(host, fake_host_pid(host, "a.service", DIRECTIVE_EXEC_START), CLD_EXITED, 1);
        assert_string_equal(engine_system_state(host->engine), "degraded");
        engine_reset_failed(host->engine, fake_host_unit(host, "a.service"));
        assert_string_equal(engine_system_state(host->engine), "running");
        host->engine->stopping = true;
        assert_string_equal(engine_system_state(host->engine), "stopping");
}

static void test_events_about_nothing_known_are_dropped(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        for (int type = 0; type < EVENT_TYPE_COUNT; type++)
                fake_host_event(
                        host,
                        &(EngineEvent){ .type = (EngineEventType)type, .pid = 4711, .text = "" });
        assert_int_equal(host->n_effects, 0);
}

static void test_what_cannot_be_killed(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/x\n");
        fake_host_add_unit(host, "t.target", "[Unit]\n");
        EngineError error = { .code = ENGINE_ERROR_NONE };
        Unit *service = fake_host_unit(host, "a.service"),
             *target = fake_host_unit(host, "t.target");
        assert_int_equal(engine_kill_unit(host->engine, target, SIGNAL_MAIN, SIGTERM, &error),
                         -ECANCELED);
        assert_int_equal(error.code, ENGINE_ERROR_NOT_SUPPORTED);
        assert_int_equal(engine_kill_unit(host->engine, service, SIGNAL_MAIN, SIGTERM, &error),
                         -ECANCELED);
        assert_string_equal(error.text, "No main process to kill");
        assert_int_equal(engine_kill_unit(host->engine, service, SIGNAL_CONTROL, SIGTERM, &error),
                         -ECANCELED);
        assert_string_equal(error.text, "No control process to kill");
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        assert_int_equal(engine_kill_unit(host->engine, service, SIGNAL_MAIN, SIGUSR1, &error), 0);
        assert_true(fake_host_has(host, "signal a.service main USR1"));
}

static void test_a_job_that_is_not_there_cannot_be_canceled(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        EngineError error = { .code = ENGINE_ERROR_NONE };
        assert_int_equal(engine_cancel_job(host->engine, 17, &error), -ENOENT);
        assert_string_equal(error.text, "Job 17 does not exist.");
}

/* Each failure starts the other, which cannot be started either. */
static void test_units_that_trigger_each_other_do_not_hold_up_the_rest(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(
                host,
                "a.service",
                "[Unit]\nStartLimitIntervalSec=0\nOnFailure=b.service\n[Service]\nExecStart=/x\n");
        fake_host_add_unit(
                host,
                "b.service",
                "[Unit]\nStartLimitIntervalSec=0\nOnFailure=a.service\n[Service]\nExecStart=/x\n");
        fake_host_facts(host, "a.service")->spawn_error = -EAGAIN;
        fake_host_facts(host, "b.service")->spawn_error = -EAGAIN;
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        fake_host_advance(host, USEC_PER_SEC);
        assert_false(host->is_stuck);
        assert_true(host->n_spawns < 100);
}

static void test_all_units_are_walked_once(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        unsigned n = 0;
        assert_null(engine_next_unit(host->engine, NULL));
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/x\n");
        fake_host_add_unit(host, "t.target", "[Unit]\nWants=a.service\n");
        (void)fake_host_unit(host, "t.target"); /* loads the rest */
        for (const Unit *unit = engine_next_unit(host->engine, NULL); unit;
             unit = engine_next_unit(host->engine, unit))
                n++;
        assert_int_equal(n, host->engine->n_units);
        assert_true(n >= 2);
}

static void test_nothing_to_do_arms_no_timer(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/x\n");
        assert_int_equal(fake_host_start(host, "a.service"), 0);
        assert_true(host->armed_usec == USEC_INFINITY);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_state_of_the_system),
                cmocka_unit_test(test_events_about_nothing_known_are_dropped),
                cmocka_unit_test(test_what_cannot_be_killed),
                cmocka_unit_test(test_a_job_that_is_not_there_cannot_be_canceled),
                cmocka_unit_test(test_units_that_trigger_each_other_do_not_hold_up_the_rest),
                cmocka_unit_test(test_all_units_are_walked_once),
                cmocka_unit_test(test_nothing_to_do_arms_no_timer),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
