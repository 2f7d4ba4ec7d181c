/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_table.h"

#include "unit_test.h"

static void test_every_cell_is_filled(void **state UNUSED) {
        for (int service_state = 0; service_state < SERVICE_STATE_COUNT; service_state++)
                for (int event = 0; event < SERVICE_EVENT_COUNT; event++) {
                        const ServiceCell *cell = service_table_cell(service_state, event);
                        assert_non_null(cell->action);
                        assert_non_null(cell->name);
                }
}

static void test_every_event_has_a_name(void **state UNUSED) {
        for (int event = 0; event < SERVICE_EVENT_COUNT; event++)
                assert_non_null(service_event_name(event));
}

/* A state that waits for a process, a signal's effect or the clock must hear of it. */
static void test_no_state_can_be_stuck(void **state UNUSED) {
        for (int service_state = 0; service_state < SERVICE_STATE_COUNT; service_state++) {
                const StateRow *row = unit_state_row(UNIT_SERVICE, service_state);
                const char *timeout = service_table_cell(service_state, SERVICE_ON_TIMEOUT)->name;
                if (row->timer != STATE_TIMER_NONE)
                        assert_string_not_equal(timeout, "ignore");
                else
                        assert_string_equal(timeout, "ignore");
                if (row->active == ACTIVE_STATE_DEACTIVATING)
                        assert_string_not_equal(
                                service_table_cell(service_state, SERVICE_ON_CONTROL_EXIT)->name,
                                "ignore");
        }
}

/* Requests are answered, never dropped. */
static void test_requests_are_answered_in_every_state(void **state UNUSED) {
        static const ServiceEvent requests[] = { SERVICE_ON_START,
                                                 SERVICE_ON_STOP,
                                                 SERVICE_ON_RELOAD };
        for (int service_state = 0; service_state < SERVICE_STATE_COUNT; service_state++)
                for (size_t i = 0; i < ARRAY_LENGTH(requests); i++)
                        assert_string_not_equal(
                                service_table_cell(service_state, requests[i])->name, "ignore");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_cell_is_filled),
                cmocka_unit_test(test_every_event_has_a_name),
                cmocka_unit_test(test_no_state_can_be_stuck),
                cmocka_unit_test(test_requests_are_answered_in_every_state),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
