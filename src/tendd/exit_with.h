/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The unit whose end is the end of everything: `tend init --exit-with UNIT`. */

#include <stdbool.h>

#include "engine/engine.h"

typedef struct ExitWith {
        Unit *unit;      /* referenced; NULL = no such unit was named */
        bool was_wanted; /* it has had a job or has been up */
} ExitWith;

/* Loads the unit and holds it. */
int exit_with_init(ExitWith *with, Engine *engine, const char *name);

/* Whether the unit has been started and is down for good. The exit status of its main process: 128
 * and the signal when it was killed; 1 when it failed in another way. Ask after each turn. */
bool exit_with_has_ended(ExitWith *with, int *ret_status);

/* Lets the unit go. */
void exit_with_done(ExitWith *with);
