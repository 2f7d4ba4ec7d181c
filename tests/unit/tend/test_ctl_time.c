/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "base/duration.h"
#include "tend/systemctl/ctl_time.h"

#define NOW (UINT64_C(1715000000) * USEC_PER_SEC)

static void test_distance_is_told_as_systemctl_tells_it(void **state UNUSED) {
        static const struct {
                int64_t span_usec; /* into the past */
                const char *expected;
        } rows[] = {
                { 0, "now" },
                { 1, "1us ago" },
                { 1500, "1ms ago" },
                { 59 * USEC_PER_SEC, "59s ago" },
                { 61 * USEC_PER_SEC, "1min 1s ago" },
                { 5 * USEC_PER_MINUTE + 3 * USEC_PER_SEC, "5min ago" },
                { 2 * USEC_PER_HOUR + 5 * USEC_PER_MINUTE, "2h 5min ago" },
                { 7 * USEC_PER_HOUR + 5 * USEC_PER_MINUTE, "7h ago" },
                { 26 * USEC_PER_HOUR, "1 day 2h ago" },
                { 3 * USEC_PER_DAY, "3 days ago" },
                { 8 * USEC_PER_DAY, "1 week 1 day ago" },
                { 40 * USEC_PER_DAY, "1 month 9 days ago" },
                { 800 * USEC_PER_DAY, "2 years 2 months ago" },
                { -(int64_t)(90 * USEC_PER_MINUTE), "1h 30min left" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                ctl_print_relative((uint64_t)((int64_t)NOW - rows[i].span_usec), NOW, &out);
                assert_string_equal(strbuf_text(&out), rows[i].expected);
        }
}

static void test_no_moment_has_no_distance(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        ctl_print_relative(0, NOW, &out);
        ctl_print_relative(USEC_INFINITY, NOW, &out);
        assert_string_equal(strbuf_text(&out), "");
}

static void test_a_timer_elapses_by_the_earlier_of_its_clocks(void **state UNUSED) {
        const UnitView never = { 0 };
        const UnitView realtime = { .next_usec = NOW };
        const UnitView both = { .next_usec = USEC_INFINITY - 1, .next_monotonic_usec = 1 };

        assert_true(ctl_next_elapse(&never) == USEC_INFINITY);
        assert_true(ctl_next_elapse(&realtime) == NOW);
        assert_true(ctl_next_elapse(&both) < USEC_INFINITY - 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_distance_is_told_as_systemctl_tells_it),
                cmocka_unit_test(test_no_moment_has_no_distance),
                cmocka_unit_test(test_a_timer_elapses_by_the_earlier_of_its_clocks),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
