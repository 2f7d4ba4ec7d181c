/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job.h"

#include <errno.h>

#include "../../engine/fake_host.h"
#include "unit_test.h"

static void test_names_go_both_ways(void **state UNUSED) {
        for (int i = 0; i < JOB_TYPE_COUNT; i++) {
                JobType type = JOB_TYPE_COUNT;
                assert_int_equal(job_type_parse(job_type_name((JobType)i), &type), 0);
                assert_int_equal(type, i);
        }
        for (int i = 0; i < JOB_RESULT_COUNT; i++)
                assert_non_null(job_result_name((JobResult)i));
        JobType type = JOB_TYPE_COUNT;
        assert_int_equal(job_type_parse("begin", &type), -EINVAL);
        assert_string_equal(job_state_name(JOB_WAITING), "waiting");
        assert_string_equal(job_state_name(JOB_RUNNING), "running");
}

static void test_merging_is_commutative_and_keeps_equals(void **state UNUSED) {
        for (int a = 0; a <= JOB_TYPE_MAX_MERGED; a++) {
                JobType merged = JOB_TYPE_COUNT, mirrored = JOB_TYPE_COUNT;
                assert_int_equal(job_type_merge((JobType)a, (JobType)a, &merged), 0);
                assert_int_equal(merged, a);
                for (int b = 0; b <= JOB_TYPE_MAX_MERGED; b++) {
                        int r = job_type_merge((JobType)a, (JobType)b, &merged);
                        assert_int_equal(job_type_merge((JobType)b, (JobType)a, &mirrored), r);
                        if (r == 0)
                                assert_int_equal(merged, mirrored);
                }
        }
}

static void test_only_stopping_conflicts(void **state UNUSED) {
        JobType merged = JOB_TYPE_COUNT;
        for (int a = 0; a < JOB_NOP; a++) {
                int wanted = a == JOB_STOP ? 0 : -EEXIST;
                assert_int_equal(job_type_merge(JOB_STOP, (JobType)a, &merged), wanted);
        }
        assert_int_equal(job_type_merge(JOB_START, JOB_RELOAD, &merged), 0);
        assert_int_equal(merged, JOB_RELOAD_OR_START);
        assert_int_equal(job_type_merge(JOB_RELOAD, JOB_RESTART, &merged), 0);
        assert_int_equal(merged, JOB_RESTART);
}

static void test_types_collapse_by_state(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\n");
        Unit *unit = fake_host_unit(host, "a.target");
        assert_int_equal(job_type_collapse(JOB_TRY_RESTART, unit), JOB_NOP);
        assert_int_equal(job_type_collapse(JOB_TRY_RELOAD, unit), JOB_NOP);
        assert_int_equal(job_type_collapse(JOB_RELOAD_OR_START, unit), JOB_START);
        unit_set_state(unit, TARGET_ACTIVE);
        assert_int_equal(job_type_collapse(JOB_TRY_RESTART, unit), JOB_RESTART);
        assert_int_equal(job_type_collapse(JOB_TRY_RELOAD, unit), JOB_RELOAD);
        assert_int_equal(job_type_collapse(JOB_RELOAD_OR_START, unit), JOB_RELOAD);
        assert_int_equal(job_type_collapse(JOB_STOP, unit), JOB_STOP);
}

static void test_redundant_is_what_is_so_already(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.target", "[Unit]\n");
        Unit *unit = fake_host_unit(host, "a.target");
        assert_true(job_type_is_redundant(JOB_STOP, unit));
        assert_false(job_type_is_redundant(JOB_START, unit));
        assert_true(job_type_is_redundant(JOB_NOP, unit));
        unit_set_state(unit, TARGET_ACTIVE);
        assert_false(job_type_is_redundant(JOB_STOP, unit));
        assert_true(job_type_is_redundant(JOB_START, unit));
        assert_true(job_type_is_redundant(JOB_VERIFY_ACTIVE, unit));
        assert_false(job_type_is_redundant(JOB_RESTART, unit));
        assert_false(job_type_is_redundant(JOB_RELOAD, unit));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_go_both_ways),
                cmocka_unit_test(test_merging_is_commutative_and_keeps_equals),
                cmocka_unit_test(test_only_stopping_conflicts),
                cmocka_unit_test(test_types_collapse_by_state),
                cmocka_unit_test(test_redundant_is_what_is_so_already),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
