/* SPDX-License-Identifier: Apache-2.0 */
#include "base/plain_format.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "unit_test.h"

/* The text must be the one of printf(3). */
static void check(const char *format, ...) PRINTF_LIKE(1, 2);

static void check(const char *format, ...) {
        AUTO(strbuf_done) StrBuf ours = STRBUF_INIT;
        char theirs[256];
        va_list args;

        assert_true(plain_format_is(format));
        va_start(args, format);
        plain_format_add(&ours, format, args);
        va_end(args);
        va_start(args, format);
        (void)vsnprintf(theirs, sizeof(theirs), format, args);
        va_end(args);
        assert_string_equal(strbuf_text(&ours), theirs);
        assert_int_equal(ours.length, strlen(theirs));
}

static void test_texts_are_those_of_printf(void **state UNUSED) {
        check("no conversion");
        check("%s", "");
        check("%s=%s\n", "key", "value");
        check("[%.*s]", 3, "abcdef");
        check("[%.*s]", 30, "abcdef");
        check("[%.*s]", 0, "abcdef");
        check("[%.*s]", -1, "abcdef");
        check("%c%c", 'a', 'b');
        check("100%% of %d%%", 7);
        check("%d %d %d %i", 0, INT_MAX, INT_MIN, -1);
        check("%u %u", 0u, UINT_MAX);
        check("%ld %ld %lu", LONG_MAX, LONG_MIN, ULONG_MAX);
        check("%lld %lld %llu", LLONG_MAX, LLONG_MIN, ULLONG_MAX);
        check("%zu %zd", SIZE_MAX, (ssize_t)-5);
        check("%" PRIu64 " %" PRIi64 " %" PRIu32, UINT64_MAX, INT64_MIN, UINT32_MAX);
        check("%s %u %s %lu %s", "a", 1u, "b", 2ul, "c");
}

static void test_all_others_are_left_to_printf(void **state UNUSED) {
        static const char *const formats[] = {
                "%x",  "%5d",   "%-5s", "%05u", "%.3s", "%.2f", "%m",    "%hhu", "%hd",
                "%p",  "%",     "%l",   "%ls",  "%.*d", "%.*",  "%lc",   "%zx",  "%s %x",
                "%+d", "%llld", "%lz",  "%*d",  "%jd",  "%.*%", "%s%5d",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(formats); i++)
                if (plain_format_is(formats[i]))
                        fail_msg("%s", formats[i]);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_texts_are_those_of_printf),
                cmocka_unit_test(test_all_others_are_left_to_printf),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
