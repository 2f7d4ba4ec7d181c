/* SPDX-License-Identifier: Apache-2.0 */
#include "base/random_id.h"

#include <errno.h>

#include "unit_test.h"

static void test_random_ids_are_version_4_and_differ(void **state UNUSED) {
        Id128 a, b;
        assert_int_equal(id128_random(&a), 0);
        assert_int_equal(id128_random(&b), 0);
        assert_false(id128_equal(a, b));
        assert_int_equal(a.bytes[6] >> 4, 4);
        assert_int_equal(a.bytes[8] >> 6, 2);
        assert_false(id128_is_null(a));
        assert_true(id128_is_null((Id128){ 0 }));
}

static void test_text_forms(void **state UNUSED) {
        static const char plain[] = "0123456789abcdef0123456789abcdef";
        static const struct {
                const char *text;
                int r;
        } cases[] = {
                { plain, 0 },
                { "0123456789ABCDEF0123456789abcdef", 0 },
                { "01234567-89ab-cdef-0123-456789abcdef", 0 },
                { "01234567-89ab-cdef-01234-56789abcdef", -EINVAL },
                { "0123456789abcdef0123456789abcde", -EINVAL },
                { "0123456789abcdef0123456789abcdef0", -EINVAL },
                { "0123456789abcdef0123456789abcdeg", -EINVAL },
                { "", -EINVAL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Id128 id;
                char text[ID128_TEXT_SIZE];
                assert_int_equal(id128_parse(str_of(cases[i].text), &id), cases[i].r);
                if (cases[i].r == 0)
                        assert_string_equal(id128_print(id, text), plain);
        }
}

static void test_jitter_stays_below_its_limit(void **state UNUSED) {
        unsigned seen = 0;
        assert_int_equal(random_below(0), 0);
        assert_int_equal(random_below(1), 0);
        for (unsigned i = 0; i < 1000; i++) {
                uint64_t x = random_below(8);
                assert_true(x < 8);
                seen |= 1U << x;
        }
        assert_int_equal(seen, 0xff);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_random_ids_are_version_4_and_differ),
                cmocka_unit_test(test_text_forms),
                cmocka_unit_test(test_jitter_stays_below_its_limit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
