/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The processes behind a connection to a manager: tendd, and the keeper it is a child of. */

#include <sys/types.h>

#include "base/auto.h"

typedef struct ManagerProcess {
        pid_t manager, keeper;     /* 0 = there is none, or it cannot be seen */
        int manager_fd, keeper_fd; /* pidfds, -1 likewise; owned */
} ManagerProcess;

#define MANAGER_PROCESS_INIT ((ManagerProcess){ .manager_fd = -1, .keeper_fd = -1 })

/* Finds them by the peer of a connected socket. */
int manager_process_find(int socket_fd, ManagerProcess *ret);

/* Closes the descriptors. */
void manager_process_done(ManagerProcess *process);
DEFINE_AUTO_DONE(ManagerProcess, manager_process_done);
