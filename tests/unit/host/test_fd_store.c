/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "host/fd_store.h"

static void test_names_are_printable_without_colon(void **state) {
        char longest[257];
        (void)state;
        memset(longest, 'x', 256);
        longest[256] = '\0';
        assert_false(fd_name_is_valid(longest));
        longest[255] = '\0';
        assert_true(fd_name_is_valid(longest));
        assert_true(fd_name_is_valid("stored"));
        assert_true(fd_name_is_valid("a/b c"));
        assert_false(fd_name_is_valid(""));
        assert_false(fd_name_is_valid("a:b"));
        assert_false(fd_name_is_valid("a\nb"));
        assert_false(fd_name_is_valid("\xc3\xa4"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_are_printable_without_colon),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
