/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_text.h"

#include "unit_test.h"

static void test_what_a_terminal_can_show(void **state UNUSED) {
        static const struct {
                const char *text;
                bool with_newlines, without;
        } cases[] = {
                { "", true, true },
                { "plain text that is longer than eight bytes", true, true },
                { "tab\there", true, true },
                { "two\nlines", true, false },
                { "cr\r", false, false },
                { "12345678\033", false, false },
                { "12345678\x7f", false, false },
                { "\xc3\xbcmlaut \xe2\x98\x83", true, true },
                { "\xff", false, false },
                { "\xc2\x80", false, false },
                { "\xef\xbf\xbe", false, false }, /* U+FFFE */
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Str text = str_of(cases[i].text);
                assert_int_equal(journal_text_is_printable(text, true), cases[i].with_newlines);
                assert_int_equal(journal_text_is_printable(text, false), cases[i].without);
        }
        assert_false(journal_text_is_printable(STR_LITERAL("nul\0"), true));
}

static void test_moments(void **state UNUSED) {
        static const char *const expected[] = {
                [JOURNAL_CLOCK_SYSLOG] = "Jan 02 03:04:05",
                [JOURNAL_CLOCK_PRECISE] = "Jan 02 03:04:05.000678",
                [JOURNAL_CLOCK_ISO] = "2026-01-02T03:04:05+0000",
                [JOURNAL_CLOCK_ISO_PRECISE] = "2026-01-02T03:04:05.000678+0000",
                [JOURNAL_CLOCK_FULL] = "Fri 2026-01-02 03:04:05 UTC",
                [JOURNAL_CLOCK_FULL_PRECISE] = "Fri 2026-01-02 03:04:05.000678 UTC",
        };
        for (unsigned i = 0; i < JOURNAL_CLOCK_COUNT; i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                JournalTime time = { .clock = (JournalClock)i, .utc = true };
                journal_time_print(&time, &out, UINT64_C(1767323045000678));
                assert_string_equal(strbuf_text(&out), expected[i]);
        }
}

static void test_sizes(void **state UNUSED) {
        static const struct {
                uint64_t bytes;
                const char *text;
        } cases[] = {
                { 0, "0B" },      { 1023, "1023B" },   { 1024, "1.0K" },
                { 5000, "4.8K" }, { 4194304, "4.0M" }, { UINT64_C(3) << 40, "3.0T" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                journal_size_print(&out, cases[i].bytes);
                assert_string_equal(strbuf_text(&out), cases[i].text);
        }
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_a_terminal_can_show),
                cmocka_unit_test(test_moments),
                cmocka_unit_test(test_sizes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
