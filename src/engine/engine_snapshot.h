/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Run-time state of one unit in and out as text, so that a new manager goes on where the old one
 * died. Lines "key=value", first "version=1"; unknown keys are skipped, a higher version is
 * refused. */

#include "base/str.h"
#include "base/strbuf.h"
#include "engine/engine.h"

#define SNAPSHOT_MAX (64 * 1024) /* bytes of one unit's record */

/* Whether the unit has anything worth a record (state, processes, job, counters). */
bool engine_snapshot_is_due(const Unit *unit);

/* Appends the record of a unit: name, state, processes with start times, results, timers as
 * absolute monotonic times, job, start limit, invocation id, stored descriptor names, status text.
 */
void engine_snapshot_save(const Unit *unit, StrBuf *out);

/* Reads one record: loads the unit and puts it into the recorded state; processes are checked by
 * ports->process_belongs and watched by ports->watch_process. Records with errors are skipped with
 * a finding: 0, positive when skipped, -ENOMEM. Jobs are queued again by engine_restore_finish. */
int engine_snapshot_restore(Engine *engine, Str record, Diag *diag);

/* After all records and after the exits that the keeper remembered were handled: processes that are
 * gone without an exit status end as such, timers go on with what was left, waiting jobs are queued
 * again. */
void engine_restore_finish(Engine *engine);
