/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_read.h"

#include <errno.h>

#include "base/auto.h"

#include "unit_test.h"

static void test_what_is_json(void **state UNUSED) {
        static const char *const good[] = {
                "{}",   "[]", " [ 1 , -0.5e+3 , \"a\\u00e9\" ] ",   "null", "true",
                "\"\"", "-0", "{\"a\":{\"b\":[{}]},\"c\":false}\n",
        };
        static const struct {
                const char *text;
                size_t offset;
        } bad[] = {
                { "", 0 },      { "{", 1 },       { "{\"a\" 1}", 5 }, { "[1,]", 3 },
                { "01", 1 },    { "nul", 0 },     { "\"a\nb\"", 2 },  { "\"\\x\"", 2 },
                { "[1] x", 4 }, { "{'a':1}", 1 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
                assert_int_equal(json_check(str_of(good[i]), NULL), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                size_t offset = 99;
                assert_int_equal(json_check(str_of(bad[i].text), &offset), -EINVAL);
                assert_int_equal(offset, bad[i].offset);
        }
}

static void test_depth_is_limited(void **state UNUSED) {
        char text[2 * JSON_DEPTH_MAX + 3] = "";

        memset(text, '[', JSON_DEPTH_MAX);
        memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
        assert_int_equal(json_check(str_of(text), NULL), 0);
        memset(text, '[', JSON_DEPTH_MAX + 1);
        memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
        assert_int_equal(json_check(str_of(text), NULL), -EINVAL);
}

static void test_members_are_found(void **state UNUSED) {
        Str object = str_of(" { \"a\" : 1 , \"b\\u0063\" : { \"x\" : \"y\" } , \"a\" : \"two\" } ");
        AUTO_FREE char *text = NULL;
        Str value, inner;

        assert_int_equal(json_check(object, NULL), 0);
        assert_true(json_find_member(object, "bc", &value));
        assert_int_equal(json_type(value), JSON_OBJECT);
        assert_true(json_find_member(value, "x", &inner));
        assert_true(str_equal_c(inner, "\"y\""));
        assert_true(json_find_member(object, "a", &value)); /* the last one */
        assert_int_equal(json_read_string(value, &text), 0);
        assert_string_equal(text, "two");
        assert_false(json_find_member(object, "x", &value));
        assert_false(json_find_member(str_of("[1]"), "x", &value));
}

static void test_strings_are_unescaped(void **state UNUSED) {
        AUTO_FREE char *text = NULL, *number = NULL;

        assert_int_equal(
                json_read_string(str_of("\"\\\"\\\\\\/\\t\\u00e9\\ud83d\\ude00\\ud83dx\""), &text),
                0);
        assert_string_equal(text, "\"\\/\t\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbdx");
        assert_int_equal(json_read_string(str_of("12"), &number), -EINVAL);
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_json),
                cmocka_unit_test(test_depth_is_limited),
                cmocka_unit_test(test_members_are_found),
                cmocka_unit_test(test_strings_are_unescaped),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
