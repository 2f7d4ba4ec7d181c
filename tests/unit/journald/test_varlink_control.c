/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/varlink_control.h"

#include "unit_test.h"

static void test_the_method_is_found(void **state UNUSED) {
        static const struct {
                const char *call, *method;
        } cases[] = {
                { "{\"method\":\"a.B\"}", "a.B" },
                { "{ \"parameters\" : {\"method\":\"no\"} , \"method\" : \"a.B\" }", "a.B" },
                { "{\"parameters\":[\"method\",\"no\"],\"x\":\"method\",\"y\":1}", "" },
                { "{\"a\\\"method\":\"no\",\"method\":\"yes\"}", "yes" },
                { "}}}\"method\":\"no\"", "" },
                { "{\"method\":\"", "" },
                { "", "" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                char method[128];
                varlink_method(str_of(cases[i].call), method);
                assert_string_equal(method, cases[i].method);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_method_is_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
