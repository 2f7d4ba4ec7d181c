/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse_value.h"

#include <errno.h>

#include "unit_test.h"

static void test_booleans(void **state UNUSED) {
        static const struct {
                const char *text;
                int expected;
        } cases[] = {
                { "1", 1 },      { "yes", 1 },        { "Y", 1 },       { "TRUE", 1 },
                { "t", 1 },      { "on", 1 },         { "0", 0 },       { "no", 0 },
                { "n", 0 },      { "False", 0 },      { "F", 0 },       { "oFF", 0 },
                { "", -EINVAL }, { "yess", -EINVAL }, { "2", -EINVAL }, { " yes", -EINVAL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                bool value = false;
                int r = parse_boolean(str_of(cases[i].text), &value);
                assert_int_equal(r < 0 ? r : value, cases[i].expected);
        }
}

static void test_unsigned_numbers(void **state UNUSED) {
        static const struct {
                const char *text;
                unsigned base;
                int r;
                uint64_t value;
        } cases[] = {
                { "0", 0, 0, 0 },
                { "42", 0, 0, 42 },
                { "+42", 10, 0, 42 },
                { "0x2A", 0, 0, 42 },
                { "2a", 16, 0, 42 },
                { "0o52", 0, 0, 42 },
                { "0b101010", 0, 0, 42 },
                { "052", 0, 0, 42 },
                { "052", 10, 0, 52 },
                { "052", 8, 0, 42 },
                { "18446744073709551615", 0, 0, UINT64_MAX },
                { "18446744073709551616", 0, -ERANGE, 0 },
                { "99999999999999999999999999", 10, -ERANGE, 0 },
                { "-0", 0, 0, 0 },
                { "-1", 0, -ERANGE, 0 },
                { "09", 0, -EINVAL, 0 },
                { "", 0, -EINVAL, 0 },
                { "+", 0, -EINVAL, 0 },
                { "0x", 0, -EINVAL, 0 },
                { "+-1", 0, -EINVAL, 0 },
                { " 1", 0, -EINVAL, 0 },
                { "1 ", 0, -EINVAL, 0 },
                { "12a", 10, -EINVAL, 0 },
                { "0x10", 10, -EINVAL, 0 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                uint64_t value = 0;
                assert_int_equal(parse_u64(str_of(cases[i].text), cases[i].base, &value),
                                 cases[i].r);
                assert_int_equal(value, cases[i].value);
        }
        uint32_t small;
        assert_int_equal(parse_u32(STR_LITERAL("4294967295"), &small), 0);
        assert_int_equal(parse_u32(STR_LITERAL("4294967296"), &small), -ERANGE);
}

static void test_ports(void **state UNUSED) {
        uint16_t port;
        assert_int_equal(parse_port(STR_LITERAL("65535"), &port), 0);
        assert_int_equal(port, 65535);
        assert_int_equal(parse_port(STR_LITERAL("0x50"), &port), 0);
        assert_int_equal(port, 80);
        assert_int_equal(parse_port(STR_LITERAL("65536"), &port), -ERANGE);
        assert_int_equal(parse_port(STR_LITERAL("0"), &port), -EINVAL);
        assert_int_equal(parse_port(STR_LITERAL(" 80"), &port), -EINVAL);
        assert_int_equal(parse_port(STR_EMPTY, &port), -EINVAL);
}

static void test_signed_numbers(void **state UNUSED) {
        int64_t wide;
        int32_t small;
        assert_int_equal(parse_i64(STR_LITERAL("-9223372036854775808"), &wide), 0);
        assert_true(wide == INT64_MIN);
        assert_int_equal(parse_i64(STR_LITERAL("-9223372036854775809"), &wide), -ERANGE);
        assert_int_equal(parse_i64(STR_LITERAL("9223372036854775808"), &wide), -ERANGE);
        assert_int_equal(parse_i32(STR_LITERAL("-20"), &small), 0);
        assert_int_equal(small, -20);
        assert_int_equal(parse_i32(STR_LITERAL("2147483648"), &small), -ERANGE);
        assert_int_equal(parse_i32(STR_LITERAL("--1"), &small), -EINVAL);
}

static void test_sizes(void **state UNUSED) {
        static const struct {
                const char *text;
                int r;
                uint64_t value;
        } cases[] = {
                { "0", 0, 0 },
                { "512", 0, 512 },
                { "512B", 0, 512 },
                { "1K", 0, 1024 },
                { "1.5G", 0, UINT64_C(1610612736) },
                { "1G 500M", 0, UINT64_C(1073741824) + UINT64_C(500) * 1048576 },
                { "1G500M", 0, UINT64_C(1073741824) + UINT64_C(500) * 1048576 },
                { "1 M", 0, 1048576 },
                { "5.M", 0, 5 * 1048576 },
                { "1M5", 0, 1048581 },
                { "15E", 0, UINT64_C(15) << 60 },
                { "16E", -ERANGE, 0 },
                { "-1", -ERANGE, 0 },
                { "1K 1M", -EINVAL, 0 },
                { "1M 1M", -EINVAL, 0 },
                { "1KB", -EINVAL, 0 },
                { "1k", -EINVAL, 0 },
                { ".5M", -EINVAL, 0 },
                { "", -EINVAL, 0 },
                { "M", -EINVAL, 0 },
                { "1Z", -EINVAL, 0 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                uint64_t value = 0;
                assert_int_equal(parse_size(str_of(cases[i].text), &value), cases[i].r);
                assert_int_equal(value, cases[i].value);
        }
        uint64_t decimal;
        assert_int_equal(parse_size_decimal(STR_LITERAL("1.5M"), &decimal), 0);
        assert_int_equal(decimal, 1500000);
}

static void test_printed_sizes_read_back(void **state UNUSED) {
        static const struct {
                uint64_t value;
                const char *text;
        } cases[] = {
                { 0, "0" },
                { 1, "1" },
                { 1023, "1023" },
                { 1024, "1K" },
                { 1536, "1536" },
                { 12 * 1048576, "12M" },
                { UINT64_C(3) << 60, "3E" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                uint64_t value;
                print_size(&out, cases[i].value);
                assert_string_equal(strbuf_text(&out), cases[i].text);
                assert_int_equal(parse_size(str_of(cases[i].text), &value), 0);
                assert_int_equal(value, cases[i].value);
        }
}

static void test_sizes_for_people_have_one_digit_behind_the_point(void **state UNUSED) {
        static const struct {
                uint64_t bytes;
                const char *expected;
        } rows[] = {
                { 0, "0B" },
                { 1023, "1023B" },
                { 1024, "1.0K" },
                { 1536, "1.5K" },
                { UINT64_C(100) << 20, "100.0M" },
                { (UINT64_C(3) << 30) + (UINT64_C(300) << 20), "3.2G" },
                { UINT64_MAX, "15.9E" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                print_size_rounded(&out, rows[i].bytes);
                assert_string_equal(strbuf_text(&out), rows[i].expected);
        }
}

static void test_modes(void **state UNUSED) {
        mode_t mode;
        assert_int_equal(parse_mode(STR_LITERAL("0755"), &mode), 0);
        assert_int_equal(mode, 0755);
        assert_int_equal(parse_mode(STR_LITERAL("7777"), &mode), 0);
        assert_int_equal(parse_mode(STR_LITERAL("10000"), &mode), -ERANGE);
        assert_int_equal(parse_mode(STR_LITERAL("+755"), &mode), -EINVAL);
        assert_int_equal(parse_mode(STR_LITERAL("0789"), &mode), -EINVAL);
}

static void test_percentages(void **state UNUSED) {
        static const struct {
                const char *text;
                int r;
                uint32_t value;
        } cases[] = {
                { "0%", 0, 0 },
                { "12%", 0, 1200 },
                { "12.5%", 0, 1250 },
                { "12.34%", 0, 1234 },
                { "200%", 0, 20000 },
                { "201%", -ERANGE, 0 },
                { "-1%", -ERANGE, 0 },
                { "12.345%", -EINVAL, 0 },
                { "12.%", -EINVAL, 0 },
                { "%", -EINVAL, 0 },
                { "12", -EINVAL, 0 },
                { "12 %", -EINVAL, 0 },
                { "12.5\u2030", 0, 125 },
                { "125\u2031", 0, 125 },
                { "99999999999999999999%", -ERANGE, 0 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                uint32_t value = 0;
                assert_int_equal(parse_permyriad(str_of(cases[i].text), 200, &value), cases[i].r);
                assert_int_equal(value, cases[i].value);
        }
}

static void test_error_numbers(void **state UNUSED) {
        int number = 0;
        assert_int_equal(parse_errno(STR_LITERAL("ENOENT"), &number), 0);
        assert_int_equal(number, ENOENT);
        assert_int_equal(parse_errno(STR_LITERAL("EHWPOISON"), &number), 0);
        assert_int_equal(parse_errno(STR_LITERAL("EWOULDBLOCK"), &number), 0);
        assert_int_equal(number, EAGAIN);
        assert_int_equal(parse_errno(STR_LITERAL("4095"), &number), 0);
        assert_int_equal(number, 4095);
        assert_int_equal(parse_errno(STR_LITERAL("4096"), &number), -ERANGE);
        assert_int_equal(parse_errno(STR_LITERAL("NOENT"), &number), -EINVAL);
        assert_int_equal(parse_errno(STR_EMPTY, &number), -EINVAL);
}

static void test_process_and_user_numbers(void **state UNUSED) {
        pid_t pid;
        uid_t uid;
        assert_int_equal(parse_pid(STR_LITERAL("4711"), &pid), 0);
        assert_int_equal(pid, 4711);
        assert_int_equal(parse_pid(STR_LITERAL("0"), &pid), -ERANGE);
        assert_int_equal(parse_pid(STR_LITERAL("-1"), &pid), -ERANGE);
        assert_int_equal(parse_uid(STR_LITERAL("0"), &uid), 0);
        assert_int_equal(parse_uid(STR_LITERAL("65534"), &uid), 0);
        assert_int_equal(uid, 65534);
        assert_int_equal(parse_uid(STR_LITERAL("65535"), &uid), -ERANGE);
        assert_int_equal(parse_uid(STR_LITERAL("4294967295"), &uid), -ERANGE);
        assert_int_equal(parse_uid(STR_LITERAL("01"), &uid), -EINVAL);
        assert_int_equal(parse_uid(STR_LITERAL("+1"), &uid), -EINVAL);
        assert_int_equal(parse_uid(STR_LITERAL("0x1"), &uid), -EINVAL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_booleans),
                cmocka_unit_test(test_unsigned_numbers),
                cmocka_unit_test(test_ports),
                cmocka_unit_test(test_signed_numbers),
                cmocka_unit_test(test_sizes),
                cmocka_unit_test(test_printed_sizes_read_back),
                cmocka_unit_test(test_sizes_for_people_have_one_digit_behind_the_point),
                cmocka_unit_test(test_modes),
                cmocka_unit_test(test_percentages),
                cmocka_unit_test(test_error_numbers),
                cmocka_unit_test(test_process_and_user_numbers),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
