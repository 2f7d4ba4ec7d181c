/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/lint_self.h"

#include "lint/lint_test.h"

static void test_only_some_dependencies_on_itself_are_worth_a_word(void **state UNUSED) {
        static const struct {
                const char *text, *expected;
        } cases[] = {
                { "[Unit]\nAfter=b.service\n", "" },
                { "[Unit]\nRequires=a.service\nWants=a.service\nBindsTo=a.service\n", "" },
                { "[Unit]\nAfter=a.service\n",
                  "a.service: Dependency After=a.service is dropped.\n" },
                { "[Unit]\nAfter=b.service a.service\nBefore=a.service\n",
                  "a.service: Dependency Before=a.service is dropped.\n"
                  "a.service: Dependency After=a.service is dropped.\n" },
                { "[Unit]\nConflicts=a.service\nOnFailure=a.service\n",
                  "a.service: Dependency Conflicts=a.service is dropped.\n"
                  "a.service: Dependency OnFailure=a.service is dropped.\n" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = spec_of("a.service", cases[i].text);
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                lint_self(spec, &diag);
                assert_findings(&diag, cases[i].expected);
                assert_false(diag_has_errors(&diag));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_only_some_dependencies_on_itself_are_worth_a_word),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
