/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names on the message bus that services are to have (BusName=): the engine is told when one gets
 * an owner, and which process that is, or loses it; and those of the controllers of scopes, who are
 * forgotten when they leave. */

#include "bus/bus_state.h"

/* Watches the name of a service or scope that is up or on its way, and no other. */
void bus_name_watch_update(BusServer *server, Unit *unit);

/* The unit goes. */
void bus_name_watch_forget(BusServer *server, const Unit *unit);

/* The connection to the bus is there: asks for all owners. */
void bus_name_watch_connected(BusConnection *connection);

/* The connection is lost: what was asked for over it. */
void bus_name_watch_disconnected(BusServer *server);

/* Releases everything. */
void bus_name_watch_done(BusServer *server);
