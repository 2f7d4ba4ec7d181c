/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What clients of private sockets missed that read slower than units change. Changes are not kept
 * for them one by one: each unit is told as it is then, once they have read what came before. So
 * who is slow but alive is not cut off because ten thousand units start, and what is kept are
 * answers and jobs, which must not get lost. */

#include "bus/bus_state.h"

/* Whether the change of this unit is told to the client later. */
bool bus_missed_add(BusConnection *connection, Unit *unit);

/* Tells what can be told now; there is more as long as connection->missed is there. */
void bus_missed_tell(BusConnection *connection);

/* The unit goes: nobody is told of it any more. */
void bus_missed_forget(BusServer *server, const Unit *unit);
