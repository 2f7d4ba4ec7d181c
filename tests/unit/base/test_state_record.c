/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/state_record.h"

static void add_three(StrBuf *out) {
        const StateRecord records[] = {
                { .kind = STATE_RECORD_UNIT,
                  .name = STR_LITERAL("a.service"),
                  .text = STR_LITERAL("version=1\n") },
                { .kind = STATE_RECORD_SPAWN,
                  .list = 7,
                  .index = 2,
                  .pid = 4711,
                  .invocation_id = { { 1, 2, 3 } },
                  .name = STR_LITERAL("b.service") },
                { .kind = STATE_RECORD_GONE, .name = STR_LITERAL("a.service") },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
                assert_int_equal(state_record_append(out, &records[i]), 0);
}

static void test_what_is_appended_is_read_back(void **state) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        StateRecord record;
        (void)state;

        add_three(&out);
        Str rest = { out.data, out.length };
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_OK);
        assert_int_equal(record.kind, STATE_RECORD_UNIT);
        assert_true(str_equal_c(record.name, "a.service"));
        assert_true(str_equal_c(record.text, "version=1\n"));
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_OK);
        assert_int_equal(record.kind, STATE_RECORD_SPAWN);
        assert_int_equal(record.list, 7);
        assert_int_equal(record.index, 2);
        assert_int_equal(record.pid, 4711);
        assert_int_equal(record.invocation_id.bytes[1], 2);
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_OK);
        assert_int_equal(record.kind, STATE_RECORD_GONE);
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_END);
}

static void test_every_cut_leaves_the_records_before_it(void **state) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        (void)state;

        add_three(&out);
        for (size_t cut = 0; cut < out.length; cut++) {
                Str rest = { out.data, cut };
                StateRecord record;
                int r, n = 0;
                while ((r = state_record_next(&rest, &record)) == STATE_RECORD_OK)
                        n++;
                assert_true(n < 3);
                assert_int_equal(r, rest.length == 0 ? STATE_RECORD_END : STATE_RECORD_TORN);
        }
}

static void test_every_changed_byte_is_found(void **state) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        const StateRecord written = { .kind = STATE_RECORD_UNIT,
                                      .name = STR_LITERAL("x.service"),
                                      .text = STR_LITERAL("state=running\n") };
        (void)state;

        assert_int_equal(state_record_append(&out, &written), 0);
        for (size_t i = 0; i < out.length; i++) {
                StateRecord record;
                Str rest = { out.data, out.length };
                out.data[i] ^= 0x20;
                assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_TORN);
                out.data[i] ^= 0x20;
        }
}

static void test_a_void_record_has_a_pid_and_no_name(void **state) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        const StateRecord written = { .kind = STATE_RECORD_VOID, .pid = 99 };
        StateRecord record;
        (void)state;

        assert_int_equal(state_record_append(&out, &written), 0);
        Str rest = { out.data, out.length };
        assert_int_equal(state_record_next(&rest, &record), STATE_RECORD_OK);
        assert_int_equal(record.kind, STATE_RECORD_VOID);
        assert_int_equal(record.pid, 99);
        assert_int_equal(record.name.length, 0);
}

static void test_too_much_is_refused(void **state) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE char *big = calloc(1, STATE_RECORD_MAX + 1);
        (void)state;

        assert_non_null(big);
        const StateRecord text = { .kind = STATE_RECORD_UNIT, .text = { big, STATE_RECORD_MAX } };
        const StateRecord name = { .kind = STATE_RECORD_UNIT, .name = { big, 256 } };
        assert_int_equal(state_record_append(&out, &text), -E2BIG);
        assert_int_equal(state_record_append(&out, &name), -ENAMETOOLONG);
        assert_int_equal(out.length, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_appended_is_read_back),
                cmocka_unit_test(test_every_cut_leaves_the_records_before_it),
                cmocka_unit_test(test_every_changed_byte_is_found),
                cmocka_unit_test(test_a_void_record_has_a_pid_and_no_name),
                cmocka_unit_test(test_too_much_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
