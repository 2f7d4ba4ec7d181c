/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A scope unit at run time (systemd.scope(5)): processes that somebody else started and that are
 * moved into the unit's group when it starts. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/unit_object.h"

typedef enum ScopeResult {
        SCOPE_SUCCESS,
        SCOPE_FAILURE_RESOURCES,
        SCOPE_FAILURE_TIMEOUT,
        SCOPE_RESULT_COUNT
} ScopeResult;

/* Made before the first start, event or record. */
typedef struct ScopeRuntime {
        Unit *unit; /* owner */
        ScopeResult result;
        pid_t *pids; /* owned: to be moved at the start */
        unsigned n_pids;
        char *controller;       /* bus name of who asked for it; owned, NULL = none */
        UnitTimer timer;        /* RuntimeMaxSec=, TimeoutStopSec= */
        uint64_t deadline_usec; /* when it is due; USEC_INFINITY none */
} ScopeRuntime;

/* "success", "resources", "timeout". */
const char *scope_result_name(ScopeResult result);

/* Processes that the scope takes when it starts, and who controls it (NULL: nobody). -ENOMEM. */
int scope_set_processes(Unit *unit, const pid_t *pids, unsigned n_pids);
int scope_set_controller(Unit *unit, const char *name);

/* Whoever asked for the scope is no longer responsible for it. -ESTALE when it is not running. */
int scope_abandon(Unit *unit);
