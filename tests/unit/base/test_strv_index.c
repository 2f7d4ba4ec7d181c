/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strv_index.h"

#include <stdio.h>

#include "base/strv.h"
#include "unit_test.h"

static void add(StrvIndex **index, uint64_t key, char ***list, unsigned number) {
        AUTO_STRV char **name = NULL;
        assert_int_equal(strv_addf(&name, "name-%u", number), 0);
        assert_int_equal(strv_index_add(index, key, list, name[0]), 0);
}

static void assert_counts_up(char *const *list, unsigned n) {
        assert_int_equal(strv_length(list), n);
        for (unsigned i = 0; i < n; i++) {
                AUTO_STRV char **name = NULL;
                assert_int_equal(strv_addf(&name, "name-%u", i), 0);
                assert_string_equal(list[i], name[0]);
        }
}

static void test_each_string_stands_once_where_it_came_first(void **state UNUSED) {
        AUTO_STRV char **list = NULL;
        AUTO(strv_index_free) StrvIndex *index = NULL;

        for (unsigned round = 0; round < 2; round++)
                for (unsigned i = 0; i < 1000; i++)
                        add(&index, 0, &list, i / 2);
        assert_counts_up(list, 500);
}

static void test_a_list_that_was_long_before_is_known(void **state UNUSED) {
        AUTO_STRV char **list = NULL;
        AUTO(strv_index_free) StrvIndex *index = NULL;

        for (unsigned i = 0; i < 100; i++)
                assert_int_equal(strv_addf(&list, "name-%u", i), 0);
        for (unsigned i = 50; i < 150; i++)
                add(&index, 0, &list, i);
        assert_counts_up(list, 150);
}

static void test_lists_are_told_apart_by_their_key(void **state UNUSED) {
        AUTO_STRV char **one = NULL, **other = NULL;
        AUTO(strv_index_free) StrvIndex *index = NULL;

        for (unsigned i = 0; i < 200; i++) {
                add(&index, 1, &one, i);
                add(&index, 2, &other, i);
        }
        assert_counts_up(one, 200);
        assert_counts_up(other, 200);
}

static void test_a_list_that_was_emptied_begins_anew(void **state UNUSED) {
        AUTO_STRV char **list = NULL;
        AUTO(strv_index_free) StrvIndex *index = NULL;

        for (unsigned round = 0; round < 3; round++) {
                list = strv_free(list);
                for (unsigned i = 0; i < 100; i++)
                        add(&index, 0, &list, i);
                assert_counts_up(list, 100);
        }
}

static void assign(StrvIndex **index, char ***list, unsigned name, unsigned value) {
        char *text = NULL;
        assert_true(asprintf(&text, "V%u=%u", name, value) > 0);
        assert_int_equal(strv_index_assign(index, 7, list, text), 0);
}

static void test_a_variable_takes_its_former_place(void **state UNUSED) {
        AUTO_STRV char **list = NULL;
        AUTO(strv_index_free) StrvIndex *index = NULL;

        for (unsigned round = 0; round < 3; round++) {
                for (unsigned value = 0; value < 3; value++)
                        for (unsigned i = 0; i < 200; i++)
                                assign(&index, &list, i, value);
                assert_int_equal(strv_length(list), 200);
                for (unsigned i = 0; i < 200; i++) {
                        AUTO_STRV char **text = NULL;
                        assert_int_equal(strv_addf(&text, "V%u=2", i), 0);
                        assert_string_equal(list[i], text[0]);
                }
                list = strv_free(list);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_string_stands_once_where_it_came_first),
                cmocka_unit_test(test_a_list_that_was_long_before_is_known),
                cmocka_unit_test(test_a_list_that_was_emptied_begins_anew),
                cmocka_unit_test(test_a_variable_takes_its_former_place),
                cmocka_unit_test(test_lists_are_told_apart_by_their_key),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
