/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/push_batch.h"

#include <string.h>

#include "unit_test.h"

static void expect(const PushBatch *batch, const char *body) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        push_batch_print(batch, &out);
        assert_string_equal(strbuf_text(&out), body);
}

static void test_lines_with_the_same_labels_are_one_stream(void **state UNUSED) {
        const PushLabels web = { STR_LITERAL("web.service"),
                                 STR_LITERAL("h"),
                                 STR_LITERAL("info") };
        const PushLabels none = { STR_EMPTY, STR_LITERAL("h"), STR_EMPTY };
        AUTO(push_batch_clear) PushBatch batch = PUSH_BATCH_INIT;

        assert_int_equal(push_batch_add(&batch, &web, 1, STR_LITERAL("one")), 0);
        assert_int_equal(push_batch_add(&batch, &none, 2, STR_LITERAL("two")), 0);
        assert_int_equal(push_batch_add(&batch, &web, 18446744073709551615U, STR_LITERAL("")), 0);
        assert_int_equal(batch.n_lines, 3);
        expect(&batch,
               "{\"streams\":[{\"stream\":{\"unit\":\"web.service\",\"host\":\"h\","
               "\"priority\":\"info\"},\"values\":[[\"1\",\"one\"],[\"18446744073709551615\",\"\"]]},"
               "{\"stream\":{\"host\":\"h\"},\"values\":[[\"2\",\"two\"]]}]}");
        push_batch_clear(&batch);
        assert_int_equal(batch.n_lines, 0);
        expect(&batch, "{\"streams\":[]}");
}

static void test_any_bytes_become_text(void **state UNUSED) {
        const PushLabels labels = { STR_LITERAL("a\"b\\c"), STR_EMPTY, STR_EMPTY };
        AUTO(push_batch_clear) PushBatch batch = PUSH_BATCH_INIT;

        assert_int_equal(push_batch_add(&batch, &labels, 1, (Str){ "a\0b\xff\n\x01", 6 }), 0);
        expect(&batch,
               "{\"streams\":[{\"stream\":{\"unit\":\"a\\\"b\\\\c\"},"
               "\"values\":[[\"1\",\"a b\xef\xbf\xbd\\n\\u0001\"]]}]}");
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines_with_the_same_labels_are_one_stream),
                cmocka_unit_test(test_any_bytes_become_text),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
