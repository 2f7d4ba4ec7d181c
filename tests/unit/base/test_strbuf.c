/* SPDX-License-Identifier: Apache-2.0 */
#include "base/strbuf.h"

#include <errno.h>

#include "unit_test.h"

static void test_appends_grow_and_terminate(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf b = STRBUF_INIT;
        assert_string_equal(strbuf_text(&b), "");
        strbuf_add(&b, "one ");
        strbuf_add_str(&b, STR_LITERAL("two"));
        strbuf_add_str(&b, (Str){ NULL, 0 });
        strbuf_add_char(&b, ' ');
        strbuf_add_bytes(&b, "three", 5);
        strbuf_addf(&b, " %d", 4);
        assert_string_equal(strbuf_text(&b), "one two three 4");
        assert_int_equal(b.length, 15);
        for (unsigned i = 0; i < 10000; i++)
                strbuf_add_char(&b, 'x');
        assert_int_equal(strlen(strbuf_text(&b)), 10015);
        assert_int_equal(strbuf_result(&b), 0);
}

static void test_long_formats_fit(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf b = STRBUF_INIT;
        for (int width = 1; width < 300; width++) {
                strbuf_clear(&b);
                strbuf_addf(&b, "%*d|", width, 7);
                assert_int_equal(strlen(strbuf_text(&b)), width + 1);
                assert_int_equal(b.length, width + 1);
        }
}

static void test_stealing_gives_the_text_away(void **state UNUSED) {
        StrBuf b = STRBUF_INIT;
        AUTO_FREE char *empty = strbuf_steal(&b);
        assert_string_equal(empty, "");
        strbuf_add(&b, "text");
        AUTO_FREE char *text = strbuf_steal(&b);
        assert_string_equal(text, "text");
        assert_null(b.data);
        assert_int_equal(b.length, 0);
}

static void test_failure_is_sticky(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf b = STRBUF_INIT;
        strbuf_add(&b, "kept");
        strbuf_add_bytes(&b, "", (size_t)1 << 30);
        strbuf_add(&b, "lost");
        assert_string_equal(strbuf_text(&b), "kept");
        assert_int_equal(strbuf_result(&b), -ENOMEM);
        assert_null(strbuf_steal(&b));
        assert_int_equal(strbuf_result(&b), 0);
}

static void test_truncate_and_clear(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf b = STRBUF_INIT;
        strbuf_truncate(&b, 0);
        strbuf_add(&b, "abcdef");
        strbuf_truncate(&b, 3);
        assert_string_equal(strbuf_text(&b), "abc");
        b.failed = true;
        strbuf_clear(&b);
        assert_string_equal(strbuf_text(&b), "");
        assert_int_equal(strbuf_result(&b), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_appends_grow_and_terminate),
                cmocka_unit_test(test_long_formats_fit),
                cmocka_unit_test(test_stealing_gives_the_text_away),
                cmocka_unit_test(test_failure_is_sticky),
                cmocka_unit_test(test_truncate_and_clear),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
