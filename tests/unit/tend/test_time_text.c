/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <stdlib.h>
#include <time.h>

#include "base/duration.h"
#include "tend/time_text.h"

#define MOMENT (UINT64_C(1715000000) * USEC_PER_SEC + 123456) /* 2024-05-06 12:53:20 UTC */

static int use_utc(void **state UNUSED) {
        int r = setenv("TZ", "UTC", 1);
        tzset();
        return r;
}

static void test_a_moment_is_a_date(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        time_print(MOMENT, &out);
        assert_string_equal(strbuf_text(&out), "Mon 2024-05-06 12:53:20 UTC");
        strbuf_clear(&out);
        time_print(0, &out);
        assert_string_equal(strbuf_text(&out), "-");
        strbuf_clear(&out);
        time_print_clock(MOMENT, &out);
        assert_string_equal(strbuf_text(&out), "12:53:20.123");
}

static void test_distance_is_told_in_large_units(void **state UNUSED) {
        static const struct {
                uint64_t span_usec;
                const char *expected;
        } rows[] = {
                { 0, "0 ago" },
                { 1500, "1ms ago" },
                { 3 * USEC_PER_SEC + 999, "3s ago" },
                { 5 * USEC_PER_MINUTE + 3 * USEC_PER_SEC, "5min 3s ago" },
                { 2 * USEC_PER_HOUR + 5 * USEC_PER_MINUTE + 7 * USEC_PER_SEC, "2h 5min ago" },
                { 3 * USEC_PER_DAY + 2 * USEC_PER_HOUR + USEC_PER_MINUTE, "3d 2h ago" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                time_print_relative(MOMENT - rows[i].span_usec, MOMENT, &out);
                assert_string_equal(strbuf_text(&out), rows[i].expected);
        }
}

static void test_the_future_is_told_apart(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        time_print_relative(MOMENT + 2 * USEC_PER_HOUR, MOMENT, &out);
        assert_string_equal(strbuf_text(&out), "in 2h");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_moment_is_a_date),
                cmocka_unit_test(test_distance_is_told_in_large_units),
                cmocka_unit_test(test_the_future_is_told_apart),
        };
        return cmocka_run_group_tests(tests, use_utc, NULL);
}
