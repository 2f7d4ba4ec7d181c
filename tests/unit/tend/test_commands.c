/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "tend/commands.h"

static void test_a_command_is_found_by_its_whole_name(void **state UNUSED) {
        assert_string_equal(command_find("start")->name, "start");
        assert_non_null(command_find("reload-or-restart"));
        assert_null(command_find("star"));
        assert_null(command_find(""));
}

static void test_the_nearest_command_is_suggested(void **state UNUSED) {
        static const struct {
                const char *typed, *expected;
        } rows[] = {
                { "stauts", "status" }, { "strat", "start" },          { "sop", "stop" },
                { "upp", "up" },        { "list-unit", "list-units" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                assert_string_equal(command_suggest(rows[i].typed), rows[i].expected);
        assert_null(command_suggest("something-else"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_command_is_found_by_its_whole_name),
                cmocka_unit_test(test_the_nearest_command_is_suggested),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
