/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of socket units share. */

#include "engine/engine.h"
#include "engine/socket_unit.h"
#include "engine/unit_ops.h"

/* Sets the state with what hangs on it: descriptors that must not be open or watched in it, the
 * timer. */
void socket_set_state(Unit *unit, SocketState state);

/* Up and waiting for traffic. */
void socket_enter_listening(Unit *unit);

/* Begins to go down; the first failure becomes the result. */
void socket_enter_stop_pre(Unit *unit, SocketResult result);

/* Traffic came in (`peer` NULL), or a connection was accepted. */
void socket_on_incoming(Unit *unit, const SocketPeer *peer);

/* Ties the services of living connections to their socket: no file says that they belong
 * together. */
void socket_tie_connections(Unit *unit);

/* The same, and counts them, after records were read. */
void socket_count_connections(Unit *unit);

/* A service that this socket triggers changed. */
void socket_on_triggered(Unit *unit, Unit *triggered);

/* Asks for EVENT_SOCKET_INCOMING, or no longer. -errno when it cannot come, which was logged. */
int socket_watch(Unit *unit, bool on);

/* Opens the descriptors if they are not; -errno, said by the host. */
int socket_open_descriptors(Unit *unit);

/* The lines of a socket in its record; one line back (0, 1 = unknown, -errno); the end of taking
 * over. */
void socket_save(const Unit *unit, StrBuf *out);
int socket_restore(Unit *unit, Str key, Str value);
void socket_restored(Unit *unit);

/* The setting's name of a list of commands, and the list of a name (DIRECTIVE_NONE). */
const char *socket_list_name(DirectiveId list);
DirectiveId socket_list_find(Str name);

static inline const EnginePorts *socket_ports(const Unit *unit) {
        return &unit->engine->ports;
}
