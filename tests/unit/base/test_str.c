/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdlib.h>

#include "base/auto.h"
#include "unit_test.h"

static void test_equality_looks_at_length_and_bytes(void **state UNUSED) {
        assert_true(str_equal(STR_EMPTY, (Str){ NULL, 0 }));
        assert_true(str_equal(STR_LITERAL("a\0b"), STR_LITERAL("a\0b")));
        assert_false(str_equal(STR_LITERAL("ab"), STR_LITERAL("abc")));
        assert_true(str_equal_c(STR_LITERAL("ab"), "ab"));
        assert_true(str_equal_nocase(STR_LITERAL("YeS"), STR_LITERAL("yEs")));
        assert_false(str_equal_nocase(STR_LITERAL("yes"), STR_LITERAL("yet")));
        assert_true(streq_null(NULL, NULL));
        assert_false(streq_null("", NULL));
}

static void test_prefix_and_suffix(void **state UNUSED) {
        Str s = STR_LITERAL("nginx.service");
        assert_true(str_has_prefix(s, ""));
        assert_true(str_has_prefix(s, "nginx"));
        assert_false(str_has_prefix(STR_LITERAL("ng"), "nginx"));
        assert_true(str_has_suffix(s, ".service"));
        assert_false(str_has_suffix(STR_LITERAL("service"), ".service"));
        assert_true(str_skip_prefix(&s, "nginx"));
        assert_str_equal(s, ".service");
        assert_false(str_skip_prefix(&s, "nginx"));
        assert_str_equal(s, ".service");
}

static void test_white_space_is_trimmed(void **state UNUSED) {
        static const struct {
                const char *text, *both, *front, *end;
        } cases[] = {
                { "", "", "", "" },
                { " \t\r\n", "", "", "" },
                { "a", "a", "a", "a" },
                { " a b\t", "a b", "a b\t", " a b" },
                { "\va ", "\va", "\va ", "\va" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                assert_str_equal(str_trim(str_of(cases[i].text)), cases[i].both);
                assert_str_equal(str_trim_front(str_of(cases[i].text)), cases[i].front);
                assert_str_equal(str_trim_end(str_of(cases[i].text)), cases[i].end);
        }
}

static void test_parts_between_separators(void **state UNUSED) {
        Str rest = STR_LITERAL("a::b:"), part;
        static const char *const expected[] = { "a", "", "b", "" };
        for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
                assert_true(str_next_part(&rest, ':', &part));
                assert_str_equal(part, expected[i]);
        }
        assert_false(str_next_part(&rest, ':', &part));
        rest = STR_EMPTY;
        assert_true(str_next_part(&rest, ':', &part));
        assert_int_equal(part.length, 0);
        assert_false(str_next_part(&rest, ':', &part));
}

static void test_words(void **state UNUSED) {
        Str rest = STR_LITERAL("  one\ttwo \n"), word;
        assert_true(str_next_word(&rest, &word));
        assert_str_equal(word, "one");
        assert_true(str_next_word(&rest, &word));
        assert_str_equal(word, "two");
        assert_false(str_next_word(&rest, &word));
}

static void test_digits(void **state UNUSED) {
        Str rest = STR_LITERAL("0042x");
        assert_str_equal(str_next_digits(&rest), "0042");
        assert_str_equal(rest, "x");
        assert_int_equal(str_next_digits(&rest).length, 0);
        assert_str_equal(rest, "x");
}

static void test_find_char(void **state UNUSED) {
        assert_int_equal(str_find_char(STR_LITERAL("a=b=c"), '='), 1);
        assert_int_equal(str_find_char(STR_LITERAL("abc"), '='), -1);
        assert_int_equal(str_find_char((Str){ NULL, 0 }, '='), -1);
}

static void test_copy_keeps_nul_bytes(void **state UNUSED) {
        AUTO_FREE char *copy = str_dup(STR_LITERAL("a\0b"));
        assert_memory_equal(copy, "a\0b", 4);
        AUTO_FREE char *empty = str_dup((Str){ NULL, 0 });
        assert_string_equal(empty, "");
}

static void test_edit_distance(void **state UNUSED) {
        static const struct {
                const char *a, *b;
                unsigned limit, distance;
        } cases[] = {
                { "", "", 3, 0 },
                { "", "abc", 3, 3 },
                { "Restart", "Restart", 3, 0 },
                { "Restrat", "Restart", 3, 2 },
                { "ExecStrt", "ExecStart", 3, 1 },
                { "kitten", "sitting", 5, 3 },
                { "kitten", "sitting", 2, 3 },
                { "abcdef", "ghijkl", 2, 3 },
                { "a", "abcdefgh", 2, 3 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(
                        str_edit_distance(str_of(cases[i].a), str_of(cases[i].b), cases[i].limit),
                        cases[i].distance);
}

static void test_order_is_bytewise(void **state UNUSED) {
        assert_true(str_compare(STR_LITERAL("a"), STR_LITERAL("b")) < 0);
        assert_true(str_compare(STR_LITERAL("a"), STR_LITERAL("aa")) < 0);
        assert_true(str_compare(STR_LITERAL("b"), STR_LITERAL("aa")) > 0);
        assert_int_equal(str_compare(STR_EMPTY, (Str){ NULL, 0 }), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_equality_looks_at_length_and_bytes),
                cmocka_unit_test(test_prefix_and_suffix),
                cmocka_unit_test(test_white_space_is_trimmed),
                cmocka_unit_test(test_parts_between_separators),
                cmocka_unit_test(test_words),
                cmocka_unit_test(test_digits),
                cmocka_unit_test(test_find_char),
                cmocka_unit_test(test_copy_keeps_nul_bytes),
                cmocka_unit_test(test_edit_distance),
                cmocka_unit_test(test_order_is_bytewise),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
