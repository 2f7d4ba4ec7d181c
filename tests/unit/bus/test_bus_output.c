/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_output.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "bus/bus_private.h"
#include "bus_fixture.h"
#include "unit_test.h"

#define SIZE 1048576 /* of the text of one message */

/* A client that reads only when it is told to, and what it read. */
typedef struct Sleeper {
        BusFixture *fixture;
        sd_bus *bus;
        BusConnection *connection; /* the server's end */
        unsigned n_heard;
        bool in_order;
} Sleeper;

static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *error UNUSED) {
        Sleeper *sleeper = userdata;
        const char *text;
        uint32_t number;

        if (sd_bus_message_is_signal(message, "io.tend.Test", "Noise") <= 0)
                return 0;
        assert_true(sd_bus_message_read(message, "us", &number, &text) > 0);
        assert_int_equal(strlen(text), SIZE);
        sleeper->in_order &= number == sleeper->n_heard;
        sleeper->n_heard++;
        return 1;
}

static void sleeper_init(Sleeper *sleeper, BusFixture *fixture) {
        *sleeper = (Sleeper){ .fixture = fixture, .in_order = true };
        sleeper->bus = bus_fixture_connect(fixture);
        assert_true(sd_bus_add_filter(sleeper->bus, NULL, on_message, sleeper) >= 0);
        bus_fixture_settle(fixture);
        assert_true(sd_bus_detach_event(sleeper->bus) >= 0);
        LIST_FOREACH(connection, &fixture->server->connections, BusConnection, all) {
                sleeper->connection = connection; /* the newest is the last */
        }
}

static int send_noise(const Sleeper *sleeper, uint32_t number, int fd) {
        AUTO(bus_body_done) BusBody body = bus_body_of("us");
        AUTO(bus_packet_done) BusPacket packet = { 0 };
        const BusHeader about = { .type = SD_BUS_MESSAGE_SIGNAL,
                                  .path = "/a",
                                  .interface = "io.tend.Test",
                                  .member = "Noise" };
        AUTO_FREE char *text = malloc(SIZE + 1);

        assert_non_null(text);
        memset(text, 'x', SIZE);
        text[SIZE] = '\0';
        assert_int_equal(bus_body_append(&body, "us", number, text), 0);
        assert_int_equal(bus_packet_init(&packet, &about, &body), 0);
        return bus_private_send(sleeper->connection, &packet, fd);
}

static void test_what_is_not_read_waits_in_order(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        Sleeper sleeper;

        sleeper_init(&sleeper, fixture);
        for (uint32_t i = 0; i < 10; i++)
                assert_int_equal(send_noise(&sleeper, i, -1), 0);
        assert_true(bus_output_unsent(sleeper.connection) > SIZE);
        assert_int_equal(fixture->server->n_unsent, bus_output_unsent(sleeper.connection));
        /* A descriptor cannot wait. */
        assert_int_equal(send_noise(&sleeper, 10, STDIN_FILENO), -EBUSY);
        assert_false(sleeper.connection->doomed);

        assert_true(sd_bus_attach_event(sleeper.bus, fixture->event, 0) >= 0);
        bus_fixture_settle(fixture);
        assert_int_equal(sleeper.n_heard, 10);
        assert_true(sleeper.in_order);
        assert_int_equal(bus_output_unsent(sleeper.connection), 0);
        assert_int_equal(fixture->server->n_unsent, 0);
        sd_bus_close_unref(sleeper.bus);
}

static void test_who_leaves_too_much_is_cut_off(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        unsigned n = 0;
        Sleeper sleeper;

        sleeper_init(&sleeper, fixture);
        while (n < 100 && send_noise(&sleeper, n, -1) == 0)
                n++;
        assert_in_range(n, BUS_UNSENT_MAX / SIZE - 1, BUS_UNSENT_MAX / SIZE + 10);
        assert_true(sleeper.connection->doomed);
        assert_int_equal(bus_server_n_connections(fixture->server), 2);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
        assert_int_equal(fixture->server->n_unsent, 0);
        sd_bus_close_unref(sleeper.bus);
}

static void test_all_together_may_leave_so_much(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        unsigned n_sleepers = BUS_UNSENT_TOTAL_MAX / BUS_UNSENT_MAX + 2, n_cut_off = 0;
        Sleeper sleepers[BUS_UNSENT_TOTAL_MAX / BUS_UNSENT_MAX + 2];

        for (unsigned i = 0; i < n_sleepers; i++)
                sleeper_init(&sleepers[i], fixture);
        for (unsigned i = 0; i < n_sleepers; i++) {
                for (uint32_t k = 0; k < 15 && !sleepers[i].connection->doomed; k++)
                        (void)send_noise(&sleepers[i], k, -1);
                n_cut_off += sleepers[i].connection->doomed;
                assert_true(fixture->server->n_unsent <= BUS_UNSENT_TOTAL_MAX + SIZE * 2);
        }
        assert_true(n_cut_off > 0);
        assert_true(n_cut_off < n_sleepers);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1 + n_sleepers - n_cut_off);
        for (unsigned i = 0; i < n_sleepers; i++)
                sd_bus_close_unref(sleepers[i].bus);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_not_read_waits_in_order),
                cmocka_unit_test(test_who_leaves_too_much_is_cut_off),
                cmocka_unit_test(test_all_together_may_leave_so_much),
        };

        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
