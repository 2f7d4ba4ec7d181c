/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One client. */

#include "bus/bus_state.h"

/* The handler of all messages of a connection. */
int bus_connection_on_message(sd_bus_message *message, void *connection, sd_bus_error *error);

/* Closes at once. NULL is fine; returns NULL. Not from inside a handler of the same connection:
 * doom it there. */
BusConnection *bus_connection_free(BusConnection *connection);
DEFINE_AUTO(BusConnection *, bus_connection_free);

/* The callback of server->sweep: closes doomed connections. */
int bus_connection_on_sweep(sd_event_source *source, void *server);

/* Closes at the next turn of the loop. */
void bus_connection_doom(BusConnection *connection);

/* Whether a message bus does not take what is written to it. */
bool bus_connection_is_behind(const BusConnection *connection);
