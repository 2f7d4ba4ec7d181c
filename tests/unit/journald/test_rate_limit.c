/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/rate_limit.h"

#include <stdio.h>

#include "unit_test.h"

static void test_a_burst_passes_and_the_rest_is_counted(void **state UNUSED) {
        const RateLimitRule rule = { .interval_usec = 1000, .burst = 3 };
        RateLimits limits;
        uint64_t missed;

        assert_int_equal(rate_limits_init(&limits), 0);
        for (unsigned i = 0; i < 5; i++)
                assert_int_equal(rate_limits_pass(&limits, "a", &rule, 100, &missed), i < 3);
        assert_true(rate_limits_pass(&limits, "b", &rule, 100, &missed));
        assert_true(rate_limits_pass(&limits, "a", &rule, 1100, &missed));
        assert_int_equal(missed, 2);
        rate_limits_done(&limits);
}

static void test_without_a_rule_everything_passes(void **state UNUSED) {
        const RateLimitRule rule = { .interval_usec = 1000, .burst = 0 };
        RateLimits limits;
        uint64_t missed;

        assert_int_equal(rate_limits_init(&limits), 0);
        for (unsigned i = 0; i < 100; i++)
                assert_true(rate_limits_pass(&limits, "a", &rule, 5, &missed));
        rate_limits_done(&limits);
}

static void test_the_number_of_units_is_bounded(void **state UNUSED) {
        const RateLimitRule rule = { .interval_usec = 1000, .burst = 1 };
        RateLimits limits;
        uint64_t missed;

        assert_int_equal(rate_limits_init(&limits), 0);
        for (unsigned i = 0; i < 5000; i++) {
                char unit[32];
                (void)snprintf(unit, sizeof(unit), "u%u.service", i);
                assert_true(rate_limits_pass(&limits, unit, &rule, 5, &missed));
        }
        assert_in_range(hashtable_count(limits.units), 1, 3000);
        rate_limits_done(&limits);
}

static void test_more_room_lets_more_pass(void **state UNUSED) {
        static const struct {
                uint64_t room, burst;
        } cases[] = {
                { 0, 1000 },
                { 1 << 20, 1000 },
                { 1 << 24, 2000 },
                { 1 << 28, 3000 },
                { UINT64_C(1) << 32, 4000 },
                { UINT64_C(1) << 36, 5000 },
                { UINT64_C(1) << 40, 6000 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(rate_limit_burst(1000, cases[i].room), cases[i].burst);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_more_room_lets_more_pass),
                cmocka_unit_test(test_a_burst_passes_and_the_rest_is_counted),
                cmocka_unit_test(test_without_a_rule_everything_passes),
                cmocka_unit_test(test_the_number_of_units_is_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
