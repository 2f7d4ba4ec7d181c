/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_getters.h"
#include "bus/bus_introspect.h"
#include "bus/bus_job.h"
#include "bus/bus_property.h"
#include "bus_fixture.h"
#include "unit_test.h"

static bool family_has(BusFamily family, const char *name) {
        const BusPropertyFamily *range = &bus_property_families[family];

        for (unsigned i = range->first; i < range->first + range->n_rows; i++)
                if (streq(bus_property_rows[i].name, name))
                        return true;
        return false;
}

static void test_every_getter_has_its_row(void **state UNUSED) {
        const struct {
                const BusGetterRow *rows;
                unsigned n_rows;
        } tables[] = {
                { bus_unit_getters, bus_unit_getter_count },
                { bus_service_getters, bus_service_getter_count },
                { bus_exec_getters, bus_exec_getter_count },
                { bus_group_getters, bus_group_getter_count },
                { bus_manager_getters, bus_manager_getter_count },
                { bus_job_getters, bus_job_getter_count },
        };

        for (unsigned t = 0; t < ARRAY_LENGTH(tables); t++)
                for (unsigned i = 0; i < tables[t].n_rows; i++) {
                        if (!family_has(tables[t].rows[i].family, tables[t].rows[i].name))
                                fail_msg("%s is no property", tables[t].rows[i].name);
                }
}

static void test_every_interface_has_systemds_number_of_properties(void **state UNUSED) {
        static const struct {
                BusInterface interface;
                unsigned n_properties;
        } expected[] = {
                { BUS_INTERFACE_MANAGER, 118 }, { BUS_INTERFACE_JOB, 5 },
                { BUS_INTERFACE_UNIT, 98 },     { BUS_INTERFACE_SERVICE, 303 },
                { BUS_INTERFACE_SOCKET, 302 },  { BUS_INTERFACE_MOUNT, 261 },
                { BUS_INTERFACE_SWAP, 254 },    { BUS_INTERFACE_SLICE, 72 },
                { BUS_INTERFACE_SCOPE, 85 },    { BUS_INTERFACE_TIMER, 16 },
                { BUS_INTERFACE_PATH, 7 },      { BUS_INTERFACE_AUTOMOUNT, 5 },
                { BUS_INTERFACE_DEVICE, 1 },    { BUS_INTERFACE_TARGET, 0 },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(expected); i++) {
                const BusInterfaceRow *row = &bus_interface_rows[expected[i].interface];
                unsigned n = 0;
                for (unsigned f = 0; f < row->n_families; f++)
                        n += bus_property_families[row->families[f]].n_rows;
                assert_int_equal(n, expected[i].n_properties);
        }
}

/* Walks a{sv}; each value must be readable to its end. */
static unsigned count_entries(sd_bus_message *reply) {
        unsigned n = 0;

        assert_true(sd_bus_message_enter_container(reply, 'a', "{sv}") > 0);
        while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
                const char *name;
                assert_true(sd_bus_message_read_basic(reply, 's', &name) > 0);
                assert_true(sd_bus_message_skip(reply, "v") > 0);
                assert_true(sd_bus_message_exit_container(reply) > 0);
                n++;
        }
        assert_true(sd_bus_message_exit_container(reply) > 0);
        return n;
}

static void test_all_properties_of_all_types_are_answered(void **state UNUSED) {
        static const struct {
                const char *path;
                unsigned n_properties;
        } expected[] = {
                { MANAGER_PATH, 118 },
                { MANAGER_PATH "/unit/a_2eservice", 303 + 98 },
                { MANAGER_PATH "/unit/nosuch_2eservice", 303 + 98 },
                { MANAGER_PATH "/unit/a_2esocket", 302 + 98 },
                { MANAGER_PATH "/unit/a_2emount", 261 + 98 },
                { MANAGER_PATH "/unit/a_2eswap", 254 + 98 },
                { MANAGER_PATH "/unit/a_2eslice", 72 + 98 },
                { MANAGER_PATH "/unit/a_2escope", 85 + 98 },
                { MANAGER_PATH "/unit/a_2etimer", 16 + 98 },
                { MANAGER_PATH "/unit/a_2epath", 7 + 98 },
                { MANAGER_PATH "/unit/a_2eautomount", 5 + 98 },
                { MANAGER_PATH "/unit/a_2edevice", 1 + 98 },
                { MANAGER_PATH "/unit/a_2etarget", 98 },
        };
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);

        fake_host_add_unit(fixture->host, "a.service", "[Service]\nExecStart=/bin/a\n");
        for (unsigned i = 0; i < ARRAY_LENGTH(expected); i++) {
                sd_bus_message *reply = NULL;
                assert_int_equal(
                        bus_fixture_call(
                                fixture, expected[i].path, PROPERTIES, "GetAll", &reply, "s", ""),
                        0);
                assert_int_equal(count_entries(reply), expected[i].n_properties);
                sd_bus_message_unref(reply);
        }
}

/* Ready-made entries begin as those that getters fill, and end as the row says. */
static void test_ready_made_entries_are_those_of_their_rows(void **state UNUSED) {
        AUTO(bus_body_done) BusBody entries = { 0 };
        AUTO_FREE BusPropertyBinding *bindings = NULL;

        assert_int_equal(bus_property_bind(&bindings, &entries), 0);
        for (unsigned i = 0; i < bus_property_count; i++) {
                const BusPropertyRow *row = &bus_property_rows[i];
                AUTO(bus_body_done) BusBody head = bus_body_of("sv"), body = bus_body_of("sv");
                BusGetterContext context = { .row = row };

                assert_int_equal(bus_body_append(&head, "s", row->name), 0);
                assert_int_equal(bus_body_open(&head, 'v', row->signature), 0);
                assert_int_equal(head.length, bindings[i].head_size);
                assert_int_equal(bus_body_append(&body, "s", row->name), 0);
                assert_int_equal(bus_body_open(&body, 'v', row->signature), 0);
                assert_int_equal(bus_property_append_default(&context, &body), 0);
                assert_int_equal(body.length, bindings[i].entry_size);
                assert_memory_equal(body.data, entries.data + bindings[i].entry_at, body.length);
        }
}

static void test_unknown_names_are_errors(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);

        assert_true(
                bus_fixture_call(
                        fixture, MANAGER_PATH, PROPERTIES, "Get", NULL, "ss", MANAGER, "Nothing") <
                0);
        assert_string_equal(fixture->error_name, SD_BUS_ERROR_UNKNOWN_PROPERTY);
        assert_true(
                bus_fixture_call(
                        fixture, MANAGER_PATH, PROPERTIES, "GetAll", NULL, "s", UNIT_INTERFACE) <
                0);
        assert_string_equal(fixture->error_name, SD_BUS_ERROR_UNKNOWN_INTERFACE);
        assert_true(bus_fixture_call(fixture,
                                     MANAGER_PATH,
                                     PROPERTIES,
                                     "Set",
                                     NULL,
                                     "ssv",
                                     MANAGER,
                                     "Version",
                                     "s",
                                     "1") < 0);
        assert_string_equal(fixture->error_name, SD_BUS_ERROR_PROPERTY_READ_ONLY);
}

static void test_objects_describe_themselves(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        sd_bus_message *reply = NULL;
        const char *xml;

        assert_int_equal(bus_fixture_call(fixture,
                                          MANAGER_PATH "/unit/a_2eservice",
                                          "org.freedesktop.DBus.Introspectable",
                                          "Introspect",
                                          &reply,
                                          NULL),
                         0);
        assert_true(sd_bus_message_read(reply, "s", &xml) > 0);
        assert_non_null(strstr(xml, "<interface name=\"org.freedesktop.systemd1.Service\">"));
        assert_non_null(strstr(xml, "<property name=\"ExecStart\" type=\"a(sasbttttuii)\""));
        assert_non_null(strstr(xml,
                               "<method name=\"TryRestart\">\n"
                               "   <arg type=\"s\" name=\"mode\" direction=\"in\"/>\n"
                               "   <arg type=\"o\" name=\"job\" direction=\"out\"/>"));
        sd_bus_message_unref(reply);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_getter_has_its_row),
                cmocka_unit_test(test_every_interface_has_systemds_number_of_properties),
                cmocka_unit_test(test_all_properties_of_all_types_are_answered),
                cmocka_unit_test(test_ready_made_entries_are_those_of_their_rows),
                cmocka_unit_test(test_unknown_names_are_errors),
                cmocka_unit_test(test_objects_describe_themselves),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
