/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whose turn it is among the clients of private sockets. A client that has asked for more than is
 * answered in a turn stands behind all that have not, so that how long these wait depends on one
 * turn and not on how many others flood. Now and then one that stands behind has its turn all the
 * same. Knows nothing of what is asked. */

#include "bus/bus_state.h"

/* How many messages of the client may be handled now. */
unsigned bus_turn_begin(BusConnection *connection);

/* The turn is over; the client may have more to say when `used_up`. Not for a doomed connection. */
void bus_turn_end(BusConnection *connection, bool used_up);

/* The connection is doomed, or goes. */
void bus_turn_forget(BusConnection *connection);
