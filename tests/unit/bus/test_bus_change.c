/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_change.h"

#include <signal.h>
#include <string.h>

#include "bus_fixture.h"
#include "unit_test.h"

/* What one PropertiesChanged said: " Name Name" with values, and without. */
typedef struct Heard {
        StrBuf unit, service; /* of the two interfaces, one signal a line */
        unsigned n_signals;
} Heard;

static void read_signal(sd_bus_message *message, Heard *heard) {
        const char *interface, *name;
        StrBuf *out;

        assert_true(sd_bus_message_read(message, "s", &interface) > 0);
        out = streq(interface, UNIT_INTERFACE) ? &heard->unit : &heard->service;
        heard->n_signals++;
        assert_true(sd_bus_message_enter_container(message, 'a', "{sv}") > 0);
        while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
                assert_true(sd_bus_message_read(message, "s", &name) > 0);
                assert_true(sd_bus_message_skip(message, "v") > 0);
                assert_true(sd_bus_message_exit_container(message) > 0);
                strbuf_addf(out, " %s", name);
        }
        assert_true(sd_bus_message_exit_container(message) > 0);
        assert_true(sd_bus_message_enter_container(message, 'a', "s") > 0);
        while (sd_bus_message_read_basic(message, 's', &name) > 0)
                strbuf_addf(out, " (%s)", name);
        assert_true(sd_bus_message_exit_container(message) > 0);
        strbuf_add(out, "\n");
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error UNUSED) {
        if (sd_bus_message_is_signal(message, NULL, "PropertiesChanged") > 0 &&
            strstr(sd_bus_message_get_path(message), "a_2eservice"))
                read_signal(message, userdata);
        return 0;
}

static void heard_clear(Heard *heard) {
        strbuf_done(&heard->unit);
        strbuf_done(&heard->service);
        heard->n_signals = 0;
}

DEFINE_AUTO_DONE(Heard, heard_clear);

/* Lines that name a property. */
static unsigned count(const StrBuf *heard, const char *name) {
        const char *text = strbuf_text(heard);
        unsigned n = 0;

        while ((text = strstr(text, name))) {
                text += strlen(name);
                n += text[0] == ' ' || text[0] == '\n' || text[0] == ')';
        }
        return n;
}

static void test_only_what_changed_is_told(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        AUTO(heard_clear) Heard heard = { 0 };

        fake_host_add_unit(fixture->host,
                           "a.service",
                           "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/a\n");
        assert_true(sd_bus_add_filter(fixture->client, NULL, on_message, &heard) >= 0);
        assert_int_equal(fake_host_start(fixture->host, "a.service"), 0);
        bus_fixture_settle(fixture);
        /* Nothing was known before. */
        assert_true(count(&heard.unit, " ActiveState") > 0);
        assert_true(count(&heard.unit, " StateChangeTimestamp") > 0);
        assert_true(count(&heard.service, " MainPID") > 0);
        assert_true(count(&heard.service, " (ExecStart") > 0);
        assert_true(count(&heard.service, " (ExecStop") > 0);

        heard_clear(&heard);
        fake_host_exit(fixture->host,
                       fake_host_pid(fixture->host, "a.service", DIRECTIVE_EXEC_START),
                       CLD_EXITED,
                       0);
        bus_fixture_settle(fixture);
        assert_true(heard.n_signals > 0);
        assert_int_equal(count(&heard.unit, " ActiveState"), 1);
        assert_int_equal(count(&heard.unit, " SubState"), 1);
        assert_int_equal(count(&heard.unit, " InactiveEnterTimestamp"), 0);
        assert_int_equal(count(&heard.unit, " (Conditions"), 0);
        assert_int_equal(count(&heard.service, " MainPID"), 1);
        assert_int_equal(count(&heard.service, " ReloadResult"), 0);
        assert_int_equal(count(&heard.service, " (ExecStart"), 1);
        assert_int_equal(count(&heard.service, " (ExecStop"), 0);

        /* Nothing happened. */
        heard_clear(&heard);
        bus_server_unit_changed(fixture->server, fake_host_unit(fixture->host, "a.service"));
        bus_fixture_settle(fixture);
        assert_int_equal(heard.n_signals, 0);
}

static void test_what_nobody_heard_counts_as_changed(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        AUTO(heard_clear) Heard heard = { 0 };
        Unit *unit;

        fake_host_add_unit(fixture->host, "a.service", "[Service]\nExecStart=/bin/a\n");
        assert_true(sd_bus_add_filter(fixture->client, NULL, on_message, &heard) >= 0);
        assert_int_equal(fake_host_start(fixture->host, "a.service"), 0);
        bus_fixture_settle(fixture);
        unit = fake_host_unit(fixture->host, "a.service");
        assert_int_equal(
                bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "Unsubscribe", NULL, NULL), 0);
        heard_clear(&heard);
        bus_server_unit_changed(fixture->server, unit);
        assert_int_equal(bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "Subscribe", NULL, NULL),
                         0);
        assert_int_equal(heard.n_signals, 0);
        bus_server_unit_changed(fixture->server, unit);
        bus_fixture_settle(fixture);
        assert_int_equal(heard.n_signals, 2);
        assert_int_equal(count(&heard.unit, " ActiveState"), 1);
        assert_int_equal(count(&heard.service, " MainPID"), 1);
}

/* The slots of bus_change.c. */
static void test_there_is_room_for_all_properties(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        static const char *const names[] = { "a.service", "a.target", "a.timer",
                                             "a.path",    "a.slice",  "a.socket" };

        for (unsigned i = 0; i < ARRAY_LENGTH(names); i++) {
                fake_host_add_unit(fixture->host, names[i], "[Unit]\nDescription=x\n");
                bus_server_unit_changed(fixture->server, fake_host_unit(fixture->host, names[i]));
                bus_fixture_settle(fixture);
        }
        bus_fixture_settle(fixture);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_only_what_changed_is_told),
                cmocka_unit_test(test_what_nobody_heard_counts_as_changed),
                cmocka_unit_test(test_there_is_room_for_all_properties),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
