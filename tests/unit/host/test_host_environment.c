/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strv.h"
#include "host/host_environment.h"

/* Literals as the environment holds them. */
#define TEXT(s) ((char *)(uintptr_t)(s))

static char *const own[] = { TEXT("PATH=/mine"),
                             TEXT("LANG=de_DE.UTF-8"),
                             TEXT("HOME=/root"),
                             TEXT("NOTIFY_SOCKET=/x"),
                             NULL };

static void test_assignments_are_checked(void **state) {
        static const struct {
                const char *text;
                bool valid;
        } cases[] = {
                { "A=b", true },   { "_x9=", true },   { "A", false },      { "=b", false },
                { "9A=b", false }, { "A-B=c", false }, { "A=\xff", false }, { "A=b=c", true },
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
                assert_int_equal(environment_assignment_is_valid(cases[i].text), cases[i].valid);
}

static void test_values_are_replaced_and_removed(void **state) {
        AUTO_STRV char **list = NULL;
        char *const set[] = { TEXT("A=1"), TEXT("B=2"), TEXT("A=3"), NULL };
        char *const bad[] = { TEXT("C=1"), TEXT("oops"), NULL };
        char *const unset[] = { TEXT("A=1"), TEXT("B"), NULL };
        (void)state;
        assert_int_equal(host_environment_set(&list, set), 0);
        assert_int_equal(strv_length(list), 2);
        assert_string_equal(list[0], "A=3");
        assert_int_equal(host_environment_set(&list, bad), -EINVAL);
        assert_int_equal(strv_length(list), 2);
        host_environment_unset(list, unset);
        assert_int_equal(strv_length(list), 1);
        assert_string_equal(list[0], "A=3");
        assert_null(host_environment_find(list, "B"));
        assert_non_null(host_environment_find(list, "A"));
}

static void test_system_services_get_a_path_and_the_language(void **state) {
        AUTO(manager_config_done) ManagerConfig config = { 0 };
        AUTO_STRV char **list = NULL;
        (void)state;
        manager_config_init(&config, UNIT_SCOPE_SYSTEM);
        assert_int_equal(strv_add(&config.environment, "FROM=config"), 0);
        assert_int_equal(host_environment_new(&config, own, &list), 0);
        assert_string_equal(*host_environment_find(list, "LANG"), "LANG=de_DE.UTF-8");
        assert_true(strv_contains(list, "FROM=config"));
        assert_false(strv_contains(list, "PATH=/mine"));
        assert_null(host_environment_find(list, "HOME"));
}

static void test_user_services_get_what_the_user_has(void **state) {
        AUTO(manager_config_done) ManagerConfig config = { 0 };
        AUTO_STRV char **list = NULL;
        (void)state;
        manager_config_init(&config, UNIT_SCOPE_USER);
        assert_int_equal(host_environment_new(&config, own, &list), 0);
        assert_true(strv_contains(list, "PATH=/mine"));
        assert_true(strv_contains(list, "HOME=/root"));
        assert_null(host_environment_find(list, "NOTIFY_SOCKET"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_assignments_are_checked),
                cmocka_unit_test(test_values_are_replaced_and_removed),
                cmocka_unit_test(test_system_services_get_a_path_and_the_language),
                cmocka_unit_test(test_user_services_get_what_the_user_has),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
