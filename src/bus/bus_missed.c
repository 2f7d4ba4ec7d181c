/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_missed.h"

#include "bus/bus_signal.h"

#define BEHIND 1048576    /* bytes that the client has not read, besides those in the kernel */
#define UNITS_PER_TURN 64 /* that are told, so that others are not kept waiting */

static bool is_behind(const BusConnection *connection) {
        return bus_output_unsent(connection) > BEHIND;
}

bool bus_missed_add(BusConnection *connection, Unit *unit) {
        uint64_t key = (uintptr_t)unit;

        if (connection->is_public)
                return false;
        if (hashtable_find_number(connection->missed, key))
                return true;
        if (!is_behind(connection))
                return false;
        if (!connection->missed)
                connection->missed = hashtable_new_number();
        return connection->missed && hashtable_put_number(connection->missed, key, unit) >= 0;
}

void bus_missed_tell(BusConnection *connection) {
        size_t cursor = 0;

        for (unsigned i = 0; i < UNITS_PER_TURN && !is_behind(connection); i++) {
                Unit *unit = connection->missed ? hashtable_next(connection->missed, &cursor, NULL)
                                                : NULL;
                if (!unit || connection->doomed)
                        break;
                hashtable_remove_number(connection->missed, (uintptr_t)unit);
                bus_signal_tell(connection, unit);
        }
        if (hashtable_count(connection->missed) == 0)
                connection->missed = hashtable_free(connection->missed);
}

void bus_missed_forget(BusServer *server, const Unit *unit) {
        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                if (connection->missed)
                        hashtable_remove_number(connection->missed, (uintptr_t)unit);
        }
}
