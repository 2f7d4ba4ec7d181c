/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Watches processes by pidfd: those that are not our children, for their end; and the members of a
 * unit where no control group tells when the last one is gone. */

#include <sys/types.h>

#include "host/host_unit.h"

/* Hands EVENT_PROCESS_EXIT to the engine when the process ends, with its status where the kernel
 * tells. -errno. */
int process_watch_exit(HostUnit *hu, pid_t pid);

/* Looks whether the unit's group is empty each time one of these processes ends; those that are
 * watched already are left out. */
int process_watch_members(HostUnit *hu, const pid_t *pids, size_t n_pids);

/* Ends watching members; exits stay watched. */
void process_watch_end_members(HostUnit *hu);

/* Ends all watching. */
void process_watch_end_all(HostUnit *hu);
