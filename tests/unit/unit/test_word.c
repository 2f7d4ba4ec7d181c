/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "unit/base64.h"
#include "unit/word.h"

#define COMMAND (WORD_UNQUOTE | WORD_UNESCAPE)

typedef struct Case {
        unsigned flags;
        const char *separators;
        const char *text;
        const char *words; /* each followed by "|", then "!" after an error */
} Case;

static const Case cases[] = {
        { 0, NULL, "", "" },
        { 0, NULL, "  a\tb ", "a|b|" },
        { 0, NULL, "\"a b\"", "\"a|b\"|" },
        { 0, NULL, "a\\ b \\q", "a b|q|" },
        { 0, NULL, "a\\", "!" },
        { WORD_PLAIN_BACKSLASH, NULL, "a\\ b\\", "a\\|b\\|" },
        { WORD_UNQUOTE, NULL, "\"a b\" 'c \"d' e\"f g\"h", "a b|c \"d|ef gh|" },
        { WORD_UNQUOTE, NULL, "\"\" ''", "||" },
        { WORD_UNQUOTE, NULL, "a \"b", "a|!" },
        { WORD_UNQUOTE | WORD_RELAX, NULL, "a \"b c", "a|b c|" },
        { WORD_UNQUOTE, NULL, "\"a\\\"b\" a\\x41", "a\"b|ax41|" },
        { COMMAND, NULL, "a\\x41\\102\\u00e9\\U0001f600", "aAB\xc3\xa9\xf0\x9f\x98\x80|" },
        { COMMAND, NULL, "\\a\\b\\f\\n\\r\\t\\v\\s\\\\\\\"\\'", "\a\b\f\n\r\t\v \\\"'|" },
        { COMMAND, NULL, "ok a\\q", "ok|!" },
        { COMMAND, NULL, "\\x00", "!" },
        { COMMAND, NULL, "\\x4", "!" },
        { COMMAND, NULL, "\\ud800", "!" },
        { COMMAND, NULL, "\\400", "!" },
        { COMMAND | WORD_KEEP_UNKNOWN, NULL, "a\\q\\x4z\\", "a\\q\\x4z\\|" },
        { 0, ":", "a:b::c:", "a|b|c|" },
        { WORD_KEEP_EMPTY, ":", "a:b::c:", "a|b||c||" },
        { WORD_KEEP_EMPTY, ":", "", "|" },
        { COMMAND | WORD_UNESCAPE_SEPARATOR, ":", "a\\:b:c", "a:b|c|" },
};

static void test_words_are_taken(void **state) {
        (void)state;
        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
                AUTO(strbuf_done) StrBuf words = STRBUF_INIT;
                Str rest = str_of(cases[i].text);
                int r;

                while ((r = word_next(&rest, cases[i].separators, cases[i].flags, &word)) > 0)
                        strbuf_addf(&words, "%s|", strbuf_text(&word));
                if (r < 0)
                        strbuf_add_char(&words, '!');
                assert_string_equal(strbuf_text(&words), cases[i].words);
        }
}

static void test_printed_words_are_read_back(void **state) {
        (void)state;
        static const char *const words[] = {
                "a",    "a b", "",  "\"",       "'",  "a\\b",          "\\",
                "a\tb", "a;b", ";", "\xc3\xa9", "%n", "it's \"both\"", "tail\\",
        };
        static const unsigned flags[] = { 0, WORD_PLAIN_BACKSLASH, WORD_UNQUOTE, COMMAND };

        for (unsigned i = 0; i < ARRAY_LENGTH(words); i++)
                for (unsigned j = 0; j < ARRAY_LENGTH(flags); j++) {
                        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
                        Str rest;

                        if (flags[j] == WORD_PLAIN_BACKSLASH && strpbrk(words[i], " \t"))
                                continue; /* cannot be said there */
                        if (!(flags[j] & WORD_UNQUOTE) && *words[i] == '\0')
                                continue;
                        word_print(words[i], flags[j], &text);
                        rest = str_of(strbuf_text(&text));
                        assert_int_equal(word_next(&rest, NULL, flags[j], &word), 1);
                        assert_string_equal(strbuf_text(&word), words[i]);
                        assert_null(rest.data);
                }
}

static void test_control_bytes_are_escaped(void **state) {
        (void)state;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        word_escape(STR_LITERAL("a\nb\x01\xff\0c\\d"), "", &out);
        assert_string_equal(strbuf_text(&out), "a\\nb\\x01\\xff\\x00c\\\\d");
}

static void test_base64_goes_both_ways(void **state) {
        (void)state;
        static const struct {
                Str bytes;
                const char *text;
        } pairs[] = {
                { STR_LITERAL(""), "" },
                { STR_LITERAL("h"), "aA==" },
                { STR_LITERAL("hi"), "aGk=" },
                { STR_LITERAL("hi!"), "aGkh" },
                { STR_LITERAL("\0\xff\0"), "AP8A" },
        };
        static const char *const bad[] = {
                "a", "aGk", "aGk=x", "a===", "aG k!", "aGl=", "====", "="
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(pairs); i++) {
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;

                base64_encode(pairs[i].bytes, &text);
                assert_string_equal(strbuf_text(&text), pairs[i].text);
                assert_int_equal(base64_decode(str_of(pairs[i].text), &bytes), 0);
                assert_int_equal(bytes.length, pairs[i].bytes.length);
                assert_memory_equal(strbuf_text(&bytes), pairs[i].bytes.data, bytes.length);
        }
        for (unsigned i = 0; i < ARRAY_LENGTH(bad); i++) {
                AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;

                assert_int_equal(base64_decode(str_of(bad[i]), &bytes), -EINVAL);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words_are_taken),
                cmocka_unit_test(test_printed_words_are_read_back),
                cmocka_unit_test(test_control_bytes_are_escaped),
                cmocka_unit_test(test_base64_goes_both_ways),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
