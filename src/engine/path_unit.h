/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A path unit at run time (systemd.path(5)): looks at paths when it starts and when the host saw a
 * change, and starts its unit when one of its rules holds. Between looking and watching it looks
 * again: no change is lost. */

#include <stdbool.h>
#include <stdint.h>

#include "engine/unit_object.h"

typedef enum PathResult {
        PATH_SUCCESS,
        PATH_FAILURE_RESOURCES,
        PATH_FAILURE_START_LIMIT_HIT,
        PATH_FAILURE_UNIT_START_LIMIT_HIT,
        PATH_FAILURE_TRIGGER_LIMIT_HIT,
        PATH_RESULT_COUNT
} PathResult;

/* Made before the first start, event or record. */
typedef struct PathRuntime {
        PathResult result;
        bool is_watched;
        StartLimit triggers; /* TriggerLimitBurst= in TriggerLimitIntervalSec= */
        uint64_t *marks; /* one per rule about a change: EnginePorts.path_mark when it was looked at
                            last; owned */
        unsigned n_marks;
} PathRuntime;

/* "success", "resources", "start-limit-hit", "unit-start-limit-hit", "trigger-limit-hit". */
const char *path_result_name(PathResult result);
