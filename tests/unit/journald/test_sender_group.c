/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/sender_group.h"

#include <string.h>

#include "unit_test.h"

static void test_the_innermost_unit_is_found(void **state UNUSED) {
        static const char *const units[] = { ".service", ".scope", NULL };
        static const struct {
                const char *path, *unit, *before;
        } cases[] = {
                { "/system.slice/a.service", "a.service", "/system.slice" },
                { "/system.slice/a.service/sub", "a.service", "/system.slice" },
                { "/user.slice/user@0.service/app.slice/b.service",
                  "b.service",
                  "/user.slice/user@0.service/app.slice" },
                { "/system.slice/_cgroup.service", "cgroup.service", "/system.slice" },
                { "/.service", "", "" },
                { "/", "", "" },
                { "", "", "" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Str before = STR_EMPTY;
                assert_str_equal(sender_group_find(str_of(cases[i].path), units, &before),
                                 cases[i].unit);
                assert_str_equal(before, cases[i].before);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_innermost_unit_is_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
