/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Signals to all connections that want them. The announcements of bus_server.h are made here.
 * Nothing is built while no connection is open. */

#include "bus/bus_state.h"

/* Remembers that a connection asked for this job: it hears of its end even when it hears of nothing
 * else. */
void bus_signal_own_job(BusConnection *connection, Job *job);

/* Tells one client all that is announced of a unit, whatever it was told before. */
void bus_signal_tell(BusConnection *connection, Unit *unit);

/* A connection goes: no job is its any more. */
void bus_signal_forget(BusConnection *connection);
