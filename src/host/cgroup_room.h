/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Version 2 hands controllers down only from groups without processes: the manager moves itself and
 * those around it into a group of its own. */

#include "host/cgroup_tree.h"

/* Moves all processes of `group` into the manager's group below our root. Only when they are ours:
 * this process, its parent, other children of that parent, or all of them when that parent is
 * process 1 of the container. -EBUSY when there are others. */
int cgroup_room_make(const CgroupTree *tree, const char *group);
