/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A server over the fake host, with one client on the same loop. */

#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "../../engine/fake_host.h"
#include "base/auto.h"
#include "bus/bus_server.h"

#define MANAGER_PATH "/org/freedesktop/systemd1"
#define MANAGER "org.freedesktop.systemd1.Manager"
#define UNIT_INTERFACE "org.freedesktop.systemd1.Unit"
#define SERVICE_INTERFACE "org.freedesktop.systemd1.Service"
#define PROPERTIES "org.freedesktop.DBus.Properties"

#define BUS_FIXTURE_CONNECTIONS_MAX 50

typedef struct BusFixture {
        FakeHost *host;
        sd_event *event;
        BusServer *server;
        BusHost bus_host; /* what the server was made with; for tests to fill before */
        char directory[64], path[96];
        sd_bus *client;
        char **signals; /* "Member argument argument ..." of each signal, in order */
        char error_name[128], error_text[512]; /* of the last failed call */
} BusFixture;

/* A server with a client. Aborts the test when anything fails. */
BusFixture *bus_fixture_new(const BusHost *bus_host);
BusFixture *bus_fixture_free(BusFixture *fixture);
DEFINE_AUTO(BusFixture *, bus_fixture_free);

/* One more client on the same loop; close it with sd_bus_close_unref. */
sd_bus *bus_fixture_connect(BusFixture *fixture);

/* Calls a method and runs the loop until the answer is there. 0, or the negative errno of the
 * error, which is kept in error_name and error_text. `types` and the rest as in
 * sd_bus_message_append(3). */
int bus_fixture_call(BusFixture *fixture,
                     const char *path,
                     const char *interface,
                     const char *member,
                     sd_bus_message **ret_reply,
                     const char *types,
                     ...);

/* Properties.Get: the reply stands inside the variant. */
void bus_fixture_get(BusFixture *fixture,
                     const char *path,
                     const char *interface,
                     const char *property,
                     const char *signature,
                     sd_bus_message **ret_reply);

/* Runs the loop until nothing is left to do. */
void bus_fixture_settle(BusFixture *fixture);

/* Whether such a signal line came. */
bool bus_fixture_heard(const BusFixture *fixture, const char *line);

/* How many signal lines begin so. */
unsigned bus_fixture_count(const BusFixture *fixture, const char *prefix);
