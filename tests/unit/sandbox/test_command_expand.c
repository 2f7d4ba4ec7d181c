/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/command_expand.h"

#include "sandbox_test.h"

static const char *const variables[] = {
        "ONE=one",
        "TWO=two two",
        "THREE='two two' too",
        "EMPTY=",
        "OPEN='a b",
        "ESCAPED=a\\ b c\\",
        "QUOTE=x\"y z\"",
        "SPACES=  a\t\nb  ",
        "NESTED=${ONE}",
        "NONE=''",
        NULL,
};

typedef struct Case {
        const char *words[6];
        const char *expected[8];
} Case;

/* clang-format off */
static const Case cases[] = {
        { { "echo" },                       { "echo" } },
        { { "echo", "$ONE", "$TWO", "${TWO}" }, { "echo", "one", "two", "two", "two two" } },
        { { "echo", "${THREE}" },           { "echo", "'two two' too" } },
        { { "echo", "$THREE" },             { "echo", "two two", "too" } },
        { { "echo", "${EMPTY}" },           { "echo", "" } },
        { { "echo", "$EMPTY", "x" },        { "echo", "x" } },
        { { "echo", "$UNSET", "${UNSET}" }, { "echo", "" } },
        { { "echo", "a${ONE}b${EMPTY}c" },  { "echo", "aonebc" } },
        { { "echo", "a$ONE" },              { "echo", "a$ONE" } },
        { { "echo", "$ONE-x" },             { "echo" } },
        { { "echo", "$$ONE", "$$", "a$$b" }, { "echo", "$ONE", "$", "a$b" } },
        { { "echo", "$${ONE}" },            { "echo", "${ONE}" } },
        { { "echo", "${ONE:-x}a${ONE}" },   { "echo", "${ONE:-x}aone" } },
        { { "echo", "x${ONE", "${ONE" },    { "echo", "x${ONE", "${ONE" } },
        { { "echo", "$" },                  { "echo" } },
        { { "echo", "a$", "${}" },          { "echo", "a$", "" } },
        { { "echo", "$OPEN" },              { "echo", "a b" } },
        { { "echo", "$ESCAPED" },           { "echo", "a b", "c" } },
        { { "echo", "$QUOTE" },             { "echo", "xy z" } },
        { { "echo", "$SPACES" },            { "echo", "a", "b" } },
        { { "echo", "${NESTED}" },          { "echo", "${ONE}" } },
        { { "echo", "$NONE", "x" },         { "echo", "", "x" } },
        { { "$UNSET" },                     { "$UNSET" } },
};
/* clang-format on */

static void test_words_become_what_the_manual_says(void **state UNUSED) {
        AUTO_STRV char **environment = list_of(variables);

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO_STRV char **argv = list_of(cases[i].words), **got = NULL;
                AUTO_STRV char **expected = list_of(cases[i].expected);

                assert_int_equal(command_expand(argv, environment, &got), 0);
                assert_int_equal(strv_length(got), strv_length(expected));
                for (size_t k = 0; got[k]; k++)
                        assert_string_equal(got[k], expected[k]);
        }
}

static void test_only_dollar_signs_need_work(void **state UNUSED) {
        AUTO_STRV char **plain = LIST("a", "b"), **dollar = LIST("a", "b$$");

        assert_false(command_needs_expansion(plain));
        assert_true(command_needs_expansion(dollar));
}

static void test_a_value_too_large_is_refused(void **state UNUSED) {
        size_t length = COMMAND_EXPAND_MAX / 2;
        AUTO_FREE char *big = malloc(length + 3);
        AUTO_STRV char **argv = LIST("${B}", "${B}", "${B}");
        char *block[2] = { 0 };
        char **got = NULL;

        assert_non_null(big);
        memset(big, 'x', length + 2);
        big[0] = 'B';
        big[1] = '=';
        big[length + 2] = '\0';
        block[0] = big;
        assert_int_equal(command_expand(argv, block, &got), -E2BIG);
        assert_null(got);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words_become_what_the_manual_says),
                cmocka_unit_test(test_only_dollar_signs_need_work),
                cmocka_unit_test(test_a_value_too_large_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
