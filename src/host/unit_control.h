/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Resource control of units: which groups a unit and the slices above it need, what is written into
 * them and when, and what is said where that is not possible. A unit that sets nothing, in slices
 * that set nothing, costs nothing. */

#include "host/host_unit.h"

/* Before a command of a start (only the first does something): makes the unit's groups and writes
 * its settings. What the kernel refuses is reported, and no failure. -ENOMEM. */
int unit_control_start(HostUnit *hu);

/* Appends the directories of the groups that a process of the unit has to join, besides the one by
 * which it is followed. -ENOMEM. */
int unit_control_directories(const Host *host, const Unit *unit, char ***directories);

/* Whether the unit has a group of this controller. */
bool unit_control_has(const HostUnit *hu, CgroupController which);

/* Makes the unit's group of a controller of version 1 that no setting asks for, and moves all its
 * processes there. -EOPNOTSUPP where there is no such controller. */
int unit_control_join(HostUnit *hu, CgroupController which);

/* Moves processes into these groups; those that have ended are passed over. */
void unit_control_move(const HostUnit *hu, const pid_t *pids, unsigned n_pids);

/* TasksMax= of a unit that does not set it, UINT64_MAX = no limit: DefaultTasksMax= or 15 % of what
 * the machine can have; slices have none, and in version 1 only what is asked for costs a group.
 * `unit` NULL: of most. */
uint64_t unit_control_default_tasks(const Host *host, const Unit *unit);

/* The files of the unit are read again: the plan and the settings in its groups are old. */
void unit_control_outdate(HostUnit *hu);

/* Writes what has changed for all units that run, and moves their processes into groups that are
 * needed now. */
void unit_control_apply_all(Host *host);

/* Startup...= settings no longer hold. */
void unit_control_end_startup(Host *host);

/* Removes the unit's groups; those with processes stay until it is called again. */
void unit_control_remove(HostUnit *hu);

/* Stands for the programs among the bits of controllers. */
#define UNIT_CONTROL_FILTERED (1u << 16)

/* For records: the controllers whose groups the unit has, as bits, and whether there are programs.
 */
unsigned unit_control_save(const HostUnit *hu);

/* What the last manager had made. */
void unit_control_restore(HostUnit *hu, unsigned controllers);
