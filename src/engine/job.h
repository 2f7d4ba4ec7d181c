/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Jobs: what a unit has been asked to become. At most one per unit; transactions install them. */

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/pqueue.h"
#include "unit/unit_enums.h"

struct Unit;
struct Engine;

typedef enum JobType {
        JOB_START,
        JOB_VERIFY_ACTIVE,
        JOB_STOP,
        JOB_RELOAD,
        JOB_RESTART,
        JOB_NOP,
        JOB_TYPE_MAX_MERGED = JOB_NOP, /* the types above are what the merge table works on */
        JOB_TRY_RESTART,               /* collapsed to RESTART or NOP when queued */
        JOB_TRY_RELOAD,
        JOB_RELOAD_OR_START,
        JOB_TYPE_COUNT
} JobType;

typedef enum JobState { JOB_WAITING, JOB_RUNNING, JOB_STATE_COUNT } JobState;

typedef enum JobResult {
        JOB_DONE,
        JOB_CANCELED,
        JOB_TIMEOUT,
        JOB_FAILED,
        JOB_DEPENDENCY,
        JOB_SKIPPED,
        JOB_INVALID,
        JOB_ASSERT,
        JOB_UNSUPPORTED,
        JOB_COLLECTED,
        JOB_ONCE,
        JOB_RESULT_COUNT
} JobResult;

typedef struct Job {
        uint32_t id;
        JobType type;
        JobState state;
        struct Unit *unit;           /* not owned; unit->job points back */
        ListLink all;                /* in engine->jobs */
        ListLink run_queue;          /* in engine->run_queue while it may be runnable */
        PqueueItem timer;            /* job time-outs, in engine->job_timers */
        uint64_t created_usec;       /* monotonic */
        uint64_t running_since_usec; /* 0 while waiting */
        bool irreversible;
        bool ignore_order;
        bool by_request; /* the anchor of a request; logged and shown */
        char *because;   /* name of the unit whose job pulled this one in, owned; NULL for an anchor
                          */
        unsigned
                blocked_at; /* place of the edge that held it back last; a hint for the next look */
        void *client;       /* the bus's, for JobRemoved to its owner; not owned */
} Job;

/* "start", "verify-active", "stop", "reload", "restart", "nop", "try-restart", ... */
const char *job_type_name(JobType type);
int job_type_parse(const char *name, JobType *ret);
const char *job_state_name(JobState state);    /* "waiting", "running" */
const char *job_result_name(JobResult result); /* "done", "canceled", ... */

/* The merge table: what two jobs for one unit become. 0 and *ret, or -EEXIST when they conflict.
 * Commutative. */
int job_type_merge(JobType a, JobType b, JobType *ret);

/* Collapses the types that depend on the unit's state now. */
JobType job_type_collapse(JobType type, const struct Unit *unit);

/* Whether a job of this type has nothing to do for the unit as it is. */
bool job_type_is_redundant(JobType type, const struct Unit *unit);

/* Ends the job: removes it, tells ports, starts or fails what depended on it. */
void job_finish(struct Engine *engine, Job *job, JobResult result);
