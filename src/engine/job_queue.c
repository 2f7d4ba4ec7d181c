/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/job_queue.h"

#include <stdlib.h>
#include <syslog.h>

#include "base/duration.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"

#define DEVICE_TIMEOUT_USEC (90 * USEC_PER_SEC)

Job *job_install(Unit *unit, JobType type) {
        Engine *engine = unit->engine;
        AUTO_FREE Job *job = calloc(1, sizeof(*job));
        uint32_t id = engine->next_job_id + 1;
        if (!job || hashtable_put_number(engine->jobs_by_id, id, job) < 0)
                return NULL;
        engine->next_job_id = id;
        engine->startup_begun = true;
        job->id = id;
        job->type = type;
        job->unit = unit;
        job->created_usec = engine_now_usec(engine);
        unit->job = job;
        list_append(&engine->jobs, &job->all);
        engine->n_jobs++;
        engine->n_jobs_ever++;
        unit_mark_changed(unit);
        job_queue_arm(engine, job);
        job_queue_add(engine, job);
        return STEAL(job);
}

Job *engine_find_job(const Engine *engine, uint32_t id) {
        return hashtable_find_number(engine->jobs_by_id, id);
}

void job_queue_add(Engine *engine, Job *job) {
        if (!list_is_linked(&job->run_queue))
                list_append(&engine->run_queue, &job->run_queue);
}

/* --- order ---------------------------------------------------------------------------------------
 */

int job_order(JobType a, JobType b) {
        if (a == JOB_NOP || b == JOB_NOP)
                return 0;
        /* Stopping comes first whatever the other does; a restart begins as a stop. */
        return b == JOB_STOP || b == JOB_RESTART ? 1 : -1;
}

static bool must_wait_for(const Job *job, const UnitEdge *edge) {
        const Job *other = edge->other->job;
        if (!other || other->ignore_order)
                return false;
        if ((edge->kinds & DEP_BIT(DEP_AFTER)) && job_order(other->type, job->type) < 0)
                return true;
        return (edge->kinds & DEP_BIT(DEP_BEFORE)) && job_order(job->type, other->type) > 0;
}

/* Looks first where it was held back last: a target that waits for thousands of units looks at each
 * once. */
static bool is_runnable(Job *job) {
        const Unit *unit = job->unit;
        if (job->ignore_order || job->type == JOB_NOP)
                return true;
        unsigned n = unit->n_edges, begin = job->blocked_at < n ? job->blocked_at : 0;
        for (unsigned i = 0; i < n; i++) {
                unsigned place = begin + i < n ? begin + i : begin + i - n;
                if (must_wait_for(job, &unit->edges[place])) {
                        job->blocked_at = place;
                        return false;
                }
        }
        return true;
}

/* --- what comes next -----------------------------------------------------------------------------
 */

#define EDGES_MAX 64 /* of a unit that is looked at: a guess must cost little */

/* A start of which nothing but its process is to be expected, and which does not ask first whether
 * there are others (SendSIGKILL=no). */
static bool is_plain_start(const Job *job) {
        const Unit *unit = job->unit;
        const UnitSpec *spec = unit->spec;
        return job->type == JOB_START && job->state == JOB_WAITING && unit->type == UNIT_SERVICE &&
               unit->load_state == UNIT_LOADED && unit->n_edges <= EDGES_MAX && !spec->replaced &&
               unit_spec_bool(spec, DIRECTIVE_SEND_SIGKILL) &&
               unit_spec_commands(spec, DIRECTIVE_EXEC_START) &&
               !unit_spec_conditions(spec, DIRECTIVE_CONDITION) &&
               !unit_spec_conditions(spec, DIRECTIVE_ASSERT) &&
               active_state_is_down(unit_active_state(unit));
}

static bool waits_for_nothing_but(const Job *job, const Unit *other) {
        const Unit *unit = job->unit;
        for (unsigned i = 0; i < unit->n_edges; i++)
                if (unit->edges[i].other != other && must_wait_for(job, &unit->edges[i]))
                        return false;
        return true;
}

Unit *engine_expected_start(Engine *engine) {
        Job *first = LIST_FIRST(&engine->run_queue, Job, run_queue);
        if (first)
                return is_plain_start(first) && is_runnable(first) ? first->unit : NULL;
        const Job *begun = engine_find_job(engine, engine->last_begun);
        if (!begun || begun->state != JOB_RUNNING || begun->unit->n_edges > EDGES_MAX)
                return NULL;
        for (unsigned i = 0; i < begun->unit->n_edges; i++) {
                const UnitEdge *edge = &begun->unit->edges[i];
                const Job *job = edge->kinds & DEP_BIT(DEP_BEFORE) ? edge->other->job : NULL;
                if (job && is_plain_start(job) && waits_for_nothing_but(job, begun->unit))
                        return edge->other;
        }
        return NULL;
}

/* --- time-outs
 * ------------------------------------------------------------------------------------ */

static uint64_t limit_of(const Unit *unit, DirectiveId id) {
        return unit->spec && unit_spec_find(unit->spec, id) ? unit_spec_number(unit->spec, id)
                                                            : USEC_INFINITY;
}

void job_queue_arm(Engine *engine, Job *job) {
        uint64_t total = limit_of(job->unit, DIRECTIVE_JOB_TIMEOUT_SEC);
        uint64_t running = limit_of(job->unit, DIRECTIVE_JOB_RUNNING_TIMEOUT_SEC);
        if (job->unit->type == UNIT_DEVICE && total == USEC_INFINITY && running == USEC_INFINITY)
                running = DEVICE_TIMEOUT_USEC;
        uint64_t deadline = usec_add(job->created_usec, total);
        if (job->state == JOB_RUNNING)
                deadline = MIN(deadline, usec_add(job->running_since_usec, running));
        if (deadline == USEC_INFINITY)
                pqueue_remove(&engine->job_timers, &job->timer);
        else if (pqueue_set(&engine->job_timers, &job->timer, deadline) < 0)
                unit_log(job->unit, LOG_ERR, "%s: Failed to arm job time-out", job->unit->id);
}

static void expire(Engine *engine, Job *job) {
        Unit *unit = job->unit;
        unit_log(unit,
                 LOG_WARNING,
                 "%s: Job %s/%s timed out.",
                 unit->id,
                 unit->id,
                 job_type_name(job->type));
        unit_history_cause(unit, CAUSE_TIMEOUT, 0, NULL);
        job_end(engine, job, JOB_TIMEOUT, 0);
        EmergencyAction action =
                (EmergencyAction)unit_spec_number(unit->spec, DIRECTIVE_JOB_TIMEOUT_ACTION);
        engine_emergency(unit, action, "job timed out", -1);
}

void job_queue_expire(Engine *engine, uint64_t now_usec) {
        for (PqueueItem *item; (item = pqueue_first(&engine->job_timers));) {
                if (item->key > now_usec)
                        return;
                expire(engine, CONTAINER_OF(item, Job, timer));
        }
}

/* --- running
 * -------------------------------------------------------------------------------------- */

typedef struct OutcomeRow {
        JobResult result;
        unsigned flags;
} OutcomeRow;

/* How a job ends for each outcome that ends it. */
static const OutcomeRow outcome_rows[] = {
        [UNIT_ALREADY] = { JOB_DONE, JOB_END_QUIET },
        [UNIT_REFUSED] = { JOB_INVALID, 0 },
        [UNIT_UNSUPPORTED] = { JOB_UNSUPPORTED, 0 },
        [UNIT_FAILED_NOW] = { JOB_FAILED, 0 },
        [UNIT_SKIPPED] = { JOB_DONE,
                           0 }, /* for systemd a condition that does not hold is no failure */
        [UNIT_ASSERT_FAILED] = { JOB_ASSERT, 0 },
        [UNIT_ONCE_ONLY] = { JOB_ONCE, 0 },
        [UNIT_NEEDS_OTHER] = { JOB_DEPENDENCY, 0 },
        [UNIT_NOT_ACTIVE] = { JOB_SKIPPED, 0 },
};

static void set_running(Engine *engine, Job *job, bool running) {
        job->state = running ? JOB_RUNNING : JOB_WAITING;
        job->running_since_usec = running ? engine_now_usec(engine) : 0;
        job_queue_arm(engine, job);
        engine->ports.job_changed(engine->ports.userdata, job);
}

static void note_cause(const Job *job) {
        if (job->by_request)
                unit_history_cause(job->unit, CAUSE_REQUEST, (int)job->id, NULL);
        else if (job->because)
                unit_history_cause(job->unit, CAUSE_DEPENDENCY, (int)job->id, job->because);
}

void job_announce(const Unit *unit) {
        Engine *engine = unit->engine;
        const Job *job = unit->job;
        if (!job || job->type != JOB_START || engine->beginning != job->id)
                return;
        engine->beginning = 0;
        engine->announced = unit_now(unit);
        job_message_begin(unit, JOB_START);
}

static void run_one(Engine *engine, Job *job) {
        Unit *unit = job->unit;
        uint32_t id = job->id;
        JobType type = job->type;
        set_running(engine, job, true);
        if (type == JOB_START)
                engine->last_begun = id;
        note_cause(job);
        engine->beginning = id;
        int outcome = job_perform(job);
        bool is_announced = engine->beginning != id;
        engine->beginning = 0;
        engine->announced = (DualTimestamp){ 0 };
        job = engine_find_job(engine, id); /* it may have ended by a change of state */
        if (!job || job->type != type || job->state != JOB_RUNNING)
                return;
        if (outcome == UNIT_UNDER_WAY)
                return;
        if (outcome == UNIT_DONE_OR_RUNNING) {
                if (!is_announced)
                        job_message_begin(unit, type);
        } else if (outcome == UNIT_AGAIN)
                set_running(engine, job, false);
        else if (outcome < 0)
                job_end(engine, job, JOB_FAILED, 0);
        else
                job_end(engine, job, outcome_rows[outcome].result, outcome_rows[outcome].flags);
}

bool job_queue_run(Engine *engine, unsigned *budget) {
        bool any = false;
        for (Job *job; *budget > 0 && (job = LIST_FIRST(&engine->run_queue, Job, run_queue));) {
                list_remove(&job->run_queue);
                if (job->state != JOB_WAITING || !is_runnable(job))
                        continue;
                (*budget)--;
                any = true;
                run_one(engine, job);
        }
        return any;
}

/* --- changes of state
 * --------------------------------------------------------------------------------- */

static JobResult result_of_end(ActiveState now) {
        return now == ACTIVE_STATE_FAILED ? JOB_FAILED : JOB_DONE;
}

/* ExecCondition= said no: not a failure, and not done either. */
static bool was_skipped(const Unit *unit) {
        return unit->service && unit->service->result == SERVICE_SKIP_CONDITION;
}

static bool note_for_start(Engine *engine, Job *job, ActiveState now) {
        if (active_state_is_up(now)) {
                job_end(engine, job, JOB_DONE, 0);
                return false;
        }
        if (job->state != JOB_RUNNING || now == ACTIVE_STATE_ACTIVATING)
                return false;
        if (active_state_is_down(now))
                job_end(engine, job, was_skipped(job->unit) ? JOB_SKIPPED : result_of_end(now), 0);
        return true;
}

static bool note_for_reload(Engine *engine, Job *job, ActiveState now) {
        Unit *unit = job->unit;
        const UnitOps *ops = unit_ops(unit->type);
        if (job->state != JOB_RUNNING || now == ACTIVE_STATE_ACTIVATING ||
            now == ACTIVE_STATE_RELOADING)
                return false;
        if (now == ACTIVE_STATE_ACTIVE) {
                bool ok = !ops->reload_ok || ops->reload_ok(unit);
                job_end(engine, job, ok ? JOB_DONE : JOB_FAILED, 0);
                return false;
        }
        if (active_state_is_down(now))
                job_end(engine, job, result_of_end(now), 0);
        return true;
}

static bool note_for_stop(Engine *engine, Job *job, ActiveState now) {
        if (active_state_is_down(now)) {
                job_end(engine, job, JOB_DONE, 0);
                return false;
        }
        if (job->state != JOB_RUNNING || now == ACTIVE_STATE_DEACTIVATING)
                return false;
        job_end(engine, job, JOB_FAILED, 0);
        return true;
}

bool job_queue_note_state(Unit *unit, ActiveState now) {
        Job *job = unit->job;
        Engine *engine = unit->engine;
        if (!job)
                return true;
        if (job->state == JOB_WAITING)
                job_queue_add(engine, job); /* it may have been put off by the state before */
        switch (job->type) {
        case JOB_START:
        case JOB_VERIFY_ACTIVE:
                return note_for_start(engine, job, now);
        case JOB_RELOAD:
        case JOB_RELOAD_OR_START:
        case JOB_TRY_RELOAD:
                return note_for_reload(engine, job, now);
        case JOB_STOP:
        case JOB_RESTART:
        case JOB_TRY_RESTART:
                return note_for_stop(engine, job, now);
        case JOB_NOP:
        case JOB_TYPE_COUNT:
                break;
        }
        return false;
}
