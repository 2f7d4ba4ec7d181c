/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/timer_unit.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "engine/engine.h"
#include "engine/timer_elapse.h"
#include "engine/timer_snapshot.h"
#include "engine/unit_activation.h"
#include "engine/unit_history.h"
#include "engine/unit_message.h"
#include "engine/unit_ops.h"
#include "unit/kinds.h"

int timer_print_calendar(const char *text, StrBuf *out) {
        AUTO(calendar_free) CalendarSpec *spec = NULL;
        int r = calendar_parse(str_of(text), &spec);
        if (r == 0)
                calendar_print(spec, out);
        return err_pass(r);
}

static const EnginePorts *ports_of(const Unit *unit) {
        return &unit->engine->ports;
}

static Unit *triggered_unit(const Unit *unit) {
        unsigned cursor = 0;
        const UnitEdge *edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor);
        return edge ? edge->other : NULL;
}

static bool is_on(const Unit *unit, DirectiveId id) {
        return unit->spec && unit_spec_bool(unit->spec, id);
}

/* --- WakeSystem= ---------------------------------------------------------------------------- */

const char *timer_refusal(const Unit *unit) {
        if (!unit->timer || unit->timer->wake_error == 0)
                return NULL;
        return unit->timer->wake_error == EPERM
                       ? "timer\trefused\tWakeSystem\tthe manager has no CAP_WAKE_ALARM"
                       : "timer\trefused\tWakeSystem\tthere is no clock that wakes this machine";
}

/* -errno when the machine cannot be woken, which is logged. */
static int set_alarm(Unit *unit, uint64_t in_usec) {
        const EnginePorts *ports = ports_of(unit);
        if (!ports->wake_machine || !is_on(unit, DIRECTIVE_WAKE_SYSTEM))
                return 0;
        int r = ports->wake_machine(ports->userdata, unit, in_usec);
        unit->timer->wake_error = r < 0 ? -r : 0;
        const char *refusal = timer_refusal(unit);
        if (refusal)
                unit_log(unit,
                         LOG_ERR,
                         "%s: Refusing WakeSystem=yes: %s.",
                         unit->id,
                         strrchr(refusal, '\t') + 1);
        return err_pass(r);
}

static void disarm(Unit *unit) {
        unit_timer_set(unit, &unit->timer->timer, USEC_INFINITY);
        if (unit->timer->wake_error == 0)
                (void)set_alarm(unit, USEC_INFINITY); /* what was set can be taken back */
}

/* --- states --------------------------------------------------------------------------------- */

static void enter_dead(Unit *unit, TimerResult result) {
        TimerRuntime *t = unit->timer;
        if (t->result == TIMER_SUCCESS)
                t->result = result;
        disarm(unit);
        t->next_realtime_usec = t->next_monotonic_usec = USEC_INFINITY;
        unit_message_end(unit, t->result == TIMER_SUCCESS ? NULL : timer_result_name(t->result));
        unit_set_state(unit, t->result == TIMER_SUCCESS ? TIMER_DEAD : TIMER_FAILED);
}

static void enter_elapsed(Unit *unit, unsigned outlook) {
        if (!is_on(unit, DIRECTIVE_REMAIN_AFTER_ELAPSE) && !(outlook & TIMER_MAY_COME_BACK)) {
                enter_dead(unit, TIMER_SUCCESS);
                return;
        }
        disarm(unit);
        if (unit->state != TIMER_ELAPSED)
                unit_set_state(unit, TIMER_ELAPSED);
}

/* What was due in the past that `past_usec` ends is not waited for, whatever AccuracySec= allows.
 */
static uint64_t wake_for(const Unit *unit, uint64_t due_usec, uint64_t past_usec) {
        uint64_t accuracy = unit_spec_number(unit->spec, DIRECTIVE_ACCURACY_SEC);
        if (due_usec <= past_usec)
                return due_usec;
        return timer_coalesce(due_usec, accuracy, unit->engine->config.perturb_usec);
}

/* Arms for the sooner of both clocks; what was due before `past` is due now. -errno when the
 * machine cannot be woken as it should. */
static int arm(Unit *unit, DualTimestamp now, DualTimestamp past) {
        TimerRuntime *t = unit->timer;
        uint64_t wake = USEC_INFINITY;
        if (t->next_monotonic_usec != USEC_INFINITY)
                wake = wake_for(unit, t->next_monotonic_usec, past.monotonic_usec);
        if (t->next_realtime_usec != USEC_INFINITY) {
                uint64_t at = wake_for(unit, t->next_realtime_usec, past.realtime_usec);
                wake = MIN(wake, usec_add(now.monotonic_usec, usec_sub(at, now.realtime_usec)));
        }
        unit_timer_set(unit, &t->timer, wake);
        return err_pass(set_alarm(unit, usec_sub(wake, now.monotonic_usec)));
}

/* AccuracySec=infinity, with which systemd fails too. */
static bool need_never_elapse(Unit *unit, unsigned outlook) {
        if (!(outlook & TIMER_HAS_NEXT) ||
            unit_spec_number(unit->spec, DIRECTIVE_ACCURACY_SEC) != USEC_INFINITY)
                return false;
        unit_log(unit,
                 LOG_ERR,
                 "%s: Refusing AccuracySec=infinity: it would never have to elapse. Give a span.",
                 unit->id);
        return true;
}

static void enter_waiting(Unit *unit, bool clock_changed) {
        TimerRuntime *t = unit->timer;
        const Unit *triggered = triggered_unit(unit);
        DualTimestamp now = unit_now(unit);
        bool is_new = clock_changed || unit->state != TIMER_WAITING;
        const DualTimestamp past = is_new ? now : (DualTimestamp){ 0 };
        const TimerMoment moment = { .realtime_usec = now.realtime_usec,
                                     .monotonic_usec = now.monotonic_usec,
                                     .clock_changed = clock_changed };
        if (!triggered) {
                enter_dead(unit, TIMER_FAILURE_RESOURCES);
                return;
        }
        unsigned outlook = timer_find_next(unit, triggered, &moment);
        if (!(outlook & TIMER_HAS_NEXT) && !is_on(unit, DIRECTIVE_ON_CLOCK_CHANGE) &&
            !is_on(unit, DIRECTIVE_ON_TIMEZONE_CHANGE)) {
                enter_elapsed(unit, outlook);
                return;
        }
        t->next_monotonic_usec = timer_add_delay(unit, t->next_monotonic_usec, &t->monotonic_delay);
        t->next_realtime_usec = timer_add_delay(unit, t->next_realtime_usec, &t->realtime_delay);
        if (need_never_elapse(unit, outlook) || arm(unit, now, past) < 0) {
                enter_dead(unit, TIMER_FAILURE_RESOURCES);
                return;
        }
        if (unit->state != TIMER_WAITING)
                unit_set_state(unit, TIMER_WAITING);
        else
                unit_mark_changed(unit);
}

/* What the processes of the triggered unit are told. */
static void tell_trigger(const Unit *unit, Unit *triggered) {
        const DualTimestamp *last = &unit->timer->last_trigger;
        unit_activation_begin(triggered, unit);
        unit_activation_add(triggered, "TRIGGER_TIMER_REALTIME_USEC=%" PRIu64, last->realtime_usec);
        unit_activation_add(
                triggered, "TRIGGER_TIMER_MONOTONIC_USEC=%" PRIu64, last->monotonic_usec);
        unit_history_cause(triggered, CAUSE_BOUND, 0, unit->id);
}

/* OnMissed=: a run failed, or some did not happen at all. */
static void tell_missed(const Unit *unit, const TimerRun *run, bool failed) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        const char *name = unit_spec_text(unit->spec, DIRECTIVE_ON_MISSED);
        Unit *handler = name ? engine_find_unit(unit->engine, name) : NULL;
        if (!handler || (!failed && run->n_missed == 0))
                return;
        unit_activation_begin(handler, unit);
        unit_history_cause(handler, CAUSE_BOUND, 0, unit->id);
        if (engine_enqueue_job(handler, JOB_START, JOB_MODE_REPLACE, &error, NULL) < 0)
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to start %s, which OnMissed= names: %s",
                         unit->id,
                         handler->id,
                         error.text);
}

/* The run is over: for the ledger. */
static void end_run(Unit *unit, const char *result) {
        const EnginePorts *ports = ports_of(unit);
        TimerRuntime *t = unit->timer;
        if (t->run.started_usec == 0)
                return;
        if (ports->timer_ran)
                ports->timer_ran(ports->userdata, unit, &t->run, result);
        tell_missed(unit, &t->run, !streq(result, "success"));
        t->run = (TimerRun){ 0 };
}

/* A run that went with the machine, or with all that the manager knew, is one that failed. */
static void end_lost_run(const Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        TimerRun run;
        if (unit->timer->run.started_usec == 0 && ports->timer_lost &&
            ports->timer_lost(ports->userdata, unit, &run))
                tell_missed(unit, &run, true);
}

/* One that began before the timer was stopped may still go on: it is the same. */
static void note_run(const Unit *unit) {
        TimerRuntime *t = unit->timer;
        const TimerMoment moment = { .realtime_usec = t->last_trigger.realtime_usec,
                                     .monotonic_usec = t->last_trigger.monotonic_usec };
        if (t->run.started_usec == 0)
                t->run = timer_find_run(unit, &moment);
        else
                t->run.n_skipped++;
}

static void enter_running(Unit *unit) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        const EnginePorts *ports = ports_of(unit);
        Unit *triggered = triggered_unit(unit);
        TimerRuntime *t = unit->timer;
        if (unit->job && unit->job->type == JOB_STOP) {
                /* It is about to go down, unless somebody thinks better of it. */
                unit_timer_set(unit, &t->timer, unit_now(unit).monotonic_usec + USEC_PER_SEC);
                return;
        }
        if (!triggered) {
                enter_dead(unit, TIMER_FAILURE_RESOURCES);
                return;
        }
        t->last_trigger = unit_now(unit);
        note_run(unit);
        tell_trigger(unit, triggered);
        if (engine_enqueue_job(triggered, JOB_START, JOB_MODE_REPLACE, &error, NULL) < 0) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to queue unit startup job: %s",
                         unit->id,
                         error.text);
                end_run(unit, timer_result_name(TIMER_FAILURE_RESOURCES));
                enter_dead(unit, TIMER_FAILURE_RESOURCES);
                return;
        }
        if (is_on(unit, DIRECTIVE_PERSISTENT) && ports->timer_stamp_write)
                ports->timer_stamp_write(ports->userdata, unit, t->last_trigger.realtime_usec);
        if (ports->timer_runs)
                ports->timer_runs(ports->userdata, unit, &t->run);
        disarm(unit);
        unit_set_state(unit, TIMER_RUNNING);
}

/* --- values --------------------------------------------------------------------------------- */

static void free_values(TimerRuntime *t) {
        for (unsigned i = 0; i < t->n_values; i++)
                (void)calendar_free(t->values[i].calendar);
        free(t->values);
        t->values = NULL;
        t->n_values = 0;
}

/* One value per rule; calendars were checked when the file was read. */
static int make_values(Unit *unit) {
        TimerRuntime *t = unit->timer;
        const RuleList *rules = unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_TIMERS) : NULL;
        unsigned n = rules ? rules->n_rules : 0;
        free_values(t);
        t->values = calloc(n + 1, sizeof(*t->values));
        if (!t->values)
                return err_new(-ENOMEM);
        t->n_values = n;
        for (unsigned i = 0; i < n; i++) {
                const Rule *rule = &rules->rules[i];
                if (rule->variant != TIMER_ON_CALENDAR)
                        continue;
                int r = calendar_parse(str_of(rule->options), &t->values[i].calendar);
                if (r == -ENOMEM)
                        return err_pass(r);
                t->values[i].is_disabled = r < 0; /* its zone has gone since */
        }
        t->made_for = unit->spec;
        return 0;
}

static void enable_again(Unit *unit, bool after_start) {
        const RuleList *rules = unit_spec_rules(unit->spec, DIRECTIVE_TIMERS);
        for (unsigned i = 0; rules && i < unit->timer->n_values && i < rules->n_rules; i++) {
                int variant = rules->rules[i].variant;
                if (after_start
                            ? variant == TIMER_ON_ACTIVE
                            : variant == TIMER_ON_UNIT_ACTIVE || variant == TIMER_ON_UNIT_INACTIVE)
                        unit->timer->values[i].is_disabled = false;
        }
}

/* --- requests ------------------------------------------------------------------------------- */

/* Persistent=: when it elapsed last, in the life of an earlier manager or machine. */
static void read_stamp(Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        uint64_t now = ports->now_realtime_usec(ports->userdata);
        if (!is_on(unit, DIRECTIVE_PERSISTENT) || !ports->timer_stamp_read)
                return;
        uint64_t stamp = ports->timer_stamp_read(ports->userdata, unit);
        if (stamp == 0)
                return;
        if (stamp < now)
                unit->timer->last_trigger.realtime_usec = stamp;
        else
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Not using persistent file timestamp as it is in the future.",
                         unit->id);
}

/* Asking for a zone is what makes the host tell of changes. */
static void follow_clock(const Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        if (ports->time_zone &&
            (is_on(unit, DIRECTIVE_ON_CLOCK_CHANGE) || is_on(unit, DIRECTIVE_ON_TIMEZONE_CHANGE)))
                (void)ports->time_zone(ports->userdata, NULL);
}

static int timer_start(Unit *unit) {
        const Unit *triggered = triggered_unit(unit);
        if (unit->state != TIMER_DEAD && unit->state != TIMER_FAILED)
                return UNIT_ALREADY;
        if (!triggered ||
            (triggered->load_state != UNIT_LOADED && triggered->load_state != UNIT_STUB)) {
                unit_log(unit,
                         LOG_ERR,
                         "%s: Refusing to start, unit %s to trigger not loaded.",
                         unit->id,
                         triggered ? triggered->id : "n/a");
                return UNIT_FAILED_NOW;
        }
        if (start_limit_hit(unit)) {
                enter_dead(unit, TIMER_FAILURE_START_LIMIT_HIT);
                return UNIT_FAILED_NOW;
        }
        if (unit->timer->made_for != unit->spec && make_values(unit) < 0)
                return UNIT_FAILED_NOW;
        enable_again(unit, true);
        read_stamp(unit);
        end_lost_run(unit);
        unit->timer->result = TIMER_SUCCESS;
        follow_clock(unit);
        enter_waiting(unit, false);
        return unit->state == TIMER_FAILED ? UNIT_FAILED_NOW : UNIT_DONE_OR_RUNNING;
}

static int timer_stop(Unit *unit) {
        enter_dead(unit, TIMER_SUCCESS);
        return UNIT_DONE_OR_RUNNING;
}

static void timer_reset_failed(Unit *unit) {
        if (unit->state == TIMER_FAILED)
                unit_set_state(unit, TIMER_DEAD);
        unit->timer->result = TIMER_SUCCESS;
}

/* --- events --------------------------------------------------------------------------------- */

/* The clock of the wall was set: what elapsed in what is now the future may do so again. */
static void on_clock_change(Unit *unit) {
        TimerRuntime *t = unit->timer;
        uint64_t now = unit_now(unit).realtime_usec;
        t->last_trigger.realtime_usec = MIN(t->last_trigger.realtime_usec, now);
        if (is_on(unit, DIRECTIVE_ON_CLOCK_CHANGE))
                enter_running(unit);
        else
                enter_waiting(unit, true);
}

static void timer_on_event(Unit *unit, const EngineEvent *event) {
        if (unit->state != TIMER_WAITING)
                return;
        if (event->type == EVENT_CLOCK_CHANGED)
                on_clock_change(unit);
        else if (event->type == EVENT_TIMER)
                enter_waiting(unit, true); /* the machine slept, or the clock was set back */
        else if (event->type == EVENT_ZONE_CHANGED && is_on(unit, DIRECTIVE_ON_TIMEZONE_CHANGE))
                enter_running(unit);
        else if (event->type == EVENT_ZONE_CHANGED)
                enter_waiting(unit, false);
}

static void timer_on_timer(Unit *unit, UnitTimer *timer) {
        (void)timer; /* there is only one */
        DualTimestamp now = unit_now(unit);
        const TimerRuntime *t = unit->timer;
        if (unit->state != TIMER_WAITING)
                return;
        if (t->next_monotonic_usec > now.monotonic_usec &&
            t->next_realtime_usec > now.realtime_usec)
                (void)arm(unit, now, (DualTimestamp){ 0 }); /* the clock of the wall runs slower
                                         than it did; the alarm could be set before */
        else
                enter_running(unit);
}

static void timer_on_triggered(Unit *unit, Unit *triggered) {
        bool is_down = active_state_is_down(unit_active_state(triggered));
        if (is_down && !triggered->job)
                end_run(unit, unit_result_name(triggered)); /* also of a timer that was stopped */
        if (unit->state == TIMER_DEAD || unit->state == TIMER_FAILED)
                return;
        enable_again(unit, false);
        if (unit->state != TIMER_RUNNING || (is_down && !triggered->job))
                enter_waiting(unit, false);
}

/* --- life ----------------------------------------------------------------------------------- */

static int timer_init(Unit *unit) {
        unit->timer = calloc(1, sizeof(*unit->timer));
        if (!unit->timer)
                return err_new(-ENOMEM);
        unit->timer->next_realtime_usec = unit->timer->next_monotonic_usec = USEC_INFINITY;
        unit->timer->timer.unit = unit;
        return 0;
}

static void timer_done(Unit *unit) {
        if (!unit->timer)
                return;
        unit_timer_set(unit, &unit->timer->timer, USEC_INFINITY);
        free_values(unit->timer);
        free(unit->timer);
        unit->timer = NULL;
}

/* Other rules: what was over may not be. */
static void timer_loaded(Unit *unit) {
        if (make_values(unit) < 0)
                return;
        if (unit->state == TIMER_WAITING || unit->state == TIMER_ELAPSED)
                enter_waiting(unit, false);
}

/* What elapsed while no manager looked elapses now. */
static void timer_restored(Unit *unit) {
        const Unit *triggered = triggered_unit(unit);
        bool is_down =
                triggered && !triggered->job && active_state_is_down(unit_active_state(triggered));
        if (is_down)
                end_run(unit, unit_result_name(triggered));
        if (unit->state == TIMER_DEAD || unit->state == TIMER_FAILED)
                return;
        if (unit->timer->made_for != unit->spec && make_values(unit) < 0)
                return;
        follow_clock(unit);
        if (unit->state != TIMER_RUNNING || is_down)
                enter_waiting(unit, false);
}

const UnitOps timer_ops = {
        .init = timer_init,
        .done = timer_done,
        .loaded = timer_loaded,
        .start = timer_start,
        .stop = timer_stop,
        .reset_failed = timer_reset_failed,
        .on_event = timer_on_event,
        .on_timer = timer_on_timer,
        .on_triggered = timer_on_triggered,
        .save = timer_snapshot_save,
        .restore = timer_snapshot_restore,
        .restored = timer_restored,
};
