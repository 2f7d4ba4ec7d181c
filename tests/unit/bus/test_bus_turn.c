/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_turn.h"

#include <signal.h>
#include <sys/ioctl.h>

#include "bus_fixture.h"
#include "unit_test.h"

#define PEER "org.freedesktop.DBus.Peer"
#define N_FLOODERS 20
#define N_CALLS 60 /* of each; many turns */

static int on_answer(sd_bus_message *message UNUSED, void *userdata, sd_bus_error *error UNUSED) {
        bool *answered = userdata;

        *answered = true;
        return 1;
}

static void ask(sd_bus *bus, bool *answered) {
        assert_true(sd_bus_call_method_async(
                            bus, NULL, NULL, MANAGER_PATH, PEER, "Ping", on_answer, answered, "") >=
                    0);
        assert_true(sd_bus_flush(bus) >= 0);
}

/* Clients that have asked and do not read yet. */
static void flood(BusFixture *fixture, sd_bus *flooders[static N_FLOODERS]) {
        static bool nobody_looks;

        for (unsigned i = 0; i < N_FLOODERS; i++)
                flooders[i] = bus_fixture_connect(fixture);
        bus_fixture_settle(fixture);
        for (unsigned i = 0; i < N_FLOODERS; i++) {
                assert_true(sd_bus_detach_event(flooders[i]) >= 0);
                for (unsigned j = 0; j < N_CALLS; j++)
                        ask(flooders[i], &nobody_looks);
        }
}

static int n_unread(sd_bus *bus) {
        int n = 0;

        assert_true(ioctl(sd_bus_get_fd(bus), FIONREAD, &n) >= 0);
        return n;
}

/* Each of them has its first turn. */
static void run_first_turns(BusFixture *fixture, sd_bus *flooders[static N_FLOODERS]) {
        for (unsigned i = 0; i < N_FLOODERS; i++)
                while (n_unread(flooders[i]) == 0)
                        assert_true(sd_event_run(fixture->event, UINT64_MAX) >= 0);
}

static int n_unread_of_all(sd_bus *flooders[static N_FLOODERS]) {
        int n = 0;

        for (unsigned i = 0; i < N_FLOODERS; i++)
                n += n_unread(flooders[i]);
        return n;
}

static void close_all(sd_bus *flooders[static N_FLOODERS]) {
        for (unsigned i = 0; i < N_FLOODERS; i++)
                sd_bus_close_unref(flooders[i]);
}

static void test_who_asks_once_does_not_wait_for_those_who_flood(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        sd_bus *flooders[N_FLOODERS];
        bool answered = false;
        unsigned n_turns = 0;

        flood(fixture, flooders);
        run_first_turns(fixture, flooders);
        int before = n_unread_of_all(flooders);
        ask(fixture->client, &answered);
        while (!answered) {
                assert_true(sd_event_run(fixture->event, UINT64_MAX) >= 0);
                n_turns++;
        }
        assert_true(n_turns < N_FLOODERS / 2); /* of the server and of the client */

        /* They are answered too, all of them. */
        bus_fixture_settle(fixture);
        for (unsigned i = 1; i < N_FLOODERS; i++)
                assert_int_equal(n_unread(flooders[i]), n_unread(flooders[0]));
        assert_true(n_unread_of_all(flooders) > before);
        close_all(flooders);
}

static void test_who_floods_has_its_turn_although_others_ask_on_and_on(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        sd_bus *flooders[N_FLOODERS];

        flood(fixture, flooders);
        run_first_turns(fixture, flooders);
        int before = n_unread_of_all(flooders);
        for (unsigned i = 0; i < 1000 && n_unread_of_all(flooders) == before; i++)
                assert_int_equal(bus_fixture_call(fixture, MANAGER_PATH, PEER, "Ping", NULL, NULL),
                                 0);
        assert_true(n_unread_of_all(flooders) > before);
        close_all(flooders);
}

static void test_who_goes_is_not_waited_for(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        sd_bus *flooders[N_FLOODERS];

        flood(fixture, flooders);
        run_first_turns(fixture, flooders);
        close_all(flooders);
        for (unsigned i = 0; i < 200; i++)
                assert_int_equal(bus_fixture_call(fixture, MANAGER_PATH, PEER, "Ping", NULL, NULL),
                                 0);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_who_asks_once_does_not_wait_for_those_who_flood),
                cmocka_unit_test(test_who_floods_has_its_turn_although_others_ask_on_and_on),
                cmocka_unit_test(test_who_goes_is_not_waited_for),
        };

        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
