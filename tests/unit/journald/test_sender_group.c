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

static const char *value(ValueSet *set, const char *name) {
        return value_set_find(set, name) ?: "";
}

static void test_users_and_sessions_are_found(void **state UNUSED) {
        static const struct {
                const char *path;
                bool is_user;
                const char *unit, *slice, *user_unit, *user_slice, *owner, *session;
        } cases[] = {
                { "/user.slice/user-7.slice/user@7.service/app.slice/b.service",
                  false,
                  "user@7.service",
                  "user-7.slice",
                  "b.service",
                  "app.slice",
                  "7",
                  "" },
                { "/user.slice/user-7.slice/user@7.service/app.slice/b.service",
                  true,
                  "",
                  "",
                  "b.service",
                  "app.slice",
                  "7",
                  "" },
                { "/user.slice/user-7.slice/user@7.service/init.scope",
                  false,
                  "user@7.service",
                  "user-7.slice",
                  "init.scope",
                  "",
                  "7",
                  "" },
                { "/user.slice/user-7.slice/session-3.scope",
                  false,
                  "session-3.scope",
                  "user-7.slice",
                  "",
                  "",
                  "7",
                  "3" },
                { "/system.slice/a.service", false, "a.service", "system.slice", "", "", "", "" },
                { "/", false, "", "", "", "", "", "" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(value_set_done) ValueSet set = { 0 };
                AUTO_FREE char *unit = NULL;
                sender_group_add_path(&set, str_of(cases[i].path), cases[i].is_user, &unit);
                assert_string_equal(value(&set, "_SYSTEMD_UNIT"), cases[i].unit);
                assert_string_equal(value(&set, "_SYSTEMD_SLICE"), cases[i].slice);
                assert_string_equal(value(&set, "_SYSTEMD_USER_UNIT"), cases[i].user_unit);
                assert_string_equal(value(&set, "_SYSTEMD_USER_SLICE"), cases[i].user_slice);
                assert_string_equal(value(&set, "_SYSTEMD_OWNER_UID"), cases[i].owner);
                assert_string_equal(value(&set, "_SYSTEMD_SESSION"), cases[i].session);
                assert_string_equal(value(&set, "_SYSTEMD_CGROUP"), cases[i].path);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_innermost_unit_is_found),
                cmocka_unit_test(test_users_and_sessions_are_found),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
