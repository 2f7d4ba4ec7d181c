/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Watches the paths of path units by inotify(7), with the directories on the way to them, so that
 * something that comes, goes or is moved is seen wherever it happens. One inotify instance for all
 * units. */

#include <stdbool.h>

#include "host/host_unit.h"

typedef struct PathWatcher PathWatcher;

/* Tells the present state of what the i-th rule names from others (EnginePorts.path_mark). */
uint64_t path_watch_mark(const Unit *unit, unsigned i);

/* Whether what the i-th rule names is there (EnginePorts.path_holds). */
bool path_watch_holds(const Unit *unit, unsigned rule);

/* The first match of the pattern of the i-th rule, for the caller to free; NULL
 * (EnginePorts.path_match).
 */
char *path_watch_match(const Unit *unit, unsigned rule);

/* Watches all rules of the unit anew. What cannot be watched is logged. */
void path_watch_begin(Host *host, Unit *unit);

/* Watches none of them any more. */
void path_watch_end(Host *host, const Unit *unit);

/* MakeDirectory=: makes the directories that the rules name. */
void path_watch_make(const Unit *unit);

/* Releases the instance; NULL. */
PathWatcher *path_watcher_free(PathWatcher *watcher);
