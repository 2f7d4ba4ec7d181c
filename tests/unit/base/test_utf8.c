/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include "unit_test.h"

static void test_validity(void **state UNUSED) {
        static const struct {
                Str text;
                bool valid;
        } cases[] = {
                { STR_LITERAL(""), true },
                { STR_LITERAL("plain \x7f"), true },
                { STR_LITERAL("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), true },
                { STR_LITERAL("\xf4\x8f\xbf\xbd"), true },
                { STR_LITERAL("a\0b"), false },
                { STR_LITERAL("\x80"), false },
                { STR_LITERAL("\xc3"), false },
                { STR_LITERAL("\xc0\xaf"), false },
                { STR_LITERAL("\xe0\x80\xaf"), false },
                { STR_LITERAL("\xf0\x80\x80\xaf"), false },
                { STR_LITERAL("\xed\xa0\x80"), false },
                { STR_LITERAL("\xf4\x90\x80\x80"), false },
                { STR_LITERAL("\xf8\x88\x80\x80\x80"), false },
                { STR_LITERAL("\xef\xbf\xbe"), false },
                { STR_LITERAL("\xef\xb7\x90"), false },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                assert_int_equal(utf8_is_valid(cases[i].text), cases[i].valid);
                for (size_t before = 0; before < 20; before++) { /* eight bytes are seen at once */
                        char longer[48];

                        memset(longer, 'x', sizeof(longer));
                        memcpy(longer + before, cases[i].text.data, cases[i].text.length);
                        assert_int_equal(utf8_is_valid((Str){ longer, sizeof(longer) }),
                                         cases[i].valid);
                }
        }
}

static void test_width(void **state UNUSED) {
        static const struct {
                const char *text;
                size_t width;
        } cases[] = {
                { "", 0 },         { "abc", 3 },          { "\u00e4\u20ac", 2 },
                { "e\u0301", 1 },  { "\u65e5\u672c", 4 }, { "\U0001f600", 2 },
                { "a\u200bb", 2 }, { "\x1b[", 1 },        { "\xff\xfe", 2 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(utf8_width(str_of(cases[i].text)), cases[i].width);
}

static void test_each_scalar_value_encodes_and_decodes(void **state UNUSED) {
        for (unsigned code = 0; code < 0x110800; code++) {
                char bytes[4];
                unsigned again = 0;
                bool scalar = code < 0x110000 && (code < 0xd800 || code > 0xdfff);
                size_t n = utf8_encode(bytes, code);
                if (n > 0 && utf8_decode((Str){ bytes, n }, &again) == n && again == code && scalar)
                        continue;
                assert_false(scalar);
                assert_int_equal(n, 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_validity),
                cmocka_unit_test(test_width),
                cmocka_unit_test(test_each_scalar_value_encodes_and_decodes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
