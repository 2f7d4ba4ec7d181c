/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Connections to one client each, over the private socket. Their sockets are looked after here and
 * not by libsystemd, which would have to be asked about each of them in every turn of the loop. */

#include "bus/bus_state.h"

/* Takes over an accepted socket: checks who it is and starts the handshake. -EPERM for strangers,
 * -EMFILE above the limit; the socket is closed then. */
int bus_private_accept(BusServer *server, int fd);

/* The handshake is over. */
void bus_private_connected(BusConnection *connection);

/* The connection goes; for a connection to a message bus there is nothing to do. */
void bus_private_disconnected(BusConnection *connection);

/* Sends a message (bus_output_send). Who does not take it is cut off: doomed, and the error is
 * returned. */
int bus_private_send(BusConnection *connection, BusPacket *packet, int fd);

/* Waits until the client has taken everything, or the deadline (clock_monotonic_usec) is over. */
void bus_private_drain(BusConnection *connection, uint64_t deadline_usec);
