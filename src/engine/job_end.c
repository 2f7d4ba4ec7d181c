/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "engine/job_queue.h"
#include "engine/unit_activation.h"
#include "engine/unit_history.h"
#include "engine/unit_propagate.h"
#include "engine/unit_registry.h"

#define START_FAILS_WITH                                                                           \
        (DEP_BIT(DEP_REQUIRED_BY) | DEP_BIT(DEP_REQUISITE_OF) | DEP_BIT(DEP_BOUND_BY))
#define NEEDS                                                                                      \
        (DEP_BIT(DEP_REQUIRES) | DEP_BIT(DEP_WANTS) | DEP_BIT(DEP_BINDS_TO) | DEP_BIT(DEP_UPHOLDS))

void job_drop(Engine *engine, Job *job) {
        list_remove(&job->all);
        list_remove(&job->run_queue);
        pqueue_remove(&engine->job_timers, &job->timer);
        (void)hashtable_remove_number(engine->jobs_by_id, job->id);
        job->unit->job = NULL;
        engine->n_jobs--;
        free(job->because);
        free(job);
}

void job_queue_wake_neighbours(Unit *unit) {
        unsigned cursor = 0;
        uint32_t ordered = DEP_BIT(DEP_BEFORE) | DEP_BIT(DEP_AFTER);
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, ordered, &cursor));)
                if (edge->other->job)
                        job_queue_add(unit->engine, edge->other->job);
}

/* Start jobs of neighbours that cannot succeed any more; they end after this one, without
 * recursion. */
static void fail_neighbours(Unit *unit, uint32_t mask, ListLink *failing) {
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, mask, &cursor));) {
                Job *job = edge->other->job;
                if (!job || (job->type != JOB_START && job->type != JOB_VERIFY_ACTIVE))
                        continue;
                unit_history_cause(edge->other, CAUSE_DEPENDENCY_FAILED, 0, unit->id);
                list_remove(&job->run_queue);
                list_append(failing, &job->run_queue);
        }
}

static void fail_dependents(Unit *unit, JobType type, JobResult result, ListLink *failing) {
        bool starts = type == JOB_START || type == JOB_VERIFY_ACTIVE;
        if (result != JOB_DONE && starts)
                fail_neighbours(unit, START_FAILS_WITH, failing);
        else if (result != JOB_DONE && type == JOB_STOP)
                fail_neighbours(unit, DEP_BIT(DEP_CONFLICTED_BY), failing);
        else if (result == JOB_DONE && (type == JOB_START || type == JOB_RELOAD) &&
                 !active_state_is_up(unit_active_state(unit)))
                fail_neighbours(unit, DEP_BIT(DEP_REQUISITE_OF), failing);
}

/* The stop half of a restart is done: the start half begins. */
static void turn_into_start(Engine *engine, Job *job) {
        job->type = JOB_START;
        job->state = JOB_WAITING;
        job->running_since_usec = 0;
        job_queue_arm(engine, job);
        engine->ports.job_changed(engine->ports.userdata, job);
        job_queue_add(engine, job);
        job_queue_wake_neighbours(job->unit);
}

static void look_for_unneeded(Unit *unit) {
        unsigned cursor = 0;
        if (!active_state_is_down(unit_active_state(unit)))
                return;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, NEEDS, &cursor));)
                if (!list_is_linked(&edge->other->needed_queue))
                        list_append(&unit->engine->needed_queue, &edge->other->needed_queue);
}

/* A start that came to nothing changes no state, but people ask why. */
static void note_vain_start(Unit *unit, JobResult result) {
        bool skipped = result == JOB_DONE && !(unit->flags & UNIT_CONDITION_RESULT);
        bool vain = skipped || result == JOB_DEPENDENCY || result == JOB_ASSERT ||
                    result == JOB_UNSUPPORTED;
        if (vain && active_state_is_down(unit_active_state(unit)))
                unit_history_add(unit, unit->state, unit->state);
}

static void say_failed(const Unit *unit, JobType type, JobResult result) {
        char fields[96];

        (void)snprintf(fields,
                       sizeof(fields),
                       "JOB_TYPE=%s\nJOB_RESULT=%s\n",
                       job_type_name(type),
                       job_result_name(result)); /* names are short */
        unit_log_about(unit, NULL, fields);
        unit_log(unit,
                 LOG_NOTICE,
                 "%s: Job %s/%s failed with result '%s'.",
                 unit->id,
                 unit->id,
                 job_type_name(type),
                 job_result_name(result));
}

static void end_one(Engine *engine, Job *job, JobResult result, unsigned flags, ListLink *failing) {
        Unit *unit = job->unit;
        JobType type = job->type;
        if (!(flags & JOB_END_QUIET))
                job_message_end(unit, type, result);
        if (result == JOB_DONE && type == JOB_RESTART) {
                turn_into_start(engine, job);
                return;
        }
        if (result == JOB_FAILED || result == JOB_INVALID)
                engine->n_failed_jobs_ever++;
        engine->ports.job_removed(engine->ports.userdata, job, result);
        job_drop(engine, job);
        unit_mark_changed(unit);
        if (!(flags & JOB_END_ALONE))
                fail_dependents(unit, type, result, failing);
        if (type == JOB_START && result == JOB_DEPENDENCY)
                unit_retry_wait(unit);
        if (type == JOB_START)
                note_vain_start(unit, result);
        if (result == JOB_TIMEOUT || result == JOB_DEPENDENCY) {
                say_failed(unit, type, result);
                unit_trigger_handlers(unit, false);
        }
        job_queue_wake_neighbours(unit);
        look_for_unneeded(unit);
        if (result != JOB_DONE && active_state_is_down(unit_active_state(unit)))
                unit_activation_clear(unit);
        if (flags & JOB_END_ALONE)
                unit_tell_triggers_later(unit);
        else
                unit_tell_triggers(unit);
        unit_collect_later(unit);
}

void job_end(Engine *engine, Job *job, JobResult result, unsigned flags) {
        ListLink failing;
        list_init(&failing);
        end_one(engine, job, result, flags, &failing);
        for (Job *next; (next = LIST_FIRST(&failing, Job, run_queue));) {
                list_remove(&next->run_queue);
                end_one(engine, next, JOB_DEPENDENCY, 0, &failing);
        }
}

void job_finish(Engine *engine, Job *job, JobResult result) {
        job_end(engine, job, result, 0);
}
