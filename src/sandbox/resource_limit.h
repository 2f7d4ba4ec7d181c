/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Limits of setrlimit(2) for the settings LimitCPU= to LimitRTTIME=. */

#include "unit/directive_id.h"
#include "unit/unit_value.h"

typedef enum ResourceLimitOutcome {
        RESOURCE_LIMIT_SET = 0,
        RESOURCE_LIMIT_LOWERED = 1, /* as near as the present hard limit allows */
} ResourceLimitOutcome;

typedef struct ResourceLimitRow {
        DirectiveId id;
        int resource; /* RLIMIT_* */
} ResourceLimitRow;

#define RESOURCE_LIMIT_COUNT 16

/* All settings that are resource limits. */
extern const ResourceLimitRow resource_limit_rows[RESOURCE_LIMIT_COUNT];

/* Sets soft and hard limit; where the kernel refuses to raise the hard limit, the nearest it allows
 * (ResourceLimitOutcome), as systemd does. -errno. */
int resource_limit_set(int resource, const ResourceLimit *limit);
