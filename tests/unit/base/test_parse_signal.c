/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>

#include "base/parse_value.h"
#include "unit_test.h"

static void test_signals_have_names_and_numbers(void **state UNUSED) {
        const struct {
                const char *text;
                int expected;
        } cases[] = {
                { "TERM", SIGTERM },
                { "SIGTERM", SIGTERM },
                { "15", SIGTERM },
                { "SIGSYS", SIGSYS },
                { "64", SIGRTMAX },
                { "RTMIN", SIGRTMIN },
                { "SIGRTMIN+3", SIGRTMIN + 3 },
                { "RTMAX-1", SIGRTMAX - 1 },
                { "RTMAX", SIGRTMAX },
                { "RTMIN+30", SIGRTMAX },
                { "RTMIN+31", -ERANGE },
                { "RTMIN-1", -EINVAL },
                { "RTMIN++1", -EINVAL },
                { "RTMIN+", -EINVAL },
                { "0", -ERANGE },
                { "65", -ERANGE },
                { "-1", -ERANGE },
                { "term", -EINVAL },
                { "SIG", -EINVAL },
                { "SIG15", -EINVAL },
                { "", -EINVAL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                int value = 0, r = parse_signal(str_of(cases[i].text), &value);
                assert_int_equal(r < 0 ? r : value, cases[i].expected);
        }
}

static void test_each_signal_prints_and_reads_back(void **state UNUSED) {
        for (int i = 1; i <= SIGRTMAX; i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                int value = 0;
                print_signal(&out, i);
                assert_int_equal(parse_signal(str_of(strbuf_text(&out)), &value), 0);
                assert_int_equal(value, i);
        }
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        print_signal(&out, SIGRTMIN + 4);
        assert_string_equal(strbuf_text(&out), "SIGRTMIN+4");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_signals_have_names_and_numbers),
                cmocka_unit_test(test_each_signal_prints_and_reads_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
