/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_propagate.h"

#include <assert.h>
#include <stdio.h>
#include <syslog.h>

#include "base/duration.h"
#include "engine/job_queue.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"
#include "engine/unit_registry.h"

/* A unit is started or stopped for the sake of others at most this often. */
#define AUTOMATIC_BURST 16
#define AUTOMATIC_INTERVAL_USEC (10 * USEC_PER_SEC)

/* Units that may stop being needed when this one goes down. */
#define NEEDS                                                                                      \
        (DEP_BIT(DEP_REQUIRES) | DEP_BIT(DEP_WANTS) | DEP_BIT(DEP_BINDS_TO) | DEP_BIT(DEP_UPHOLDS))
/* Units that need this one while they are not down. */
#define NEEDED_BY                                                                                  \
        (DEP_BIT(DEP_REQUIRED_BY) | DEP_BIT(DEP_REQUISITE_OF) | DEP_BIT(DEP_WANTED_BY) |           \
         DEP_BIT(DEP_BOUND_BY) | DEP_BIT(DEP_UPHELD_BY))
#define CONFLICTS (DEP_BIT(DEP_CONFLICTS) | DEP_BIT(DEP_CONFLICTED_BY))
#define STOPS_WITH (DEP_BIT(DEP_BOUND_BY) | DEP_BIT(DEP_PROPAGATES_STOP_TO))
#define RETRIES_AFTER (DEP_BIT(DEP_REQUIRED_BY) | DEP_BIT(DEP_REQUISITE_OF) | DEP_BIT(DEP_BOUND_BY))

static bool will_restart(const Unit *unit) {
        return unit->service && unit->service->will_auto_restart;
}

/* Queues a job on account of another unit; why not is logged, nobody waits for it. */
static void enqueue_for(Unit *unit, JobType type, JobMode mode, const Unit *because) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        unit_history_cause(unit, CAUSE_BOUND, 0, because->id);
        if (engine_enqueue_job(unit, type, mode, &error, NULL) < 0)
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to enqueue %s job, ignoring: %s",
                         unit->id,
                         job_type_name(type),
                         error.text);
}

/* --- changes that no job asked for
 * ----------------------------------------------------------------- */

/* The unit came up by itself: what it needs should have been there before. */
static void start_retroactively(Unit *unit) {
        unsigned cursor = 0;
        uint32_t strong = DEP_BIT(DEP_REQUIRES) | DEP_BIT(DEP_BINDS_TO) | DEP_BIT(DEP_UPHOLDS);
        uint32_t mask = strong | DEP_BIT(DEP_WANTS) | CONFLICTS;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, mask, &cursor));) {
                Unit *other = edge->other;
                uint32_t kinds = edge->kinds;
                ActiveState state = unit_active_state(other);
                bool starts = !(kinds & DEP_BIT(DEP_AFTER)) && !active_state_is_rising(state);
                if ((kinds & strong) && starts)
                        enqueue_for(other, JOB_START, JOB_MODE_REPLACE, unit);
                else if ((kinds & DEP_BIT(DEP_WANTS)) && starts)
                        enqueue_for(other, JOB_START, JOB_MODE_FAIL, unit);
                if ((kinds & CONFLICTS) && !active_state_is_falling(state))
                        enqueue_for(other, JOB_STOP, JOB_MODE_REPLACE, unit);
        }
}

/* The unit went down by itself: what is bound to it goes too. */
static void stop_retroactively(Unit *unit) {
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, STOPS_WITH, &cursor));)
                if (!active_state_is_falling(unit_active_state(edge->other)))
                        enqueue_for(edge->other, JOB_STOP, JOB_MODE_REPLACE, unit);
}

/* --- limits ------------------------------------------------------------------------------- */

static bool may_act(Unit *unit) {
        uint64_t now = engine_now_usec(unit->engine);
        if (now - unit->automatic_begin_usec > AUTOMATIC_INTERVAL_USEC) {
                unit->automatic_begin_usec = now;
                unit->n_automatic = 0;
        }
        return unit->n_automatic++ < AUTOMATIC_BURST;
}

/* --- handlers and actions
 * ------------------------------------------------------------------------------ */

void unit_trigger_handlers(Unit *unit, bool on_success) {
        DependencyKind kind = on_success ? DEP_ON_SUCCESS : DEP_ON_FAILURE;
        DirectiveId mode_id =
                on_success ? DIRECTIVE_ON_SUCCESS_JOB_MODE : DIRECTIVE_ON_FAILURE_JOB_MODE;
        unsigned cursor = 0, n_jobs = 0;
        JobMode mode = (JobMode)unit_spec_number(unit->spec, mode_id);
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, DEP_BIT(kind), &cursor));) {
                if (n_jobs == 0 && !may_act(unit)) {
                        unit_log(
                                unit,
                                LOG_WARNING,
                                "%s: Not triggering %s= dependencies since we did so too often recently.",
                                unit->id,
                                dependency_kind_name(kind));
                        return;
                }
                if (n_jobs++ == 0)
                        unit_log(unit,
                                 LOG_INFO,
                                 "%s: Triggering %s= dependencies.",
                                 unit->id,
                                 dependency_kind_name(kind));
                enqueue_for(edge->other, JOB_START, mode, unit);
        }
}

static void act_on_end(Unit *unit, ActiveState was, ActiveState now) {
        if (will_restart(unit) || !unit->spec)
                return;
        bool failed = was != ACTIVE_STATE_FAILED && now == ACTIVE_STATE_FAILED;
        bool succeeded = !active_state_is_down(was) && now == ACTIVE_STATE_INACTIVE;
        if (!failed && !succeeded)
                return;
        unit_trigger_handlers(unit, succeeded);
        DirectiveId action = failed ? DIRECTIVE_FAILURE_ACTION : DIRECTIVE_SUCCESS_ACTION;
        DirectiveId status = failed ? DIRECTIVE_FAILURE_ACTION_EXIT_STATUS
                                    : DIRECTIVE_SUCCESS_ACTION_EXIT_STATUS;
        EmergencyAction wanted = (EmergencyAction)unit_spec_number(unit->spec, action);
        if (wanted == EMERGENCY_NONE)
                return;
        AUTO(strbuf_done) StrBuf why = STRBUF_INIT;
        strbuf_addf(&why, "unit %s %s", unit->id, failed ? "failed" : "succeeded");
        int exit_status =
                unit_spec_find(unit->spec, status) ? (int)unit_spec_number(unit->spec, status) : -1;
        engine_emergency(unit, wanted, strbuf_text(&why), exit_status);
}

/* --- RetryDependents=
 * ---------------------------------------------------------------------------------- */

void unit_retry_wait(Unit *unit) {
        if (unit->load_state != UNIT_LOADED ||
            !unit_spec_bool(unit->spec, DIRECTIVE_RETRY_DEPENDENTS))
                return;
        unit->flags |= UNIT_RETRY_WAITING;
        unit_mark_changed(unit);
}

void unit_retry_forget(Unit *unit) {
        if (!(unit->flags & UNIT_RETRY_WAITING))
                return;
        unit->flags &= ~(unsigned)UNIT_RETRY_WAITING;
        unit_mark_changed(unit);
        unit_collect_later(unit);
}

static void retry_dependents(Unit *unit) {
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, RETRIES_AFTER, &cursor));) {
                Unit *other = edge->other;
                if (!(other->flags & UNIT_RETRY_WAITING))
                        continue;
                unit_retry_forget(other);
                if (!other->job && active_state_is_down(unit_active_state(other)))
                        enqueue_for(other, JOB_START, JOB_MODE_FAIL, unit);
        }
}

/* --- units to look at again when all is quiet
 * ------------------------------------------------------------ */

static void look_again(Unit *unit) {
        if (!list_is_linked(&unit->needed_queue))
                list_append(&unit->engine->needed_queue, &unit->needed_queue);
}

static void look_again_at(Unit *unit, uint32_t mask) {
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, mask, &cursor));)
                look_again(edge->other);
}

/* The first neighbour of these kinds without a job whose state is as the test says; NULL. */
static const Unit *settled_neighbour(const Unit *unit, uint32_t mask, bool (*test)(ActiveState)) {
        unsigned cursor = 0;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, mask, &cursor));)
                if (!edge->other->job && test(unit_active_state(edge->other)))
                        return edge->other;
        return NULL;
}

static bool is_unneeded(const Unit *unit) {
        unsigned cursor = 0;
        if (!active_state_is_up(unit_active_state(unit)) ||
            !unit_spec_bool(unit->spec, DIRECTIVE_STOP_WHEN_UNNEEDED))
                return false;
        for (const UnitEdge *edge; (edge = unit_graph_next(unit, NEEDED_BY, &cursor));)
                if (edge->other->job || !active_state_is_down(unit_active_state(edge->other)) ||
                    will_restart(edge->other))
                        return false;
        return true;
}

static bool stop_unneeded(Unit *unit) {
        if (!is_unneeded(unit))
                return false;
        EngineError error = { .code = ENGINE_ERROR_NONE };
        if (!may_act(unit)) {
                unit_log(
                        unit,
                        LOG_WARNING,
                        "%s: Unit not needed anymore, but not stopping since we tried this too often recently.",
                        unit->id);
                return true;
        }
        unit_log(unit, LOG_DEBUG, "%s: Unit not needed anymore. Stopping.", unit->id);
        if (engine_enqueue_job(unit, JOB_STOP, JOB_MODE_FAIL, &error, NULL) < 0)
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to enqueue stop job, ignoring: %s",
                         unit->id,
                         error.text);
        return true;
}

static bool stop_bound(Unit *unit) {
        if (unit_active_state(unit) != ACTIVE_STATE_ACTIVE)
                return false;
        const Unit *gone = settled_neighbour(unit, DEP_BIT(DEP_BINDS_TO), active_state_is_down);
        if (!gone)
                return false;
        if (!may_act(unit))
                unit_log(
                        unit,
                        LOG_WARNING,
                        "%s: Unit needs to be stopped because it is bound to inactive unit %s it, but not stopping since we tried this too often recently.",
                        unit->id,
                        gone->id);
        else
                enqueue_for(unit, JOB_STOP, JOB_MODE_REPLACE, gone);
        return true;
}

static bool start_upheld(Unit *unit) {
        if (!active_state_is_down(unit_active_state(unit)) || unit->load_state != UNIT_LOADED)
                return false;
        const Unit *holder = settled_neighbour(unit, DEP_BIT(DEP_UPHELD_BY), active_state_is_up);
        if (!holder)
                return false;
        if (!may_act(unit))
                unit_log(
                        unit,
                        LOG_WARNING,
                        "%s: Unit needs to be started because active unit %s upholds it, but not starting since we tried this too often recently.",
                        unit->id,
                        holder->id);
        else
                enqueue_for(unit, JOB_START, JOB_MODE_FAIL, holder);
        return true;
}

bool unit_propagate_needed(Engine *engine) {
        bool any = false;
        for (Unit *unit; (unit = LIST_FIRST(&engine->needed_queue, Unit, needed_queue));) {
                list_remove(&unit->needed_queue);
                any = true;
                if (unit->flags & UNIT_TELLS_TRIGGERS) {
                        unit->flags &= ~(unsigned)UNIT_TELLS_TRIGGERS;
                        unit_tell_triggers(unit);
                }
                if (unit->job || !unit->spec)
                        continue;
                if (!stop_unneeded(unit) && !stop_bound(unit))
                        (void)start_upheld(unit); /* whether it did matters to nobody */
        }
        return any;
}

static void queue_consequences(Unit *unit, ActiveState now) {
        if (active_state_is_down(now)) {
                look_again_at(unit, NEEDS | DEP_BIT(DEP_BOUND_BY));
                look_again(unit); /* somebody may hold it up */
                unit_collect_later(unit);
        }
        if (active_state_is_up(now)) {
                look_again_at(unit, DEP_BIT(DEP_UPHOLDS));
                look_again(
                        unit); /* it may be unneeded, or what it is bound to has gone meanwhile */
        }
}

void unit_tell_triggers(Unit *unit) {
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERED_BY), &cursor));) {
                Unit *other = edge->other;
                const UnitOps *ops = unit_ops(other->type);
                if (ops->on_triggered && (other->flags & UNIT_INITIALISED))
                        ops->on_triggered(other, unit);
        }
}

void unit_tell_triggers_later(Unit *unit) {
        unit->flags |= UNIT_TELLS_TRIGGERS;
        look_again(unit);
}

void unit_propagate(Unit *unit, ActiveState was, ActiveState now) {
        bool unexpected = job_queue_note_state(unit, now);
        if (unexpected && active_state_is_down(was) && active_state_is_rising(now))
                start_retroactively(unit);
        else if (unexpected && active_state_is_rising(was) && active_state_is_falling(now))
                stop_retroactively(unit);
        if (was != now)
                act_on_end(unit, was, now);
        if (active_state_is_up(now) && !active_state_is_up(was)) {
                unit_retry_forget(unit);
                retry_dependents(unit);
        }
        queue_consequences(unit, now);
        unit_tell_triggers(unit);
}
