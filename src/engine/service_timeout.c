/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_action.h"
#include "engine/service_phase.h"
#include "unit/unit_service.h"

#include <signal.h>

/* --- how long ---------------------------------------------------------------------- */

static uint64_t start_limit_usec(const Unit *unit) {
        return unit_service_timeout_start(unit->spec,
                                          unit->engine->config.default_timeout_start_usec);
}

static uint64_t stop_limit_usec(const Unit *unit) {
        return unit_service_timeout_stop(unit->spec,
                                         unit->engine->config.default_timeout_stop_usec);
}

static uint64_t abort_limit_usec(const Unit *unit) {
        const EngineConfig *config = &unit->engine->config;
        if (!service_find(unit, DIRECTIVE_TIMEOUT_ABORT_SEC) &&
            config->default_timeout_abort_usec != config->default_timeout_stop_usec)
                return config->default_timeout_abort_usec;
        return unit_service_timeout_abort(unit->spec, config->default_timeout_stop_usec);
}

/* "0" never meant at once. */
static uint64_t limit_of(const Unit *unit, DirectiveId id) {
        uint64_t usec = service_find(unit, id) ? service_number(unit, id) : USEC_INFINITY;
        return usec == 0 ? USEC_INFINITY : usec;
}

/* RuntimeMaxSec= counts from when the unit became active, with its jitter. */
static uint64_t runtime_deadline(const Unit *unit) {
        const EnginePorts *ports = service_ports(unit);
        uint64_t limit = limit_of(unit, DIRECTIVE_RUNTIME_MAX_SEC);
        uint64_t extra = service_number(unit, DIRECTIVE_RUNTIME_RANDOMIZED_EXTRA_SEC);
        if (limit == USEC_INFINITY)
                return USEC_INFINITY;
        if (extra > 0)
                limit = usec_add(limit, ports->random_below(ports->userdata, extra));
        return usec_add(unit->active_enter.monotonic_usec, limit);
}

uint64_t service_state_deadline(Unit *unit, ServiceState state) {
        switch (unit_state_row(UNIT_SERVICE, state)->timer) {
        case STATE_TIMER_START:
                return usec_add(service_now(unit), start_limit_usec(unit));
        case STATE_TIMER_STOP:
                return usec_add(service_now(unit), stop_limit_usec(unit));
        case STATE_TIMER_ABORT:
                return usec_add(service_now(unit), abort_limit_usec(unit));
        case STATE_TIMER_RUNTIME:
                return runtime_deadline(unit);
        case STATE_TIMER_RESTART: {
                uint64_t delay = service_restart_delay_usec(unit);
                /* Without a delay the restart is queued at once. */
                return delay == 0 ? USEC_INFINITY : usec_add(service_now(unit), delay);
        }
        case STATE_TIMER_CLEAN:
                return usec_add(service_now(unit), limit_of(unit, DIRECTIVE_TIMEOUT_CLEAN_SEC));
        case STATE_TIMER_NONE:
        case STATE_TIMER_COUNT:
                break;
        }
        return USEC_INFINITY;
}

void service_arm_timer(Unit *unit, uint64_t deadline_usec) {
        ServiceRuntime *s = unit->service;
        if (s->deadline_usec == deadline_usec)
                return;
        s->deadline_usec = deadline_usec;
        unit_timer_set(unit, &s->timer, deadline_usec);
}

void service_extend_timeout(Unit *unit, uint64_t usec) {
        ServiceRuntime *s = unit->service;
        uint64_t deadline = usec_add(service_now(unit), usec);
        if (s->deadline_usec != USEC_INFINITY && s->deadline_usec < deadline)
                service_arm_timer(unit, deadline);
        if (pqueue_is_queued(&s->watchdog_timer.item) && s->watchdog_timer.item.key < deadline)
                unit_timer_set(unit, &s->watchdog_timer, deadline);
}

/* --- when it is over --------------------------------------------------------------- */

/* Where TimeoutStartFailureMode= and TimeoutStopFailureMode= lead. */
static void
fail_by_mode(Unit *unit, TimeoutFailureMode mode, const char *what, bool is_final_phase) {
        bool may_kill = service_flag(unit, DIRECTIVE_SEND_SIGKILL);
        ServiceState state;
        const char *next;
        if (mode == TIMEOUT_FAILURE_ABORT) {
                next = "Aborting.";
                state = is_final_phase ? SERVICE_FINAL_WATCHDOG : SERVICE_STOP_WATCHDOG;
        } else if (mode == TIMEOUT_FAILURE_TERMINATE) {
                next = "Terminating.";
                state = is_final_phase ? SERVICE_FINAL_SIGTERM : SERVICE_STOP_SIGTERM;
        } else {
                next = may_kill ? "Killing." : "Skipping SIGKILL.";
                state = is_final_phase ? SERVICE_FINAL_SIGKILL : SERVICE_STOP_SIGKILL;
        }
        bool skips = mode == TIMEOUT_FAILURE_KILL && !may_kill;
        service_log(unit,
                    LOG_WARNING,
                    "%s timed out. %s%s",
                    what,
                    next,
                    skips && is_final_phase ? " Entering failed mode." : "");
        if (!skips)
                service_enter_signal(unit, state, SERVICE_FAILURE_TIMEOUT);
        else if (is_final_phase)
                service_enter_dead(unit, SERVICE_FAILURE_TIMEOUT, false);
        else
                service_enter_stop_post(unit, SERVICE_FAILURE_TIMEOUT);
}

static TimeoutFailureMode stop_mode(const Unit *unit) {
        return (TimeoutFailureMode)service_number(unit, DIRECTIVE_TIMEOUT_STOP_FAILURE_MODE);
}

static void note_timeout(Unit *unit) {
        unit_history_cause(unit, CAUSE_TIMEOUT, 0, unit_sub_state_name(unit));
}

int service_start_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        char what[64];
        if (service_stop_waiting(unit))
                return 0;
        (void)snprintf(what, sizeof(what), "%s operation", unit_sub_state_name(unit));
        note_timeout(unit);
        service_forget_pid_file(unit);
        fail_by_mode(unit,
                     (TimeoutFailureMode)service_number(unit, DIRECTIVE_TIMEOUT_START_FAILURE_MODE),
                     what,
                     false);
        return 0;
}

int service_runtime_expired(Unit *unit, ServiceResult result) {
        (void)result;
        note_timeout(unit);
        service_log(unit, LOG_WARNING, "Service reached runtime time limit. Stopping.");
        service_enter_stop(unit, SERVICE_FAILURE_TIMEOUT);
        return 0;
}

int service_reload_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        const EnginePorts *ports = service_ports(unit);
        note_timeout(unit);
        service_log(unit, LOG_WARNING, "Reload operation timed out. Killing reload process.");
        if (unit->service->control_pid > 0)
                ports->signal_unit(ports->userdata, unit, SIGNAL_CONTROL, SIGKILL, false);
        unit->service->reload_result = SERVICE_FAILURE_TIMEOUT;
        /* It had its time: READY=1 is not waited for again. */
        unit->service->notify_state = NOTIFY_UNKNOWN;
        service_enter_running(unit, SERVICE_SUCCESS);
        return 0;
}

int service_stop_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        note_timeout(unit);
        fail_by_mode(unit, stop_mode(unit), "Stopping", false);
        return 0;
}

static void describe_state(const Unit *unit, char what[static 64]) {
        (void)snprintf(what, 64, "State '%s'", unit_sub_state_name(unit));
}

/* After the signal that asks comes the one that kills; in abort mode one more is in between. */
static TimeoutFailureMode after_signal(const Unit *unit, ServiceState asked) {
        return unit->state == (int)asked && stop_mode(unit) == TIMEOUT_FAILURE_ABORT
                       ? TIMEOUT_FAILURE_ABORT
                       : TIMEOUT_FAILURE_KILL;
}

int service_signal_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        char what[64];
        describe_state(unit, what);
        note_timeout(unit);
        fail_by_mode(unit, after_signal(unit, SERVICE_STOP_SIGTERM), what, false);
        return 0;
}

int service_kill_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        note_timeout(unit);
        service_log(unit, LOG_WARNING, "Processes still around after SIGKILL. Ignoring.");
        service_enter_stop_post(unit, SERVICE_FAILURE_TIMEOUT);
        return 0;
}

int service_stop_post_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        char what[64];
        describe_state(unit, what);
        note_timeout(unit);
        fail_by_mode(unit, stop_mode(unit), what, true);
        return 0;
}

int service_final_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        char what[64];
        describe_state(unit, what);
        note_timeout(unit);
        fail_by_mode(unit, after_signal(unit, SERVICE_FINAL_SIGTERM), what, true);
        return 0;
}

int service_final_kill_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        note_timeout(unit);
        service_log(unit,
                    LOG_WARNING,
                    "Processes still around after final SIGKILL. Entering failed mode.");
        service_enter_dead(unit, SERVICE_FAILURE_TIMEOUT, true);
        return 0;
}

int service_cleaning_timed_out(Unit *unit, ServiceResult result) {
        (void)result;
        service_log(unit, LOG_WARNING, "Cleaning timed out. killing.");
        if (unit->service->clean_result == SERVICE_SUCCESS)
                unit->service->clean_result = SERVICE_FAILURE_TIMEOUT;
        service_enter_signal(unit, SERVICE_FINAL_SIGKILL, SERVICE_SUCCESS);
        return 0;
}
