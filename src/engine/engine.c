/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/error.h"
#include "engine/job_queue.h"
#include "engine/unit_ops.h"
#include "engine/unit_past.h"
#include "engine/unit_propagate.h"
#include "engine/unit_registry.h"

/* Rounds of due timers in one turn: what fires again and again at once waits for the next turn. */
#define TIMER_ROUNDS 2

/* --- life ----------------------------------------------------------------------------------------
 */

static void init_lists(Engine *engine) {
        for (unsigned i = 0; i < UNIT_TYPE_COUNT; i++)
                list_init(&engine->units[i]);
        list_init(&engine->jobs);
        list_init(&engine->run_queue);
        list_init(&engine->load_queue);
        list_init(&engine->target_queue);
        list_init(&engine->collect_queue);
        list_init(&engine->changed_queue);
        list_init(&engine->needed_queue);
        list_init(&engine->idle_queue);
}

static void note_sleep(Engine *engine) {
        const EnginePorts *ports = &engine->ports;
        if (ports->slept_usec)
                sleep_log_note(&engine->sleeps,
                               ports->now_monotonic_usec(ports->userdata),
                               ports->slept_usec(ports->userdata));
}

int engine_new(const EngineConfig *config, const EnginePorts *ports, Engine **ret) {
        AUTO(engine_free) Engine *engine = calloc(1, sizeof(*engine));
        if (!engine)
                return err_new(-ENOMEM);
        init_lists(engine);
        engine->config = *config;
        engine->ports = *ports;
        engine->names = hashtable_new_string();
        engine->absent_mounts = hashtable_new_string();
        engine->pasts = hashtable_new_string();
        engine->processes = hashtable_new_number();
        engine->jobs_by_id = hashtable_new_number();
        if (!engine->names || !engine->absent_mounts || !engine->pasts || !engine->processes ||
            !engine->jobs_by_id)
                return err_new(-ENOMEM);
        engine->armed_usec = USEC_INFINITY;
        engine->started_usec = ports->now_monotonic_usec(ports->userdata);
        engine->began_usec = engine->started_usec;
        note_sleep(engine);
        *ret = STEAL(engine);
        return 0;
}

static void free_absent_mounts(Engine *engine) {
        size_t cursor = 0;
        for (char *name; (name = hashtable_next(engine->absent_mounts, &cursor, NULL));)
                free(name);
        (void)hashtable_free(engine->absent_mounts);
}

Engine *engine_free(Engine *engine) {
        if (!engine)
                return NULL;
        for (Job *job; (job = LIST_FIRST(&engine->jobs, Job, all));)
                job_drop(engine, job);
        for (unsigned i = 0; i < UNIT_TYPE_COUNT; i++)
                for (Unit *unit; (unit = LIST_FIRST(&engine->units[i], Unit, by_type));)
                        (void)unit_free(unit);
        free_absent_mounts(engine);
        unit_past_clear(engine);
        (void)hashtable_free(engine->names);
        (void)hashtable_free(engine->processes);
        (void)hashtable_free(engine->jobs_by_id);
        pqueue_done(&engine->timers);
        pqueue_done(&engine->job_timers);
        free(engine);
        return NULL;
}

uint64_t engine_now_usec(const Engine *engine) {
        return engine->ports.now_monotonic_usec(engine->ports.userdata);
}

int engine_refuse(EngineError *error, EngineErrorCode code, const char *format, ...) {
        va_list args;
        error->code = code;
        va_start(args, format);
        (void)vsnprintf(error->text, sizeof(error->text), format, args); /* cut when too long */
        va_end(args);
        return err_new(-ECANCELED);
}

/* --- processes
 * ------------------------------------------------------------------------------------- */

int engine_watch_pid(Unit *unit, pid_t pid) {
        return hashtable_set_number(unit->engine->processes, (uint64_t)pid, unit);
}

void engine_unwatch_pid(Unit *unit, pid_t pid) {
        if (engine_unit_by_pid(unit->engine, pid) == unit)
                (void)hashtable_remove_number(unit->engine->processes, (uint64_t)pid);
}

Unit *engine_unit_by_pid(const Engine *engine, pid_t pid) {
        return hashtable_find_number(engine->processes, (uint64_t)pid);
}

/* --- events
 * ------------------------------------------------------------------------------------------ */

static void handle_exit(Engine *engine, const EngineEvent *event) {
        Unit *unit = hashtable_remove_number(engine->processes, (uint64_t)event->pid);
        if (unit && unit_ops(unit->type)->on_exit)
                unit_ops(unit->type)->on_exit(unit, event);
}

static void fire_timers(Engine *engine, uint64_t now_usec) {
        job_queue_expire(engine, now_usec);
        for (unsigned n = engine->timers.n_items; n > 0; n--) {
                PqueueItem *item = pqueue_first(&engine->timers);
                if (!item || item->key > now_usec)
                        return;
                UnitTimer *timer = CONTAINER_OF(item, UnitTimer, item);
                pqueue_remove(&engine->timers, item);
                unit_ops(timer->unit->type)->on_timer(timer->unit, timer);
        }
}

static void tell_timers(Engine *engine, const EngineEvent *event) {
        for (ListLink *link = engine->units[UNIT_TIMER].next, *next;
             link != &engine->units[UNIT_TIMER];
             link = next) {
                Unit *unit = CONTAINER_OF(link, Unit, by_type);
                next = link->next;
                if (unit->timer)
                        unit_ops(UNIT_TIMER)->on_event(unit, event);
        }
}

void engine_handle(Engine *engine, const EngineEvent *event) {
        engine->turn++;
        if (event->type == EVENT_PROCESS_EXIT) {
                handle_exit(engine, event);
                return;
        }
        if (event->type == EVENT_TIMER || event->type == EVENT_CLOCK_CHANGED)
                note_sleep(engine);
        if (event->type == EVENT_TIMER && !event->unit) {
                engine->armed_usec = USEC_INFINITY;
                fire_timers(engine, engine_now_usec(engine));
                return;
        }
        if (event->type == EVENT_CLOCK_CHANGED || event->type == EVENT_ZONE_CHANGED) {
                tell_timers(engine, event);
                return;
        }
        Unit *unit = event->unit ? event->unit : engine_unit_by_pid(engine, event->pid);
        if (unit && unit_ops(unit->type)->on_event && unit_wake(unit) >= 0)
                unit_ops(unit->type)->on_event(unit, event);
}

/* --- the turn
 * ------------------------------------------------------------------------------------------ */

static void announce_changes(Engine *engine) {
        const EnginePorts *ports = &engine->ports;
        for (Unit *unit; (unit = LIST_FIRST(&engine->changed_queue, Unit, changed_queue));) {
                list_remove(&unit->changed_queue);
                unit->flags &= ~(unsigned)UNIT_CHANGED;
                ports->unit_changed(ports->userdata, unit);
        }
}

static uint64_t next_deadline(const Engine *engine) {
        const PqueueItem *timer = pqueue_first(&engine->timers);
        const PqueueItem *job_timer = pqueue_first(&engine->job_timers);
        uint64_t deadline = timer ? timer->key : USEC_INFINITY;
        return job_timer && job_timer->key < deadline ? job_timer->key : deadline;
}

static void arm(Engine *engine, uint64_t deadline_usec) {
        if (deadline_usec == engine->armed_usec)
                return;
        engine->armed_usec = deadline_usec;
        engine->ports.arm_timer(engine->ports.userdata, deadline_usec);
}

/* Jobs and what they bring about until nothing moves, or the budget is used up. */
static void settle(Engine *engine, unsigned *budget) {
        bool moved = true;
        while (moved && *budget > 0) {
                unit_registry_load_all(engine);
                moved = job_queue_run(engine, budget);
                moved |= unit_propagate_needed(engine);
        }
}

void engine_begin_startup(Engine *engine) {
        engine->startup_begun = true;
}

static void finish_startup(Engine *engine) {
        if (engine->startup_done || !engine->startup_begun || engine->n_jobs > 0)
                return;
        engine->startup_done = true;
        engine->ports.startup_finished(engine->ports.userdata);
}

void engine_run(Engine *engine) {
        /* More than this in one turn are units that trigger each other in a circle: others must get
         * their turn. */
        unsigned budget = 1000 + 8 * engine->n_units;
        engine->turn++;
        settle(engine, &budget);
        for (unsigned i = 0; i < TIMER_ROUNDS; i++) {
                uint64_t deadline = next_deadline(engine);
                if (deadline == USEC_INFINITY || deadline > engine_now_usec(engine))
                        break;
                fire_timers(engine, engine_now_usec(engine));
                settle(engine, &budget);
        }
        finish_startup(engine);
        if (engine->n_jobs == 0 && service_start_idle(engine))
                settle(engine, &budget);
        unit_collect_all(engine);
        announce_changes(engine);
        bool has_more = !list_is_empty(&engine->run_queue) || !list_is_empty(&engine->needed_queue);
        arm(engine, has_more ? engine_now_usec(engine) : next_deadline(engine));
}

/* --- requests
 * --------------------------------------------------------------------------------------------- */

static bool refuses_by_hand(const Unit *unit, JobType type) {
        bool starts = type == JOB_START, stops = type == JOB_STOP;
        if (type == JOB_RESTART || type == JOB_TRY_RESTART)
                starts = stops = true;
        if (type == JOB_RELOAD_OR_START && job_type_collapse(type, unit) == JOB_START)
                starts = true;
        return (starts && unit_spec_bool(unit->spec, DIRECTIVE_REFUSE_MANUAL_START)) ||
               (stops && unit_spec_bool(unit->spec, DIRECTIVE_REFUSE_MANUAL_STOP));
}

int engine_check_request(const Unit *unit, JobType type, EngineError *error) {
        bool is_missing = unit->load_state == UNIT_NOT_FOUND || unit->load_state == UNIT_ERROR ||
                          unit->load_state == UNIT_BAD_SETTING;
        if (type == JOB_STOP && is_missing && unit_active_state(unit) == ACTIVE_STATE_INACTIVE)
                return engine_refuse(
                        error, ENGINE_ERROR_NO_SUCH_UNIT, "Unit %s not loaded.", unit->id);
        if (unit->spec && refuses_by_hand(unit, type))
                return engine_refuse(
                        error,
                        ENGINE_ERROR_ONLY_BY_DEPENDENCY,
                        "Operation refused, unit %s may be requested by dependency only (it is configured to refuse manual start/stop).",
                        unit->id);
        return 0;
}

int engine_request_job(Unit *unit, JobType type, JobMode mode, EngineError *error, Job **ret) {
        Job *job = NULL;
        int r = engine_check_request(unit, type, error);
        if (r >= 0)
                r = engine_enqueue_job(unit, type, mode, error, &job);
        if (r < 0)
                return err_pass(r);
        job->by_request = true;
        if (ret)
                *ret = job;
        return 0;
}

int engine_cancel_job(Engine *engine, uint32_t id, EngineError *error) {
        Job *job = engine_find_job(engine, id);
        if (!job) {
                (void)engine_refuse(error, ENGINE_ERROR_NO_SUCH_JOB, "Job %u does not exist.", id);
                return err_new(-ENOENT);
        }
        job_end(engine, job, JOB_CANCELED, 0);
        return 0;
}

int engine_kill_unit(
        Engine *engine, Unit *unit, unsigned whom, int signal_number, EngineError *error) {
        const EnginePorts *ports = &engine->ports;
        const ServiceRuntime *service = unit->service;
        if (!unit_ops(unit->type)->has_cgroup)
                return engine_refuse(error,
                                     ENGINE_ERROR_NOT_SUPPORTED,
                                     "Unit type %s does not support killing",
                                     unit_type_name(unit->type));
        if (whom == SIGNAL_MAIN && (!service || service->main_pid == 0))
                return engine_refuse(
                        error, ENGINE_ERROR_NO_SUCH_PROCESS, "No main process to kill");
        if (whom == SIGNAL_CONTROL && (!service || service->control_pid == 0))
                return engine_refuse(
                        error, ENGINE_ERROR_NO_SUCH_PROCESS, "No control process to kill");
        (void)ports->signal_unit(ports->userdata,
                                 unit,
                                 whom | SIGNAL_BY_CLIENT,
                                 signal_number,
                                 false); /* nobody there is fine */
        return 0;
}

void engine_reset_failed(Engine *engine, Unit *unit) {
        (void)engine; /* the owner, as in all requests */
        start_limit_reset(unit);
        unit_retry_forget(unit);
        if (unit_ops(unit->type)->reset_failed && unit_wake(unit) >= 0)
                unit_ops(unit->type)->reset_failed(unit);
        unit_mark_changed(unit);
        unit_collect_later(unit);
}

void engine_ref_unit(Unit *unit) {
        unit->n_references++;
}

void engine_unref_unit(Unit *unit) {
        if (unit->n_references > 0 && --unit->n_references == 0)
                unit_collect_later(unit);
}

void engine_emergency(Unit *unit, EmergencyAction action, const char *why, int exit_status) {
        const EnginePorts *ports = &unit->engine->ports;
        if (action != EMERGENCY_NONE)
                ports->emergency(ports->userdata, action, unit, why, exit_status);
}

/* --- state of the whole
 * ------------------------------------------------------------------------------------- */

static bool is_up(const Engine *engine, const char *name) {
        const Unit *unit = engine_find_unit(engine, name);
        return unit && active_state_is_up(unit_active_state(unit));
}

const char *engine_system_state(const Engine *engine) {
        if (engine->stopping)
                return "stopping";
        if (!engine->startup_done)
                return is_up(engine, "basic.target") ? "starting" : "initializing";
        if (is_up(engine, "rescue.target") || is_up(engine, "emergency.target"))
                return "maintenance";
        return engine->n_failed > 0 ? "degraded" : "running";
}

Unit *engine_next_unit(const Engine *engine, const Unit *previous) {
        unsigned type = previous ? previous->type : 0;
        const ListLink *link = previous ? previous->by_type.next : engine->units[0].next;
        while (link == &engine->units[type]) {
                if (++type == UNIT_TYPE_COUNT)
                        return NULL;
                link = engine->units[type].next;
        }
        return CONTAINER_OF((ListLink *)(uintptr_t)link, Unit, by_type);
}
