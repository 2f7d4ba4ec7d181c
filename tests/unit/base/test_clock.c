/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <time.h>

#include "unit_test.h"

static void test_clocks_are_microseconds_and_do_not_go_back(void **state UNUSED) {
        struct timespec now;
        uint64_t before = clock_monotonic_usec();
        assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
        uint64_t between = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
        uint64_t after = clock_monotonic_usec();
        assert_true(before <= between && between <= after);
        assert_true(clock_boottime_usec() >= before);
        assert_true(clock_realtime_usec() / 1000000 >= (uint64_t)time(NULL) - 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_clocks_are_microseconds_and_do_not_go_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
