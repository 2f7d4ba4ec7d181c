/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>

#include "base/duration.h"
#include "engine/socket_unit.h"
#include "engine/timer_unit.h"
#include "fake_ports.h"
#include "walk.h"

void walk_fail(Walk *walk, const char *format, ...) {
        if (walk_has_failed(walk))
                return;
        va_list args;
        va_start(args, format);
        strbuf_addf_va(&walk->failure, format, args);
        va_end(args);
}

bool walk_has_failed(const Walk *walk) {
        return walk->failure.length > 0;
}

/* --- the graph
 * ------------------------------------------------------------------------------------- */

static uint32_t inverse_of(uint32_t kinds) {
        uint32_t inverse = 0;
        for (unsigned i = 0; i < DEPENDENCY_KIND_COUNT; i++)
                if (kinds & DEP_BIT(i))
                        inverse |= DEP_BIT(dependency_kind_inverse((DependencyKind)i));
        return inverse;
}

static void check_edges(Walk *walk, const Unit *unit) {
        for (unsigned i = 0; i < unit->n_edges; i++) {
                const UnitEdge *edge = &unit->edges[i];
                if (engine_find_unit(walk->host->engine, edge->other->id) != edge->other)
                        walk_fail(walk, "%s has an edge to a unit that is gone", unit->id);
                const UnitEdge *back = &edge->other->edges[edge->reverse];
                if (back->other != unit || back->reverse != i)
                        walk_fail(
                                walk, "%s: edge to %s has no way back", unit->id, edge->other->id);
                if (edge->kinds != inverse_of(back->kinds) ||
                    edge->kinds != (edge->own_kinds | inverse_of(back->own_kinds)))
                        walk_fail(
                                walk, "%s: edge to %s is not symmetric", unit->id, edge->other->id);
        }
}

/* --- processes
 * --------------------------------------------------------------------------------------- */

static void check_pid(Walk *walk, const Unit *unit, pid_t pid, bool may_live, const char *what) {
        if (pid == 0)
                return;
        const FakeProcess *process = fake_host_process(walk->host, pid);
        if (!may_live)
                walk_fail(walk,
                          "%s has a %s process in state %s",
                          unit->id,
                          what,
                          unit_sub_state_name(unit));
        if (!process || !process->alive)
                walk_fail(walk, "%s: the %s process %d is gone", unit->id, what, (int)pid);
        if (engine_unit_by_pid(walk->host->engine, pid) != unit)
                walk_fail(walk, "%s: the %s process %d is not watched", unit->id, what, (int)pid);
}

static void check_processes(Walk *walk, const Unit *unit) {
        const StateRow *row = unit_state_row(unit->type, unit->state);
        if (!unit->service)
                return;
        check_pid(walk, unit, unit->service->main_pid, row->main_may_live, "main");
        check_pid(walk, unit, unit->service->control_pid, row->control_may_live, "control");
}

/* --- timers ------------------------------------------------------------------------------------
 */

static bool is_at_rest(const Unit *unit) {
        return !unit->job && active_state_is_down(unit_active_state(unit));
}

/* It is armed when it waits for something, and runs as long as its unit does. */
static void check_timer(Walk *walk, const Unit *unit) {
        const TimerRuntime *t = unit->timer;
        unsigned cursor = 0;
        if (!t)
                return;
        const UnitEdge *edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor);
        bool has_next =
                t->next_realtime_usec != USEC_INFINITY || t->next_monotonic_usec != USEC_INFINITY;
        bool is_armed = t->timer.item.position > 0;
        if (is_armed != (unit->state == TIMER_WAITING && has_next))
                walk_fail(walk,
                          "%s is %s in state %s",
                          unit->id,
                          is_armed ? "armed" : "not armed",
                          unit_sub_state_name(unit));
        if (unit->state == TIMER_RUNNING && (!edge || is_at_rest(edge->other)))
                walk_fail(walk, "%s runs, its unit does not", unit->id);
        if (t->run.started_usec > 0 && (!edge || is_at_rest(edge->other)))
                walk_fail(walk, "the run of %s is over, which was not written down", unit->id);
}

static void check_socket(Walk *walk, const Unit *unit) {
        const StateRow *row = unit_state_row(unit->type, unit->state);
        const SocketRuntime *s = unit->socket;
        if (!s)
                return;
        check_pid(walk, unit, s->control_pid, row->control_may_live, "control");
        bool is_up = unit->state == SOCKET_LISTENING || unit->state == SOCKET_RUNNING;
        if (is_up && !s->is_open)
                walk_fail(walk, "%s is up and holds no descriptors", unit->id);
        if (active_state_is_down(unit_active_state(unit)) && s->is_open)
                walk_fail(walk, "%s is down and holds descriptors", unit->id);
        if (s->is_watched != (unit->state == SOCKET_LISTENING))
                walk_fail(walk, "%s is watched or not, whatever its state says", unit->id);
}

/* No command of ExecStart= runs twice at a time for one unit. */
static void check_main_commands(Walk *walk) {
        for (unsigned i = 0; i < walk->n_units; i++) {
                unsigned n = 0;
                for (unsigned k = 0; k < walk->host->n_processes; k++) {
                        const FakeProcess *process = walk->host->processes[k];
                        n += process->alive && process->list == DIRECTIVE_EXEC_START &&
                             streq(process->unit, walk->names[i]);
                }
                if (n > 1 && !walk->leaves_processes[i])
                        walk_fail(walk, "%s runs its main command %u times", walk->names[i], n);
        }
}

/* --- jobs
 * --------------------------------------------------------------------------------------------- */

static void check_jobs(Walk *walk) {
        const Engine *engine = walk->host->engine;
        unsigned n = 0;
        LIST_FOREACH(job, &engine->jobs, Job, all) {
                n++;
                if (job->unit->job != job || engine_find_job(engine, job->id) != job)
                        walk_fail(walk, "job %u of %s is not its unit's", job->id, job->unit->id);
                if (job->type > JOB_TYPE_MAX_MERGED)
                        walk_fail(walk, "job %u has a type that must not be installed", job->id);
        }
        if (n != engine->n_jobs)
                walk_fail(walk, "%u jobs are counted, %u are there", engine->n_jobs, n);
}

/* Whether `running` should have waited: of two units that both start the earlier one goes first, of
 * two that both stop the later one; a stop goes before a start. */
static bool is_too_early(const Job *running, const Job *other, bool running_is_after) {
        bool running_stops = running->type == JOB_STOP || running->type == JOB_RESTART;
        bool other_stops = other->type == JOB_STOP || other->type == JOB_RESTART;
        if (running->ignore_order || other->ignore_order || running->type == JOB_NOP ||
            other->type == JOB_NOP)
                return false;
        return running_is_after ? !running_stops : other_stops;
}

/* A job begins to run: nothing that comes before it may still be queued. */
static void on_job(void *userdata, const Job *job) {
        Walk *walk = userdata;
        if (job->state != JOB_RUNNING)
                return;
        for (unsigned i = 0; i < job->unit->n_edges; i++) {
                const UnitEdge *edge = &job->unit->edges[i];
                const Job *other = edge->other->job;
                if (!other)
                        continue;
                bool after = edge->kinds & DEP_BIT(DEP_AFTER),
                     before = edge->kinds & DEP_BIT(DEP_BEFORE);
                if ((after && is_too_early(job, other, true)) ||
                    (before && is_too_early(job, other, false)))
                        walk_fail(walk,
                                  "%s/%s runs although %s/%s is queued",
                                  job->unit->id,
                                  job_type_name(job->type),
                                  other->unit->id,
                                  job_type_name(other->type));
        }
}

/* --- everything
 * ----------------------------------------------------------------------------------------- */

static void check_queues(Walk *walk) {
        const Engine *engine = walk->host->engine;
        if (!list_is_empty(&engine->load_queue) || !list_is_empty(&engine->collect_queue) ||
            !list_is_empty(&engine->target_queue) || !list_is_empty(&engine->changed_queue) ||
            !list_is_empty(&engine->needed_queue))
                walk_fail(walk, "a queue is not empty after the turn");
        LIST_FOREACH(job, &engine->run_queue, Job, run_queue)
        if (walk->host->armed_usec > walk->host->now_usec)
                walk_fail(walk, "job of %s is forgotten in the run queue", job->unit->id);
}

void walk_check(Walk *walk) {
        const Engine *engine = walk->host->engine;
        unsigned n_failed = 0;
        walk->host->on_job = on_job;
        walk->host->on_job_userdata = walk;
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                check_edges(walk, unit);
                check_processes(walk, unit);
                check_timer(walk, unit);
                check_socket(walk, unit);
                n_failed += unit_active_state(unit) == ACTIVE_STATE_FAILED;
                if (unit->planned || unit->order_node)
                        walk_fail(walk, "%s keeps something of a transaction", unit->id);
        }
        if (n_failed != engine->n_failed)
                walk_fail(walk,
                          "%u failed units are counted, %u are there",
                          engine->n_failed,
                          n_failed);
        check_main_commands(walk);
        check_jobs(walk);
        check_queues(walk);
        if (walk->host->is_stuck)
                walk_fail(walk, "time stands still");
}

/* Units may bring each other up again and again by their settings, but no single job stays for
 * ever. */
void walk_check_end(Walk *walk) {
        const Engine *engine = walk->host->engine;
        LIST_FOREACH(job, &engine->jobs, Job, all)
        if (walk->host->now_usec - job->created_usec > WALK_JOB_LIFE_USEC)
                walk_fail(walk, "job %s of %s never ends", job_type_name(job->type), job->unit->id);
}
