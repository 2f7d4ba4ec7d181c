/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Executors that are started before they are needed. While a start waits for another one that runs,
 * or for the records to be written, there is nothing to do: the process of the next start can be
 * made in that time, in its group, where it waits for its order (host/spawn.h). It is a guess:
 * whoever is not needed in the end is killed, and it dies with the manager. There are few at a
 * time. */

#include "host/host_unit.h"

/* Starts one for what the engine expects to be started next, if there is such a unit. With time,
 * what its plan needs is made too. */
void executor_ahead_expect(Host *host, bool has_time);

/* Starts the unit's executor, or takes the one that was started ahead, unless the state log it has
 * is no longer the one. Its group has been made. */
int executor_ahead_take(HostUnit *hu, SpawnedExecutor *ret);

/* Whether one was started ahead and waits. */
static inline bool executor_ahead_waits(const HostUnit *hu) {
        return hu->ahead.pid > 0;
}

/* Nobody needs it any more: kills it and removes what was made for it. */
void executor_ahead_cancel(HostUnit *hu);

/* A process of ours ended that is about to be reaped: it may be one that waits. */
void executor_ahead_ended(Host *host, pid_t pid);
