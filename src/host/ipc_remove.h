/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* RemoveIPC=: objects of System V and POSIX that processes leave behind when they end: shared
 * memory, semaphores, message queues (sysvipc(7), shm_overview(7), mq_overview(7)). */

#include <sys/types.h>

#define IPC_NOBODY ((uid_t)-1)

/* Removes all objects of this user or this group in the manager's IPC name space; IPC_NOBODY and
 * root stand for no one. What cannot be removed stays. */
void ipc_remove(uid_t uid, gid_t gid);
