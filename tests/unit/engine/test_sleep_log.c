/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sleep_log.h"

#include "unit_test.h"

#define S UINT64_C(1000000)

static void test_what_came_after_a_moment_counts(void **state UNUSED) {
        SleepLog log = { 0 };
        assert_int_equal(sleep_log_since(&log, 5 * S), 0);
        sleep_log_note(&log, 10 * S, 7 * S); /* when the log began */
        assert_int_equal(sleep_log_since(&log, 0), 7 * S);
        assert_int_equal(sleep_log_since(&log, 10 * S), 0);
        sleep_log_note(&log, 20 * S, 9 * S);
        sleep_log_note(&log, 30 * S, 20 * S);
        assert_int_equal(sleep_log_since(&log, 0), 20 * S);
        assert_int_equal(sleep_log_since(&log, 5 * S), 13 * S); /* before the log: its beginning */
        assert_int_equal(sleep_log_since(&log, 15 * S), 13 * S);
        assert_int_equal(sleep_log_since(&log, 25 * S), 11 * S);
        assert_int_equal(sleep_log_since(&log, 35 * S), 0);
}

static void test_two_readings_of_a_clock_are_no_sleep(void **state UNUSED) {
        SleepLog log = { 0 };
        sleep_log_note(&log, 10 * S, 0);
        for (unsigned i = 1; i < 1000; i++)
                sleep_log_note(&log, (10 + i) * S, i % 90000);
        assert_int_equal(log.n_sleeps, 1);
}

static void test_the_oldest_are_forgotten(void **state UNUSED) {
        SleepLog log = { 0 };
        for (unsigned i = 0; i < 3 * SLEEP_LOG_MAX; i++)
                sleep_log_note(&log, (i + 1) * 10 * S, i * S);
        assert_int_equal(log.n_sleeps, SLEEP_LOG_MAX);
        assert_int_equal(sleep_log_since(&log, 1), (SLEEP_LOG_MAX - 1) * S);
        assert_int_equal(sleep_log_since(&log, 3 * SLEEP_LOG_MAX * 10 * S - 1), S);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_came_after_a_moment_counts),
                cmocka_unit_test(test_two_readings_of_a_clock_are_no_sleep),
                cmocka_unit_test(test_the_oldest_are_forgotten),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
