/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_missed.h"

#include <signal.h>

#include "base/str.h"
#include "bus_fixture.h"
#include "unit_test.h"

#define TARGET_PATH "/org/freedesktop/systemd1/unit/t_2etarget"
#define N_TIMES 1500 /* more than a client may be behind */

/* What a client heard of the target. */
typedef struct Heard {
        unsigned n_changes, n_jobs;
        char state[32]; /* ActiveState, the last that was told */
} Heard;

static void read_state(sd_bus_message *message, Heard *heard) {
        const char *interface, *name, *state;

        assert_true(sd_bus_message_read(message, "s", &interface) > 0);
        assert_true(sd_bus_message_enter_container(message, 'a', "{sv}") > 0);
        while (sd_bus_message_enter_container(message, 'e', "sv") > 0) {
                assert_true(sd_bus_message_read(message, "s", &name) > 0);
                if (streq(name, "ActiveState")) {
                        assert_true(sd_bus_message_read(message, "v", "s", &state) > 0);
                        (void)snprintf(heard->state, sizeof(heard->state), "%s", state);
                } else
                        assert_true(sd_bus_message_skip(message, "v") > 0);
                assert_true(sd_bus_message_exit_container(message) > 0);
        }
}

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error UNUSED) {
        Heard *heard = userdata;
        const char *path = sd_bus_message_get_path(message);

        heard->n_jobs += sd_bus_message_is_signal(message, MANAGER, "JobRemoved") > 0;
        if (sd_bus_message_is_signal(message, PROPERTIES, "PropertiesChanged") > 0 &&
            streq(path, TARGET_PATH)) {
                heard->n_changes++;
                read_state(message, heard);
        }
        return 0;
}

static sd_bus *listener(BusFixture *fixture, Heard *heard) {
        sd_bus *bus = bus_fixture_connect(fixture);

        assert_true(sd_bus_add_filter(bus, NULL, on_message, heard) >= 0);
        bus_fixture_settle(fixture);
        return bus;
}

static void call(BusFixture *fixture, const char *member) {
        assert_int_equal(
                bus_fixture_call(
                        fixture, MANAGER_PATH, MANAGER, member, NULL, "ss", "t.target", "replace"),
                0);
        bus_fixture_settle(fixture);
}

static BusFixture *with_target(void) {
        BusFixture *fixture = bus_fixture_new(NULL);

        fake_host_add_unit(fixture->host, "t.target", "[Unit]\nDescription=often\n");
        return fixture;
}

static void test_who_reads_slowly_hears_how_it_ended_and_of_all_jobs(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_target();
        Heard fast = { 0 }, slow = { 0 };
        sd_bus *fast_bus = listener(fixture, &fast), *slow_bus = listener(fixture, &slow);

        assert_true(sd_bus_detach_event(slow_bus) >= 0);
        for (unsigned i = 0; i < N_TIMES; i++) {
                call(fixture, "StartUnit");
                call(fixture, "StopUnit");
        }
        call(fixture, "StartUnit");
        assert_int_equal(slow.n_changes, 0);
        assert_true(sd_bus_attach_event(slow_bus, fixture->event, 0) >= 0);
        bus_fixture_settle(fixture);
        assert_string_equal(fast.state, "active");
        assert_string_equal(slow.state, "active");
        assert_int_equal(slow.n_jobs, fast.n_jobs);
        assert_true(slow.n_changes < fast.n_changes);

        /* From then on it hears of each change. */
        Heard before = slow;
        call(fixture, "StopUnit");
        assert_true(slow.n_changes > before.n_changes);
        assert_string_equal(slow.state, "inactive");
        sd_bus_close_unref(fast_bus);
        sd_bus_close_unref(slow_bus);
}

static void test_nobody_is_told_of_a_unit_that_went(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_target();
        Heard slow = { 0 };
        sd_bus *slow_bus = listener(fixture, &slow);

        assert_true(sd_bus_detach_event(slow_bus) >= 0);
        for (unsigned i = 0; i < N_TIMES; i++) {
                call(fixture, "StartUnit");
                call(fixture, "StopUnit"); /* nothing holds it then: it is unloaded */
        }
        assert_true(sd_bus_attach_event(slow_bus, fixture->event, 0) >= 0);
        bus_fixture_settle(fixture);
        assert_int_equal(slow.n_jobs, 2 * N_TIMES);
        sd_bus_close_unref(slow_bus);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_who_reads_slowly_hears_how_it_ended_and_of_all_jobs),
                cmocka_unit_test(test_nobody_is_told_of_a_unit_that_went),
        };

        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
