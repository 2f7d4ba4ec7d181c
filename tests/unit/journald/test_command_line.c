/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/command_line.h"

#include "unit_test.h"

/* What systemd-journald 252 stored of the same. */
static void test_words_are_quoted_as_systemd_does(void **state UNUSED) {
        static const struct {
                Str words;
                const char *line;
        } cases[] = {
                { STR_LITERAL("sh\0-c\0echo hi; sleep 2\0"), "sh -c \"echo hi; sleep 2\"" },
                { STR_LITERAL("a\0a$b\0a'b\0a\"b\0a\\b\0`x`\0"),
                  "a \"a\\$b\" \"a'b\" \"a\\\"b\" \"a\\\\b\" \"\\`x\\`\"" },
                { STR_LITERAL("a\0\0b\0"), "a \"\" b" },
                { STR_LITERAL("tab\there\0nl\nx\0\1ctl\0\xff\0"),
                  "\"tab\\there\" \"nl\\nx\" \"\\001ctl\" \"\\377\"" },
                { STR_LITERAL("*\0a=b\0x;y\0a&b\0(x)\0~\0#c\0!h\0{a}\0[a]\0a?b\0a<b\0a|b\0"),
                  "\"*\" a=b \"x;y\" \"a&b\" \"(x)\" ~ #c \"!h\" {a} \"[a]\" \"a?b\" \"a<b\" "
                  "\"a|b\"" },
                { STR_LITERAL("%\0^\0@\0,\0\xc3\xbc\0"), "% ^ @ , \xc3\xbc" },
                { STR_LITERAL("daemon: idle\0\0\0\0"), "\"daemon: idle\"" },
                { STR_LITERAL("cut"), "cut" },
                { STR_LITERAL(""), "" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                command_line_print(cases[i].words, &out);
                assert_string_equal(strbuf_text(&out), cases[i].line);
        }
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words_are_quoted_as_systemd_does),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
