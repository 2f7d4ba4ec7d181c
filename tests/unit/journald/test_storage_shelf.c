/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/storage_shelf.h"

#include "unit_test.h"

static void test_what_a_unit_wants_is_read(void **state UNUSED) {
        static const struct {
                const char *text;
                uint64_t max_use, retention_usec;
                const char *log_namespace;
                bool is_set;
        } cases[] = {
                { "0 0 -", 0, 0, "", false },
                { "1048576 0 -", 1048576, 0, "", true },
                { "0 5000000 -", 0, 5000000, "", true },
                { "0 0 tenant", 0, 0, "tenant", true },
                { "1 2 tenant", 1, 2, "tenant", true },
                { "x y z", 0, 0, "z", true },
                { "1 2", 0, 0, "", false },
                { "0 0 ../../etc", 0, 0, "", false },
                { "", 0, 0, "", false },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                ShelfWish wish;
                shelf_wish_parse(str_of(cases[i].text), &wish);
                if (cases[i].is_set) {
                        assert_int_equal(wish.max_use, cases[i].max_use);
                        assert_int_equal(wish.retention_usec, cases[i].retention_usec);
                }
                assert_string_equal(wish.log_namespace, cases[i].log_namespace);
                assert_int_equal(shelf_wish_is_set(&wish), cases[i].is_set);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_a_unit_wants_is_read),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
