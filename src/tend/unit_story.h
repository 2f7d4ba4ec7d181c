/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The recent changes of a unit's state with their causes, as the manager remembers them. */

#include <stdint.h>

#include "base/auto.h"
#include "tend/tend.h"

typedef struct StoryChange {
        uint64_t realtime_usec;
        char *from, *to; /* names of sub-states */
        char *cause;     /* in words, "" = not known */
} StoryChange;

typedef struct UnitStory {
        char *unit, *sub_state;
        StoryChange *changes; /* newest first */
        unsigned n_changes;
} UnitStory;

/* Asks the manager. -errno; in silence. */
int unit_story_get(const Tend *tend, const char *unit, UnitStory *ret);

/* The unit that a cause names, other than `self`, in fresh memory; NULL. */
char *unit_story_other(const char *cause, const char *self);

/* Releases it. */
void unit_story_done(UnitStory *story);
DEFINE_AUTO_DONE(UnitStory, unit_story_done);
