/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_turn.h"

#define MESSAGES_PER_TURN 4 /* each may start a process */

/* A client may send its first calls together with the last line of the handshake; they are in
 * libsystemd's buffer then, and no event tells of them. There are fewer than these. */
#define FIRST_MESSAGES 16

#define TURNS_UNTIL_LAST 64 /* after so many turns of others one that crowds has its own */

/* Cannot fail for a source that is there and watches a descriptor. */
static void set_place(BusConnection *connection, bool behind) {
        int64_t priority = connection->server->priority + behind;

        if (connection->is_crowding != behind)
                (void)sd_event_source_set_priority(connection->io, priority);
        connection->is_crowding = behind;
}

unsigned bus_turn_begin(BusConnection *connection) {
        BusServer *server = connection->server;
        BusConnection *last = LIST_FIRST(&server->crowding, BusConnection, crowding);

        server->n_turns_of_others++;
        if (connection->is_crowding || !last)
                server->n_turns_of_others = 0;
        if (server->n_turns_of_others >= TURNS_UNTIL_LAST) {
                server->n_turns_of_others = 0;
                bus_turn_forget(last);
                set_place(last, false);
        }
        return connection->begun ? MESSAGES_PER_TURN : FIRST_MESSAGES;
}

void bus_turn_end(BusConnection *connection, bool used_up) {
        bus_turn_forget(connection);
        if (used_up)
                list_append(&connection->server->crowding, &connection->crowding);
        set_place(connection, used_up);
}

void bus_turn_forget(BusConnection *connection) {
        list_remove(&connection->crowding);
}
