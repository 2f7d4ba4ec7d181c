/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Ends of processes, ours by SIGCHLD and adopted ones by the keeper. Our zombies are reaped only
 * when what their end caused is on the state log; a manager killed before leaves them to the
 * keeper. */

#include <sys/types.h>

#include "host/host.h"

/* Blocks SIGCHLD and watches it; makes us the one that orphans of services fall to. */
int reap_start(Host *host);

/* Handles every child that has ended. */
void reap_all(Host *host);

/* Handles one end. What the process said before is read first. While the records of the last
 * manager are read, only ends that it had acted upon without a record count; the others are to be
 * handed in again later. */
void reap_handle(Host *host, pid_t pid, int code, int status);
