/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A connection that was accepted and that no program has yet (Accept=yes): it is off the queue of
 * its socket, so the keeper has a copy until the program has one. */

#include <stdbool.h>

#include "base/str.h"

struct Host;
struct Unit;

typedef struct Connection {
        int fd;            /* owned; -1 = none */
        char *keeper_name; /* of the keeper's copy, owned */
} Connection;

#define CONNECTION_NONE ((Connection){ .fd = -1 })

/* Makes the name of one that a socket unit is about to accept. Without memory there will be no
 * copy. */
void connection_prepare(struct Host *host, const struct Unit *socket, Connection *ret);

/* Takes over the descriptor, with a copy to the keeper: right after accept(2), for a manager that
 * dies in between loses the connection. */
void connection_begin(struct Host *host, Connection *connection, int fd);

/* Gets one back that the last manager held, by its name or any of a socket unit; false without. */
bool connection_take_back(struct Host *host, Str keeper_name, Connection *ret);
bool connection_take_any(struct Host *host, const struct Unit *socket, Connection *ret);

/* Closes our copy and, unless the next manager is to have it, the keeper's; nothing when there is
 * none. */
void connection_end(struct Host *host, Connection *connection, bool also_keeper);

/* The keeper's copies that nobody took back are given up. */
void connection_drop_unclaimed(struct Host *host);
