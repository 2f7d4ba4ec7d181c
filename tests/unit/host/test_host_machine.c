/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/duration.h"
#include "engine/engine.h"
#include "host/host_machine.h"

static void test_release_values_are_unquoted(void **state) {
        static const char text[] =
                "# comment\nNAME=\"Debian GNU/Linux\"\nID=debian\nVERSION_ID='12'\nEMPTY=\n";
        static const struct {
                const char *key, *value;
        } cases[] = {
                { "NAME", "Debian GNU/Linux" },
                { "ID", "debian" },
                { "VERSION_ID", "12" },
                { "EMPTY", "" },
                { "VERSION", NULL },
                { "D", NULL },
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                AUTO_FREE char *value = host_machine_release_value(STR_LITERAL(text), cases[i].key);
                if (cases[i].value)
                        assert_string_equal(value, cases[i].value);
                else
                        assert_null(value);
        }
}

static void test_the_system_has_its_usual_places(void **state) {
        AUTO(host_machine_done) SpecifierMachine machine = { 0 };
        (void)state;
        assert_int_equal(host_machine_fill(UNIT_SCOPE_SYSTEM, &machine), 0);
        assert_string_equal(machine.runtime_root, "/run");
        assert_string_equal(machine.state_root, "/var/lib");
        assert_string_equal(machine.cache_root, "/var/cache");
        assert_string_equal(machine.logs_root, "/var/log");
        assert_string_equal(machine.configuration_root, "/etc");
        assert_non_null(machine.architecture);
        assert_non_null(machine.host_name);
        assert_non_null(machine.user_name);
}

static void test_timers_have_the_place_of_the_boot_and_the_id_of_the_machine(void **state) {
        char boot[] = "01010101-0101-0101-0202-020202020202";
        char machine_id[] = "0123456789abcdef0123456789abcdef";
        const SpecifierMachine machine = { .boot_id = boot, .machine_id = machine_id };
        EngineConfig config = { 0 };
        (void)state;
        host_machine_seed(&(SpecifierMachine){ 0 }, &config);
        assert_int_equal(config.perturb_usec, 0);
        host_machine_seed(&machine, &config);
        assert_int_equal(config.perturb_usec, UINT64_C(0x0303030303030303) % USEC_PER_MINUTE);
        assert_int_equal(config.machine_id[1], 0x23);
}

static void test_a_user_has_those_of_the_environment(void **state) {
        AUTO(host_machine_done) SpecifierMachine machine = { 0 };
        (void)state;
        assert_int_equal(setenv("HOME", "/home/x", 1), 0);
        assert_int_equal(setenv("XDG_RUNTIME_DIR", "/run/user/9", 1), 0);
        assert_int_equal(setenv("XDG_CACHE_HOME", "relative", 1), 0);
        assert_int_equal(unsetenv("XDG_CONFIG_HOME"), 0);
        assert_int_equal(host_machine_fill(UNIT_SCOPE_USER, &machine), 0);
        assert_string_equal(machine.runtime_root, "/run/user/9");
        assert_string_equal(machine.home, "/home/x");
        assert_string_equal(machine.cache_root, "/home/x/.cache");
        assert_string_equal(machine.configuration_root, "/home/x/.config");
        assert_string_equal(machine.logs_root, "/home/x/.config/log");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_release_values_are_unquoted),
                cmocka_unit_test(test_the_system_has_its_usual_places),
                cmocka_unit_test(test_timers_have_the_place_of_the_boot_and_the_id_of_the_machine),
                cmocka_unit_test(test_a_user_has_those_of_the_environment),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
