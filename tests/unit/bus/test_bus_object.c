/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_object.h"
#include "unit_test.h"

static const char *const unit_names[] = {
        "a.service",          "9front.service", "system-getty.slice",
        "getty@tty1.service", "-.slice",        "dev-disk-by\\x2duuid-1.device",
        "a:b_c.service",
};

static void test_paths_are_escaped_as_sd_bus_does(void **state UNUSED) {
        for (unsigned i = 0; i < ARRAY_LENGTH(unit_names); i++) {
                char path[BUS_PATH_SIZE];
                char *expected = NULL;
                assert_true(sd_bus_path_encode(BUS_PATH_UNITS, unit_names[i], &expected) >= 0);
                assert_string_equal(bus_unit_path(unit_names[i], path), expected);
                free(expected);
        }
}

static void test_paths_lead_back_to_names(void **state UNUSED) {
        for (unsigned i = 0; i < ARRAY_LENGTH(unit_names); i++) {
                char path[BUS_PATH_SIZE];
                char *name = NULL;
                assert_int_equal(bus_unit_path_parse(bus_unit_path(unit_names[i], path), &name), 0);
                assert_string_equal(name, unit_names[i]);
                free(name);
        }
}

static void test_the_longest_name_fits(void **state UNUSED) {
        char name[UNIT_NAME_MAX + 1], path[BUS_PATH_SIZE];

        memset(name, '@', UNIT_NAME_MAX);
        name[UNIT_NAME_MAX] = '\0';
        assert_int_equal(strlen(bus_unit_path(name, path)),
                         strlen(BUS_PATH_UNITS) + 1 + UNIT_NAME_MAX * 3);
}

static void test_odd_paths_are_no_units(void **state UNUSED) {
        static const char *const odd[] = {
                BUS_PATH_UNITS,
                BUS_PATH_UNITS "/",
                BUS_PATH_UNITS "/_",
                BUS_PATH_UNITS "/foo",
                BUS_PATH_UNITS "/foo_2",
                BUS_PATH_UNITS "/foo_2fbar_2eservice",
                BUS_PATH_UNITS "/a_2eservice/b",
                "/org/freedesktop/systemd2/unit/a_2eservice",
                "",
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(odd); i++) {
                char *name = NULL;
                assert_true(bus_unit_path_parse(odd[i], &name) < 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_paths_are_escaped_as_sd_bus_does),
                cmocka_unit_test(test_paths_lead_back_to_names),
                cmocka_unit_test(test_the_longest_name_fits),
                cmocka_unit_test(test_odd_paths_are_no_units),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
