/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager as a client of a message bus (the system's, or a user's session): it answers there
 * under systemd's name, tells those who subscribed, and sees which names have an owner (BusName=).
 * The bus may come late, and come back after it went away: connecting never waits. */

#include "bus/bus_state.h"

/* One more subscriber, or one less; replies. -EALREADY and the like with the call's error set. */
int bus_public_subscribe(BusCall *call);
int bus_public_unsubscribe(BusCall *call);

/* A message came over the bus: finds out who sent it before a change is made. What sd-bus expects
 * of a handler. */
int bus_public_handle(BusCall *call);

/* The connection to the bus has been lost: another one is tried. */
void bus_public_lost(BusServer *server);

/* The bus is there: asks for the name and for the owners of names. */
void bus_public_connected(BusConnection *connection);

/* What a unit waits for on the bus may have changed; a unit goes. */
void bus_public_unit_changed(BusServer *server, Unit *unit);
void bus_public_unit_gone(BusServer *server, const Unit *unit);

/* Releases everything. */
void bus_public_done(BusServer *server);
