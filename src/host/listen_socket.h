/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What socket units listen on: sockets, FIFOs, special files and message queues, in the order of
 * their settings. Held here, with a copy in the keeper, so that traffic waits while a manager dies
 * and another begins. */

#include <stdbool.h>

#include "host/host_unit.h"

/* Opens everything, or takes what the last manager held; nothing when it is open already. -errno
 * once the reason was logged; nothing is open then. */
int listen_socket_open(HostUnit *hu);

/* Closes everything; with `forget` the keeper's copies and, as RemoveOnStop= and Symlinks= say,
 * nodes go too. */
void listen_socket_close(HostUnit *hu, bool forget);

/* EVENT_SOCKET_INCOMING is wanted, or no longer. -errno once it was logged which of the sockets
 * cannot be waited for (a device without poll(2), say). */
int listen_socket_watch(HostUnit *hu, bool watch);

/* Takes off and drops what waits. */
void listen_socket_flush(HostUnit *hu);

/* Gives the connection that is being announced to a service; -EBADF when none is. */
int listen_socket_give(Host *host, Unit *service);

/* The descriptors that the main process of a service gets for its sockets: the connection it was
 * started for, or those of all sockets that trigger it. At most `max` go to `fds`; their names,
 * joined by ':', are appended. How many, or -ENOMEM. */
int listen_socket_collect(
        const Host *host, const Unit *service, int *fds, unsigned max, StrBuf *names);

/* Descriptors of the last manager that no socket unit wanted are given up. */
void listen_socket_drop_unclaimed(Host *host);
