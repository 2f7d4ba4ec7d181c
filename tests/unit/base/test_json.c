/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "unit_test.h"

static void write_example(JsonWriter *w) {
        json_begin_object(w, NULL);
        json_string(w, "name", "a.service");
        json_begin_array(w, "list");
        json_number(w, NULL, -1);
        json_unsigned(w, NULL, UINT64_MAX);
        json_begin_object(w, NULL);
        json_end_object(w);
        json_end_array(w);
        json_boolean(w, "on", true);
        json_null(w, "nothing");
        json_string(w, "none", NULL);
        json_end_object(w);
}

static void test_commas_and_nesting(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter w = { .out = &out };
        write_example(&w);
        assert_string_equal(strbuf_text(&out),
                            "{\"name\":\"a.service\",\"list\":[-1,18446744073709551615,{}],"
                            "\"on\":true,\"nothing\":null,\"none\":null}");
}

static void test_pretty_form(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter w = { .out = &out, .pretty = true };
        write_example(&w);
        assert_string_equal(strbuf_text(&out),
                            "{\n"
                            "  \"name\": \"a.service\",\n"
                            "  \"list\": [\n"
                            "    -1,\n"
                            "    18446744073709551615,\n"
                            "    {}\n"
                            "  ],\n"
                            "  \"on\": true,\n"
                            "  \"nothing\": null,\n"
                            "  \"none\": null\n"
                            "}");
}

static void test_strings_are_escaped(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter w = { .out = &out };
        json_string(&w, NULL, "\"\\/\b\f\n\r\t\x01\x7f\u00e4\xff!");
        assert_string_equal(strbuf_text(&out),
                            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\u00e4\ufffd!\"");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_commas_and_nesting),
                cmocka_unit_test(test_pretty_form),
                cmocka_unit_test(test_strings_are_escaped),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
