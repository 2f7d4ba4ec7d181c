/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tells the engine when the kernel kills a process of a unit for lack of memory. Only for units
 * with a group of the memory controller. */

#include "host/host_unit.h"

/* Watches the unit's group, which has just been made or was there before this manager. */
void oom_watch_begin(HostUnit *hu);

/* Ends it. */
void oom_watch_end(HostUnit *hu);

/* Looks now; EVENT_OOM_KILL is handed to the engine when there was a kill that it does not know.
 * NULL is none. */
void oom_watch_look(HostUnit *hu);

/* What was killed before counts as known. */
void oom_watch_forget_past(HostUnit *hu);
