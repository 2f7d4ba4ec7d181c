/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What follows from a unit's change of state: the end of its job, units that are bound to it, hold
 * it up or need it no more, OnFailure= and OnSuccess=, emergency actions. Jobs are only queued
 * here; they run from engine_run. */

#include "engine/engine.h"

/* Called by unit_set_state. */
void unit_propagate(Unit *unit, ActiveState was, ActiveState now);

/* Sockets, timers and the like that trigger this unit hear that its state changed or its job ended.
 */
void unit_tell_triggers(Unit *unit);

/* The same when all is quiet: what they do may end jobs that somebody is working on. */
void unit_tell_triggers_later(Unit *unit);

/* Starts the units of OnFailure= (`on_success` false) or OnSuccess=. */
void unit_trigger_handlers(Unit *unit, bool on_success);

/* Works off engine->needed_queue: stops what is unneeded or bound to something that went down,
 * starts what is upheld. True when there was something. */
bool unit_propagate_needed(Engine *engine);

/* Remembers or forgets that the unit waits for a dependency (RetryDependents=). */
void unit_retry_wait(Unit *unit);
void unit_retry_forget(Unit *unit);
