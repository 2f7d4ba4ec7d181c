/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strv.h"

#include <errno.h>
#include <string.h>

#include "unit_test.h"

static void assert_list(char *const *list, const char *expected) {
        AUTO_FREE char *joined = strv_join(list, ",");
        assert_non_null(joined);
        assert_string_equal(joined, expected);
}

static void test_a_null_list_is_empty(void **state UNUSED) {
        assert_int_equal(strv_length(NULL), 0);
        assert_false(strv_contains(NULL, "a"));
        assert_true(strv_equal(NULL, NULL));
        assert_null(strv_copy(NULL));
        strv_sort(NULL);
        strv_uniq(NULL);
        strv_remove(NULL, "a");
        assert_list(NULL, "");
        assert_null(strv_free(NULL));
}

static void test_adding(void **state UNUSED) {
        AUTO_STRV char **list = NULL, **other = NULL;
        assert_int_equal(strv_add(&list, "a"), 0);
        assert_int_equal(strv_add_str(&list, STR_LITERAL("b")), 0);
        assert_int_equal(strv_addf(&list, "%d", 3), 0);
        assert_int_equal(strv_take(&list, strdup("d")), 0);
        assert_int_equal(strv_take(&list, NULL), -ENOMEM);
        assert_int_equal(strv_add_unique(&list, "a"), 0);
        assert_int_equal(strv_add_unique(&list, "e"), 0);
        assert_list(list, "a,b,3,d,e");
        assert_int_equal(strv_extend(&other, list), 0);
        assert_int_equal(strv_extend(&other, list), 0);
        assert_list(other, "a,b,3,d,e,a,b,3,d,e");
        assert_true(strv_contains(other, "e"));
        assert_false(strv_contains(other, "f"));
}

static void test_removing_sorting_and_copying(void **state UNUSED) {
        AUTO_STRV char **list = NULL;
        assert_int_equal(strv_split(&list, STR_LITERAL("b a c a b"), 0), 0);
        AUTO_STRV char **copy = strv_copy(list);
        assert_true(strv_equal(list, copy));
        strv_sort(list);
        assert_list(list, "a,a,b,b,c");
        assert_false(strv_equal(list, copy));
        strv_uniq(list);
        assert_list(list, "a,b,c");
        strv_remove(copy, "a");
        assert_list(copy, "b,c,b");
        strv_remove(copy, "nothing");
        assert_list(copy, "b,c,b");
}

static void test_splitting_drops_empty_parts(void **state UNUSED) {
        static const struct {
                const char *text;
                char separator;
                const char *expected;
        } cases[] = {
                { "", 0, "" },
                { " \t ", 0, "" },
                { " one  two\nthree ", 0, "one,two,three" },
                { ":a::b:", ':', "a,b" },
                { ":::", ':', "" },
                { "a b", ':', "a b" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_STRV char **list = NULL;
                assert_int_equal(strv_split(&list, str_of(cases[i].text), cases[i].separator), 0);
                assert_list(list, cases[i].expected);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_null_list_is_empty),
                cmocka_unit_test(test_adding),
                cmocka_unit_test(test_removing_sorting_and_copying),
                cmocka_unit_test(test_splitting_drops_empty_parts),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
