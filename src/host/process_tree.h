/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The processes of a unit where there are no control groups: main and control process, what
 * descends from them, and orphans that carry the unit's invocation id in their environment. Reads
 * all of /proc. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "engine/engine.h"

/* All processes of the unit but zombies, in fresh memory. */
int process_tree_list(const Unit *unit, pid_t **ret_pids, size_t *ret_n);

/* Whether the process is one of the unit's. */
bool process_tree_has(const Unit *unit, pid_t pid);

/* Whether the process is an orphan of ours that nothing ties to a unit: a daemon whose parent has
 * ended and that has thrown its environment away. */
bool process_tree_is_stray(const Engine *engine, pid_t pid);

/* The unit of a process; NULL. */
Unit *process_tree_find(const Engine *engine, pid_t pid);
