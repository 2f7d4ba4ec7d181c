/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/environment_block.h"

#include "sandbox_test.h"

static void test_a_later_value_wins_at_the_first_place(void **state UNUSED) {
        AUTO(environment_block_done) EnvironmentBlock block = ENVIRONMENT_BLOCK_INIT;
        char *const *list;

        environment_block_put(&block, "A=1");
        environment_block_put(&block, "B=2");
        environment_block_put(&block, "A=3");
        environment_block_setf(&block, "B", "%d", 4);
        list = environment_block_list(&block);
        assert_string_equal(list[0], "A=3");
        assert_string_equal(list[1], "B=4");
        assert_null(list[2]);
        assert_string_equal(environment_block_get(&block, "A"), "3");
        assert_null(environment_block_get(&block, "AB"));
        assert_int_equal(environment_block_result(&block), 0);
}

static void test_strings_without_a_name_are_dropped(void **state UNUSED) {
        AUTO(environment_block_done) EnvironmentBlock block = ENVIRONMENT_BLOCK_INIT;

        environment_block_put(&block, "=x");
        environment_block_put(&block, "x");
        environment_block_put(&block, "");
        assert_null(environment_block_list(&block)[0]);
}

static void test_unset_takes_names_and_exact_assignments(void **state UNUSED) {
        AUTO(environment_block_done) EnvironmentBlock block = ENVIRONMENT_BLOCK_INIT;

        environment_block_put(&block, "A=1");
        environment_block_put(&block, "B=2");
        environment_block_put(&block, "C=3");
        environment_block_unset(&block, "A");
        environment_block_unset(&block, "B=other");
        environment_block_unset(&block, "C=3");
        environment_block_unset(&block, "MISSING");
        assert_string_equal(environment_block_list(&block)[0], "B=2");
        assert_null(environment_block_list(&block)[1]);
}

static void test_many_variables_fit(void **state UNUSED) {
        AUTO(environment_block_done) EnvironmentBlock block = ENVIRONMENT_BLOCK_INIT;
        char name[16];

        for (int i = 0; i < 500; i++) {
                (void)snprintf(name, sizeof(name), "V%d", i);
                environment_block_setf(&block, name, "%d", i);
        }
        assert_int_equal(block.n_items, 500);
        assert_string_equal(environment_block_get(&block, "V499"), "499");
        assert_null(environment_block_list(&block)[500]);
}

static void test_lists_are_searched_from_the_end(void **state UNUSED) {
        AUTO_STRV char **list = LIST("A=1", "AB=2", "A=3");

        assert_string_equal(environment_find(list, STR_LITERAL("A")), "3");
        assert_string_equal(environment_find(list, STR_LITERAL("AB")), "2");
        assert_null(environment_find(list, STR_LITERAL("B")));
        assert_null(environment_find(NULL, STR_LITERAL("B")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_later_value_wins_at_the_first_place),
                cmocka_unit_test(test_strings_without_a_name_are_dropped),
                cmocka_unit_test(test_unset_takes_names_and_exact_assignments),
                cmocka_unit_test(test_many_variables_fit),
                cmocka_unit_test(test_lists_are_searched_from_the_end),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
