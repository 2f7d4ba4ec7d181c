/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What happened to units that are no longer loaded and what became of their settings, so that `tend
 * why` and `tend report` can still tell after a stop. Owned by the engine, bounded, lost with the
 * manager: the record of a unit goes when it is unloaded. */

#include "engine/unit_object.h"

#define UNIT_PAST_MAX 256 /* units; those that were unloaded first are forgotten first */

typedef struct UnitPast UnitPast;

/* Takes the history and the reports of a unit that is about to be unloaded; without memory they are
 * lost. */
void unit_past_keep(Unit *unit);

/* Gives a unit back what is known under its name; does nothing if it has a history already. */
void unit_past_recall(Unit *unit);

/* Forgets everything; for the end of the engine. */
void unit_past_clear(struct Engine *engine);
