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

/* Takes over a descriptor that a socket unit has accepted, with a copy to the keeper. Without
 * memory there is no copy. */
void connection_begin(struct Host *host, const struct Unit *socket, int fd, Connection *ret);

/* Gets one back that the last manager held, by its name or any of a socket unit; false without. */
bool connection_take_back(struct Host *host, Str keeper_name, Connection *ret);
bool connection_take_any(struct Host *host, const struct Unit *socket, Connection *ret);

/* Closes our copy and, unless the next manager is to have it, the keeper's; nothing when there is
 * none. */
void connection_end(struct Host *host, Connection *connection, bool also_keeper);

/* The keeper's copies that nobody took back are given up. */
void connection_drop_unclaimed(struct Host *host);
