/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <inttypes.h>

#include "tend/property_text.h"

static void test_names_decide_what_a_number_means(void **state UNUSED) {
        static const struct {
                const char *name;
                uint64_t number;
                const char *expected;
        } rows[] = {
                { "TimeoutStartUSec", 90000000, "1min 30s" },
                { "RuntimeMaxUSec", UINT64_MAX, "infinity" },
                { "ActiveEnterTimestamp", 0, "" },
                { "ActiveEnterTimestampMonotonic", 12345, "12345" },
                { "MemoryMax", UINT64_MAX, "infinity" },
                { "TasksMax", 4915, "4915" },
                { "LimitNOFILE", UINT64_MAX, "infinity" },
                { "MemoryCurrent", UINT64_MAX, "[not set]" },
                { "IPIngressBytes", UINT64_MAX, "[no data]" },
                { "CPUWeight", UINT64_MAX, "[not set]" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                property_print_number(rows[i].name, rows[i].number, &out);
                assert_string_equal(strbuf_text(&out), rows[i].expected);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_decide_what_a_number_means),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
