/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One client. */

#include "bus/bus_state.h"

/* Takes over an accepted socket: checks who it is and starts the handshake. -EPERM for strangers,
 * -EMFILE above the limit; the socket is closed then. */
int bus_connection_accept(BusServer *server, int fd);

/* The handler of all messages of a connection. */
int bus_connection_on_message(sd_bus_message *message, void *connection, sd_bus_error *error);

/* Closes at once. NULL is fine; returns NULL. Not from inside a handler of the same connection:
 * doom it there. */
BusConnection *bus_connection_free(BusConnection *connection);

/* The callback of server->sweep: closes doomed connections and reads what came with the handshake.
 */
int bus_connection_on_sweep(sd_event_source *source, void *server);

/* Closes at the next turn of the loop. */
void bus_connection_doom(BusConnection *connection);

/* Whether more than `limit` messages wait to be read by the client. */
bool bus_connection_is_behind(const BusConnection *connection, uint64_t limit);
