/* SPDX-License-Identifier: Apache-2.0 */
#include "base/duration.h"

#include <errno.h>

#include "unit_test.h"

typedef struct SpanCase {
        const char *text;
        int r;
        uint64_t usec;
        const char *printed;
} SpanCase;

/* What systemd-analyze timespan of version 252 answers. It refuses 584542y, which fits and which it
 * prints itself. */
static const SpanCase cases[] = {
        { "90", 0, 90 * USEC_PER_SEC, "1min 30s" },
        { "1.5s", 0, 1500000, "1.500000s" },
        { "5 6", 0, 11 * USEC_PER_SEC, "11s" },
        { "+5s", 0, 5 * USEC_PER_SEC, "5s" },
        { " 5 s ", 0, 5 * USEC_PER_SEC, "5s" },
        { ".5s", 0, 500000, "500ms" },
        { "1y 2w 3.25h", 0, UINT64_C(32778900000000), "1y 2w 3h 15min" },
        { "12.34s.56", 0, 12900000, "12.900000s" },
        { "1.5us", 0, 1, "1us" },
        { "1.5usec 1.5us", 0, 2, "2us" },
        { "24.23656794m", 0, 1454194074, "24min 14.194074s" },
        { "+.25s", -EINVAL, 0, NULL },
        { "61.5s", 0, 61500000, "1min 1.500000s" },
        { "1min 0.25s", 0, 60250000, "1min 250ms" },
        { "5msec 3\u00b5s", 0, 5003, "5.003ms" },
        { "5msec3\u03bcs", 0, 5003, "5.003ms" },
        { "1m1m", 0, 2 * USEC_PER_MINUTE, "2min" },
        { "1M", 0, USEC_PER_MONTH, "1month" },
        { "1000000d", 0, 1000000 * USEC_PER_DAY, "2737y 10month 6d 9h" },
        { "300000y", 0, 300000 * USEC_PER_YEAR, "300000y" },
        { "0.0000001s", 0, 0, "0" },
        { "0", 0, 0, "0" },
        { "infinity", 0, USEC_INFINITY, "infinity" },
        { "584541y", 0, 584541 * USEC_PER_YEAR, "584541y" },
        { "584542y", -ERANGE, 0, NULL },
        { "584543y", -ERANGE, 0, NULL },
        { "-5s", -ERANGE, 0, NULL },
        { "5.", -EINVAL, 0, NULL },
        { ".", -EINVAL, 0, NULL },
        { "", -EINVAL, 0, NULL },
        { " ", -EINVAL, 0, NULL },
        { "s", -EINVAL, 0, NULL },
        { "12.34.56", -EINVAL, 0, NULL },
        { "1,5", -EINVAL, 0, NULL },
        { "5S", -EINVAL, 0, NULL },
        { "5Min", -EINVAL, 0, NULL },
        { "1e3", -EINVAL, 0, NULL },
        { "0x10", -EINVAL, 0, NULL },
        { "5ns", -EINVAL, 0, NULL },
        { "infinity 5", -EINVAL, 0, NULL },
};

static void test_spans_are_read_and_printed(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                uint64_t usec = 0, again;
                assert_int_equal(duration_parse(str_of(cases[i].text), USEC_PER_SEC, &usec),
                                 cases[i].r);
                assert_int_equal(usec, cases[i].usec);
                if (cases[i].r < 0)
                        continue;
                duration_print(&out, usec, 1);
                assert_string_equal(strbuf_text(&out), cases[i].printed);
                assert_int_equal(duration_parse(str_of(strbuf_text(&out)), 1, &again), 0);
                assert_int_equal(again, usec);
        }
}

static void test_accuracy_leaves_small_parts_out(void **state UNUSED) {
        static const struct {
                uint64_t usec, accuracy;
                const char *printed;
        } accuracies[] = {
                { 1500000, USEC_PER_MSEC, "1.500s" },
                { 1500000, USEC_PER_SEC, "1s" },
                { 90500000, USEC_PER_SEC, "1min 30s" },
                { 3600 * USEC_PER_SEC + 1, USEC_PER_SEC, "1h" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(accuracies); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                duration_print(&out, accuracies[i].usec, accuracies[i].accuracy);
                assert_string_equal(strbuf_text(&out), accuracies[i].printed);
        }
}

static void test_bare_numbers_count_in_the_given_unit(void **state UNUSED) {
        uint64_t value;
        assert_int_equal(duration_parse(STR_LITERAL("7"), 1, &value), 0);
        assert_int_equal(value, 7);
        assert_int_equal(duration_parse(STR_LITERAL("7"), USEC_PER_MSEC, &value), 0);
        assert_int_equal(value, 7000);
        assert_int_equal(duration_parse_nsec(STR_LITERAL("7"), &value), 0);
        assert_int_equal(value, 7);
        assert_int_equal(duration_parse_nsec(STR_LITERAL("1.5us 3nsec"), &value), 0);
        assert_int_equal(value, 1503);
        assert_int_equal(duration_parse_nsec(STR_LITERAL("600y"), &value), -ERANGE);
}

static void test_sums_saturate(void **state UNUSED) {
        assert_int_equal(usec_add(1, 2), 3);
        assert_true(usec_add(USEC_INFINITY, 2) == USEC_INFINITY);
        assert_true(usec_add(USEC_INFINITY - 1, 2) == USEC_INFINITY);
        assert_int_equal(usec_sub(5, 7), 0);
        assert_int_equal(usec_sub(7, 5), 2);
        assert_true(usec_sub(USEC_INFINITY, 5) == USEC_INFINITY);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_spans_are_read_and_printed),
                cmocka_unit_test(test_accuracy_leaves_small_parts_out),
                cmocka_unit_test(test_bare_numbers_count_in_the_given_unit),
                cmocka_unit_test(test_sums_saturate),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
