/* SPDX-License-Identifier: Apache-2.0 */
#include "base/enum_name.h"

#include <errno.h>

#include "unit_test.h"

static const char *const names[] = { "no", NULL, "always" };

static void test_names_become_values(void **state UNUSED) {
        assert_int_equal(enum_parse(names, ARRAY_LENGTH(names), STR_LITERAL("no")), 0);
        assert_int_equal(enum_parse(names, ARRAY_LENGTH(names), STR_LITERAL("always")), 2);
        assert_int_equal(enum_parse(names, ARRAY_LENGTH(names), STR_LITERAL("Always")), -EINVAL);
        assert_int_equal(enum_parse(names, ARRAY_LENGTH(names), STR_EMPTY), -EINVAL);
}

static void test_values_become_names(void **state UNUSED) {
        assert_string_equal(enum_print(names, ARRAY_LENGTH(names), 2), "always");
        assert_null(enum_print(names, ARRAY_LENGTH(names), 1));
        assert_null(enum_print(names, ARRAY_LENGTH(names), 3));
        assert_null(enum_print(names, ARRAY_LENGTH(names), -1));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_become_values),
                cmocka_unit_test(test_values_become_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
