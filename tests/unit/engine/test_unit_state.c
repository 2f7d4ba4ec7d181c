/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_state.h"

#include "base/macros.h"
#include "base/str.h"
#include "unit_test.h"

static void test_every_state_has_a_name_and_begins_inactive(void **state UNUSED) {
        for (int type = 0; type < UNIT_TYPE_COUNT; type++) {
                assert_true(unit_state_count((UnitType)type) > 0);
                for (int i = 0; i < unit_state_count((UnitType)type); i++)
                        assert_non_null(unit_state_row((UnitType)type, i)->name);
                assert_int_equal(unit_state_row((UnitType)type, 0)->active, ACTIVE_STATE_INACTIVE);
        }
}

static void test_names_of_one_type_differ(void **state UNUSED) {
        for (int type = 0; type < UNIT_TYPE_COUNT; type++)
                for (int i = 0; i < unit_state_count((UnitType)type); i++)
                        for (int k = 0; k < i; k++)
                                assert_string_not_equal(unit_state_row((UnitType)type, i)->name,
                                                        unit_state_row((UnitType)type, k)->name);
}

static void test_a_service_that_is_down_holds_no_process(void **state UNUSED) {
        for (int i = 0; i < SERVICE_STATE_COUNT; i++) {
                const StateRow *row = unit_state_row(UNIT_SERVICE, i);
                if (row->active == ACTIVE_STATE_INACTIVE || row->active == ACTIVE_STATE_FAILED)
                        assert_false(row->main_may_live || row->control_may_live || row->timer);
        }
}

static void test_up_and_down(void **state UNUSED) {
        static const struct {
                ActiveState state;
                const char *name;
                bool up, down, rising, falling;
        } rows[] = {
                { ACTIVE_STATE_ACTIVE, "active", true, false, true, false },
                { ACTIVE_STATE_RELOADING, "reloading", true, false, true, false },
                { ACTIVE_STATE_INACTIVE, "inactive", false, true, false, true },
                { ACTIVE_STATE_FAILED, "failed", false, true, false, true },
                { ACTIVE_STATE_ACTIVATING, "activating", false, false, true, false },
                { ACTIVE_STATE_DEACTIVATING, "deactivating", false, false, false, true },
                { ACTIVE_STATE_MAINTENANCE, "maintenance", false, true, false, true },
        };
        assert_int_equal(ARRAY_LENGTH(rows), ACTIVE_STATE_COUNT);
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                assert_string_equal(active_state_name(rows[i].state), rows[i].name);
                assert_int_equal(active_state_is_up(rows[i].state), rows[i].up);
                assert_int_equal(active_state_is_down(rows[i].state), rows[i].down);
                assert_int_equal(active_state_is_rising(rows[i].state), rows[i].rising);
                assert_int_equal(active_state_is_falling(rows[i].state), rows[i].falling);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_state_has_a_name_and_begins_inactive),
                cmocka_unit_test(test_names_of_one_type_differ),
                cmocka_unit_test(test_a_service_that_is_down_holds_no_process),
                cmocka_unit_test(test_up_and_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
