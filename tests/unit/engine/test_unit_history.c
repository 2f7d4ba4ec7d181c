/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_history.h"

#include <errno.h>

#include "../../engine/fake_host.h"
#include "unit_test.h"

static Unit *target(FakeHost *host) {
        fake_host_add_unit(host, "a.target", "[Unit]\n");
        Unit *unit = fake_host_unit(host, "a.target");
        engine_ref_unit(unit);
        return unit;
}

static void assert_newest(const Unit *unit, const char *wanted) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        unit_history_describe(unit, unit_history_get(unit, 0), &text);
        assert_string_equal(strbuf_text(&text), wanted);
}

static void test_the_newest_eight_are_kept(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = target(host);
        assert_null(unit_history_get(unit, 0));
        for (int i = 0; i < 20; i++) {
                unit_history_cause(unit, CAUSE_EXIT, i, NULL);
                unit_history_add(unit, i % 2, (i + 1) % 2);
        }
        for (unsigned i = 0; i < UNIT_HISTORY_LENGTH; i++)
                assert_int_equal(unit_history_get(unit, i)->detail, 19 - (int)i);
        assert_null(unit_history_get(unit, UNIT_HISTORY_LENGTH));
}

static void test_a_cause_counts_once_and_in_its_turn_only(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = target(host);
        unit_history_cause(unit, CAUSE_REQUEST, 7, NULL);
        unit_set_state(unit, TARGET_ACTIVE);
        assert_newest(unit, "requested by a client");
        unit_set_state(unit, TARGET_DEAD);
        assert_newest(unit, "");
        unit_history_cause(unit, CAUSE_REQUEST, 8, NULL);
        fake_host_run(host);
        unit_set_state(unit, TARGET_ACTIVE);
        assert_newest(unit, "");
}

static void test_causes_read_as_clauses(void **state UNUSED) {
        static const struct {
                HistoryCause cause;
                int detail;
                const char *other, *text;
        } rows[] = {
                { CAUSE_EXIT, 1, NULL, "main process exited with status 1" },
                { CAUSE_SIGNAL, 9, NULL, "main process was killed by signal 9" },
                { CAUSE_DEPENDENCY, 3, "web.target", "required by web.target" },
                { CAUSE_BOUND, 0, "dev-x.device", "follows from dev-x.device" },
                { CAUSE_RESTART, 4, NULL, "automatic restart number 4" },
                { CAUSE_CONDITION, 0, "ConditionHost", "ConditionHost= does not hold" },
                { CAUSE_CONTROL_EXIT,
                  2,
                  "ExecStartPre",
                  "a command of ExecStartPre= ended with status 2" },
                { CAUSE_CONTROL_EXIT, 2, NULL, "a control command ended with status 2" },
        };
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = target(host);
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                unit_history_cause(unit, rows[i].cause, rows[i].detail, rows[i].other);
                unit_history_add(unit, 0, 0);
                assert_newest(unit, rows[i].text);
        }
}

static void test_names_of_causes_go_both_ways(void **state UNUSED) {
        HistoryCause cause = CAUSE_NONE;
        for (int i = 0; i < CAUSE_COUNT; i++) {
                const char *name = history_cause_name((HistoryCause)i);
                assert_int_equal(history_cause_parse(str_of(name), &cause), 0);
                assert_int_equal(cause, i);
        }
        assert_int_equal(history_cause_parse(STR_LITERAL("magic"), &cause), -EINVAL);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_newest_eight_are_kept),
                cmocka_unit_test(test_a_cause_counts_once_and_in_its_turn_only),
                cmocka_unit_test(test_causes_read_as_clauses),
                cmocka_unit_test(test_names_of_causes_go_both_ways),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
