/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Installed jobs: which may run now, what happens when they do, how they end. Internal to the
 * engine. */

#include "engine/engine.h"

typedef enum JobEndFlags {
        JOB_END_QUIET = 1 << 0, /* the job did nothing, so nothing is said */
        JOB_END_ALONE = 1 << 1, /* jobs of dependents stay */
} JobEndFlags;

/* Ends a job (job_finish with choices). */
void job_end(Engine *engine, Job *job, JobResult result, unsigned flags);

/* Frees a job without any consequence (end of the engine). */
void job_drop(Engine *engine, Job *job);

/* Makes and installs a job for a unit without one. NULL when out of memory. */
Job *job_install(Unit *unit, JobType type);

/* The job is to be looked at by job_queue_run. */
void job_queue_add(Engine *engine, Job *job);

/* Jobs of neighbours may have waited for this unit's and are to be looked at again. */
void job_queue_wake_neighbours(Unit *unit);

/* Which job of two units goes first when `a`'s unit is ordered before `b`'s: negative a's, positive
 * b's, 0 either. */
int job_order(JobType a, JobType b);

/* Runs what may run, at most `budget` jobs; true when any did. */
bool job_queue_run(Engine *engine, unsigned *budget);

/* Ends jobs whose time is over. */
void job_queue_expire(Engine *engine, uint64_t now_usec);

/* Takes or arms the job's time-outs after its creation, start or change of type. */
void job_queue_arm(Engine *engine, Job *job);

/* The unit has reached a state: ends its job when that is what the job was for, or fails it. True
 * when the change was not what the job is about, or there is no job. */
bool job_queue_note_state(Unit *unit, ActiveState now);

/* What a job does when it runs (job_run.c): UnitOutcome. */
int job_perform(Job *job);

/* Says that the unit is being started, when its job does that now and has not said it: before a
 * process is made, so that the line stands before all that the process writes. The unit has left
 * its inactive state then, as far as stamps go: clients take the lines from there on for its own.
 */
void job_announce(const Unit *unit);

/* Lines about the beginning and end of jobs (job_message.c). */
void job_message_begin(const Unit *unit, JobType type);
void job_message_end(const Unit *unit, JobType type, JobResult result);
