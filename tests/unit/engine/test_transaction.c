/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/transaction.h"

#include "../../engine/fake_host.h"
#include "unit_test.h"

/* A chain u0 -> u1 -> ... of targets, each requiring the next and coming after it. */
static Unit *make_chain(FakeHost *host, unsigned length) {
        host->silent = true;
        for (unsigned i = 0; i < length; i++) {
                char name[32], text[128];
                (void)snprintf(name, sizeof(name), "u%u.target", i); /* fits */
                (void)snprintf(text, sizeof(text), "[Unit]\n");      /* fits */
                if (i + 1 < length)
                        (void)snprintf(text, /* fits */
                                       sizeof(text),
                                       "[Unit]\nRequires=u%u.target\nAfter=u%u.target\n",
                                       i + 1,
                                       i + 1);
                fake_host_add_unit(host, name, text);
        }
        return fake_host_unit(host, "u0.target");
}

static void test_a_long_chain_needs_no_stack_and_runs_in_order(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = make_chain(host, 20000);
        EngineError error = { .code = ENGINE_ERROR_NONE };
        assert_int_equal(engine_request_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL), 0);
        assert_int_equal(host->engine->n_jobs, 20000);
        fake_host_run(host);
        assert_int_equal(host->engine->n_jobs, 0);
        assert_int_equal(unit->state, TARGET_ACTIVE);
}

static void test_a_failure_runs_up_a_long_chain(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = make_chain(host, 20000);
        EngineError error = { .code = ENGINE_ERROR_NONE };
        assert_int_equal(engine_request_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL), 0);
        Unit *last = engine_find_unit(host->engine, "u19999.target");
        assert_int_equal(engine_cancel_job(host->engine, last->job->id, &error), 0);
        assert_int_equal(host->engine->n_jobs, 0);
}

static void test_what_is_refused_leaves_nothing_behind(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\nRequires=b.target nosuch.target\n");
        fake_host_add_unit(host, "b.target", "[Unit]\n");
        Unit *unit = fake_host_unit(host, "a.target");
        EngineError error = { .code = ENGINE_ERROR_NONE };
        assert_true(engine_request_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL) < 0);
        assert_int_equal(error.code, ENGINE_ERROR_NO_SUCH_UNIT);
        assert_string_equal(error.text, "Unit nosuch.target not found.");
        assert_int_equal(host->engine->n_jobs, 0);
        assert_null(unit->planned);
        assert_null(engine_find_unit(host->engine, "b.target")->planned);
}

static void test_contradicting_requirements_are_refused(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\nRequires=b.target\nConflicts=b.target\n");
        fake_host_add_unit(host, "b.target", "[Unit]\n");
        Unit *unit = fake_host_unit(host, "a.target");
        EngineError error = { .code = ENGINE_ERROR_NONE };
        assert_true(engine_request_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL) < 0);
        assert_int_equal(error.code, ENGINE_ERROR_TRANSACTION_JOBS_CONFLICTING);
        assert_string_equal(
                error.text,
                "Transaction contains conflicting jobs 'stop' and 'start' for a.target. Probably contradicting requirement dependencies configured.");
}

static void test_of_wishes_that_conflict_one_is_dropped(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\nWants=b.target c.target\n");
        fake_host_add_unit(host, "b.target", "[Unit]\nConflicts=c.target\n");
        fake_host_add_unit(host, "c.target", "[Unit]\n");
        assert_int_equal(fake_host_start(host, "a.target"), 0);
        assert_int_equal(engine_find_unit(host->engine, "a.target")->state, TARGET_ACTIVE);
        assert_int_equal(engine_find_unit(host->engine, "b.target")->state, TARGET_ACTIVE);
        assert_int_equal(engine_find_unit(host->engine, "c.target")->state, TARGET_DEAD);
}

static void test_in_mode_fail_nothing_that_runs_is_stopped_for_a_wish(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\nWants=b.target\n");
        fake_host_add_unit(host, "b.target", "[Unit]\nConflicts=c.target\n");
        fake_host_add_unit(host, "c.target", "[Unit]\n");
        assert_int_equal(fake_host_start(host, "c.target"), 0);
        EngineError error = { .code = ENGINE_ERROR_NONE };
        assert_int_equal(fake_host_request(host, "a.target", JOB_START, JOB_MODE_FAIL, &error), 0);
        assert_int_equal(engine_find_unit(host->engine, "c.target")->state, TARGET_ACTIVE);
        assert_int_equal(engine_find_unit(host->engine, "b.target")->state, TARGET_DEAD);
        assert_int_equal(fake_host_start(host, "a.target"), 0);
        assert_int_equal(engine_find_unit(host->engine, "b.target")->state, TARGET_ACTIVE);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_long_chain_needs_no_stack_and_runs_in_order),
                cmocka_unit_test(test_a_failure_runs_up_a_long_chain),
                cmocka_unit_test(test_what_is_refused_leaves_nothing_behind),
                cmocka_unit_test(test_contradicting_requirements_are_refused),
                cmocka_unit_test(test_of_wishes_that_conflict_one_is_dropped),
                cmocka_unit_test(test_in_mode_fail_nothing_that_runs_is_stopped_for_a_wish),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
