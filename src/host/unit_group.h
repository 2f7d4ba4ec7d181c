/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which processes belong to which unit: by control group where there is one, else by descent and by
 * the invocation id in their environment. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/host_unit.h"

/* Makes the unit's control group if it is not there. 0 also without groups. */
int unit_group_make(HostUnit *hu);

/* Moves processes into the group, or into one below it (`sub_group` may be NULL), which are made.
 * How many were moved; -ESRCH when all of them have ended, -EOPNOTSUPP without groups. */
int unit_group_attach(HostUnit *hu, const char *sub_group, const pid_t *pids, unsigned n_pids);

/* Removes the group, or, when processes are left in it, as soon as they are gone. */
void unit_group_remove(HostUnit *hu);

/* All processes of the unit, main and control processes too, in fresh memory. */
int unit_group_list(Host *host, const Unit *unit, pid_t **ret_pids, size_t *ret_n);

/* Whether no process is left besides main and control process. */
bool unit_group_is_empty(Host *host, const Unit *unit);

/* Whether a process of this name is on its way to become another one or to end ("(sd-pam)", an
 * executor): nobody is told of it. NULL is none. */
bool unit_group_is_passing(const char *process_name);

/* Names in the log what was there before a start of the unit, or is left of it after its end. Only
 * where there are control groups. */
void unit_group_tell_leftovers(Host *host, const Unit *unit, bool is_start);

/* Whether the process is one of the unit's. */
bool unit_group_has(Host *host, const Unit *unit, pid_t pid);

/* Whether a process may be any unit's, since nothing tells whose it is. Never so where there are
 * control groups. */
bool unit_group_is_stray(Host *host, pid_t pid);

/* The unit of any process; NULL. */
Unit *unit_group_find(Host *host, pid_t pid);

/* EVENT_GROUP_EMPTY is wanted, or no longer. */
void unit_group_watch(HostUnit *hu, bool watch);

/* A main or control process of the unit ended: where its members are watched one by one, they are
 * looked up again. */
void unit_group_look_again(const Unit *unit);

/* Something in the group changed: tells the engine when it is empty, goes on watching otherwise. */
void unit_group_check(HostUnit *hu);
