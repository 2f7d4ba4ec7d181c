/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/native_message.h"

#include <errno.h>
#include <string.h>

#include "unit_test.h"

static char bytes[512];
static Str values[4];

static NativeMessage message_of(const char *text, size_t length) {
        memcpy(bytes, text, length);
        return (NativeMessage){ .data = bytes, .length = length, .values = values, .max = 4 };
}

static void test_lines_and_binary_values_are_taken(void **state UNUSED) {
        static const char text[] = "MESSAGE=hello\nDATA\n\3\0\0\0\0\0\0\0a\nb\nPRIORITY=3\n";
        NativeMessage message = message_of(text, sizeof(text) - 1);

        assert_int_equal(native_message_next(&message), 1);
        assert_int_equal(message.n, 3);
        assert_str_equal(values[0], "MESSAGE=hello");
        assert_str_equal(values[1], "DATA=a\nb");
        assert_str_equal(values[2], "PRIORITY=3");
        assert_int_equal(message.priority, 3);
        assert_int_equal(native_message_next(&message), 0);
}

static void test_an_empty_line_ends_an_entry(void **state UNUSED) {
        NativeMessage message = message_of("\nA=1\n\n\nB=2", 10);

        assert_int_equal(native_message_next(&message), 1);
        assert_str_equal(values[0], "A=1");
        assert_int_equal(native_message_next(&message), 1);
        assert_str_equal(values[0], "B=2");
        assert_int_equal(message.n, 1);
        assert_int_equal(native_message_next(&message), 0);
}

static void test_trusted_fields_comments_and_bad_names_are_left_out(void **state UNUSED) {
        static const char text[] = "_PID=1\n__CURSOR=x\n#c=1\n.=2\nlow=1\n1A=2\nA B=3\nOK=\n";
        NativeMessage message = message_of(text, sizeof(text) - 1);

        assert_int_equal(native_message_next(&message), 1);
        assert_int_equal(message.n, 1);
        assert_str_equal(values[0], "OK=");
}

static void test_damage_is_seen(void **state UNUSED) {
        static const struct {
                const char *text;
                size_t length;
                int result;
        } cases[] = {
                { "A\n\5\0\0\0\0\0\0\0abc\n", 14, -EBADMSG },                 /* too long */
                { "A\n\377\377\377\377\377\377\377\377abc\n", 14, -EBADMSG }, /* far too long */
                { "A\n\3\0\0", 5, -EBADMSG },                                 /* no length */
                { "A\n\3\0\0\0\0\0\0\0abcX", 14, -EBADMSG },                  /* no end */
                { "A", 1, -EBADMSG },
                { "A=1\nB=1\nC=1\nD=1\nE=1\n", 20, -E2BIG },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                NativeMessage message = message_of(cases[i].text, cases[i].length);
                assert_int_equal(native_message_next(&message), cases[i].result);
                assert_int_equal(native_message_next(&message), 0);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines_and_binary_values_are_taken),
                cmocka_unit_test(test_an_empty_line_ends_an_entry),
                cmocka_unit_test(test_trusted_fields_comments_and_bad_names_are_left_out),
                cmocka_unit_test(test_damage_is_seen),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
