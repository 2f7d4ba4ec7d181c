/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "tend/unit_story.h"

static void test_causes_name_other_units(void **state UNUSED) {
        static const struct {
                const char *cause, *other;
        } rows[] = {
                { "because of web.target", "web.target" },
                { "follows from db@main.service", "db@main.service" },
                { "main process exited with status 1", NULL },
                { "because of self.service", NULL },
                { "a command of ExecStartPre= ended with status 0", NULL },
                { "", NULL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO_FREE char *other = unit_story_other(rows[i].cause, "self.service");
                assert_true(streq_null(other, rows[i].other));
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_causes_name_other_units),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
