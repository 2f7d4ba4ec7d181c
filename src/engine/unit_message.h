/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lines that units of several types say, in the words of systemd and with the ids and fields of
 * sd-messages.h that machines look for. */

#include "engine/engine_event.h"
#include "engine/unit_object.h"

/* The unit is down: `result` is the name of how it failed, NULL = it did not. */
void unit_message_end(const Unit *unit, const char *result);

/* A process of a unit has ended. */
typedef struct ProcessEnd {
        const char *who;     /* "Main process" */
        const char *command; /* name of its setting, "ExecStart" */
        bool is_success;
} ProcessEnd;

/* Says how. What the process did itself it has told already, so a clean end is said for those who
 * look closely only; deaths by signal nobody else tells. */
void unit_message_exit(const Unit *unit, const EngineEvent *event, const ProcessEnd *end);
