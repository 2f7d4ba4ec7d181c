/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_action.h"
#include "engine/service_phase.h"
#include "engine/unit_message.h"
#include "engine/unit_registry.h"

#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "unit/kinds.h"

/* --- signals ----------------------------------------------------------------------- */

typedef enum KillOperation {
        KILL_TERMINATE,
        KILL_ABORT,
        KILL_FINAL,
} KillOperation;

static KillOperation operation_of(ServiceState state) {
        if (state == SERVICE_STOP_WATCHDOG || state == SERVICE_FINAL_WATCHDOG)
                return KILL_ABORT;
        if (state == SERVICE_STOP_SIGKILL || state == SERVICE_FINAL_SIGKILL)
                return KILL_FINAL;
        return KILL_TERMINATE;
}

static int signal_of(const Unit *unit, ServiceState state) {
        switch (operation_of(state)) {
        case KILL_ABORT:
                return (int)service_number(unit, DIRECTIVE_WATCHDOG_SIGNAL);
        case KILL_FINAL:
                return (int)service_number(unit, DIRECTIVE_FINAL_KILL_SIGNAL);
        case KILL_TERMINATE:
                break;
        }
        if (state == SERVICE_STOP_SIGTERM && service_has_job(unit, JOB_RESTART) &&
            service_find(unit, DIRECTIVE_RESTART_KILL_SIGNAL))
                return (int)service_number(unit, DIRECTIVE_RESTART_KILL_SIGNAL);
        return (int)service_number(unit, DIRECTIVE_KILL_SIGNAL);
}

/* Which processes KillMode= lets this operation reach. */
static unsigned reach_of(const Unit *unit, KillOperation operation) {
        const ServiceRuntime *s = unit->service;
        KillMode mode = (KillMode)service_number(unit, DIRECTIVE_KILL_MODE);
        if (mode == KILL_MODE_NONE)
                return 0;
        unsigned whom =
                (s->main_pid > 0 ? SIGNAL_MAIN : 0) | (s->control_pid > 0 ? SIGNAL_CONTROL : 0);
        if (mode == KILL_MODE_CONTROL_GROUP || (mode == KILL_MODE_MIXED && operation == KILL_FINAL))
                whom |= SIGNAL_GROUP;
        return whom;
}

/* Sends the signals of a phase. Whether there is something whose end must be awaited. */
static bool send_signals(Unit *unit, ServiceState state) {
        const ServiceRuntime *s = unit->service;
        const EnginePorts *ports = service_ports(unit);
        KillOperation operation = operation_of(state);
        unsigned whom = reach_of(unit, operation);
        int signal_number = signal_of(unit, state);
        if (whom == 0)
                return false;
        bool is_hard = signal_number == SIGKILL || signal_number == SIGABRT;
        unsigned loud = operation == KILL_TERMINATE && !is_hard ? 0 : SIGNAL_LOUD;
        int n = ports->signal_unit(ports->userdata, unit, whom | loud, signal_number, true);
        if (operation == KILL_TERMINATE && n > 0 && signal_number != SIGHUP &&
            service_flag(unit, DIRECTIVE_SEND_SIGHUP))
                ports->signal_unit(ports->userdata, unit, whom, SIGHUP, false);
        return n > 0 || s->main_pid > 0 || s->control_pid > 0;
}

static bool follows_group(const Unit *unit) {
        KillMode mode = (KillMode)service_number(unit, DIRECTIVE_KILL_MODE);
        return mode == KILL_MODE_CONTROL_GROUP || mode == KILL_MODE_MIXED;
}

bool service_is_gone(Unit *unit) {
        const ServiceRuntime *s = unit->service;
        if (s->main_pid > 0 || s->control_pid > 0)
                return false;
        return !follows_group(unit) || service_group_is_empty(unit);
}

static bool is_final(ServiceState state) {
        return state == SERVICE_FINAL_WATCHDOG || state == SERVICE_FINAL_SIGTERM ||
               state == SERVICE_FINAL_SIGKILL;
}

/* After ExecStop= and signals. `is_gone`: the caller knows that nothing is left. */
static void enter_stop_post(Unit *unit, bool is_gone) {
        service_forget_control(unit);
        if (!service_command(unit, DIRECTIVE_EXEC_STOP_POST, 0)) {
                if (is_gone)
                        service_enter_dead(unit, SERVICE_SUCCESS, true);
                else
                        service_enter_signal(unit, SERVICE_FINAL_SIGTERM, SERVICE_SUCCESS);
                return;
        }
        if (service_spawn_control(unit, DIRECTIVE_EXEC_STOP_POST, 0) < 0)
                service_enter_signal(unit, SERVICE_FINAL_SIGTERM, SERVICE_FAILURE_RESOURCES);
        else
                service_set_state(unit, SERVICE_STOP_POST);
}

static void nothing_to_signal(Unit *unit, ServiceState state) {
        bool may_kill = service_flag(unit, DIRECTIVE_SEND_SIGKILL);
        if (may_kill && (state == SERVICE_STOP_WATCHDOG || state == SERVICE_STOP_SIGTERM))
                service_enter_signal(unit, SERVICE_STOP_SIGKILL, SERVICE_SUCCESS);
        else if (may_kill && (state == SERVICE_FINAL_WATCHDOG || state == SERVICE_FINAL_SIGTERM))
                service_enter_signal(unit, SERVICE_FINAL_SIGKILL, SERVICE_SUCCESS);
        else if (is_final(state))
                service_enter_dead(unit, SERVICE_SUCCESS, true);
        else
                enter_stop_post(unit, false);
}

void service_enter_signal(Unit *unit, ServiceState state, ServiceResult result) {
        service_note_result(unit, result);
        if (service_is_gone(unit)) {
                /* The usual end of a process that ended by itself: no signal would reach anybody.
                 */
                if (is_final(state))
                        service_enter_dead(unit, SERVICE_SUCCESS, true);
                else
                        enter_stop_post(unit, true);
                return;
        }
        if (send_signals(unit, state))
                service_set_state(unit, state);
        else
                nothing_to_signal(unit, state);
}

/* --- phases ------------------------------------------------------------------------ */

void service_enter_stop(Unit *unit, ServiceResult result) {
        service_note_result(unit, result);
        service_forget_control(unit);
        service_forget_pid_file(unit);
        if (!service_command(unit, DIRECTIVE_EXEC_STOP, 0)) {
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, SERVICE_SUCCESS);
                return;
        }
        if (service_spawn_control(unit, DIRECTIVE_EXEC_STOP, 0) < 0)
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, SERVICE_FAILURE_RESOURCES);
        else
                service_set_state(unit, SERVICE_STOP);
}

/* STOPPING=1 counts as if it had got the stop signal. */
void service_enter_stop_by_notify(Unit *unit) {
        unit_history_cause(unit, CAUSE_NOTIFY, 0, "STOPPING=1");
        service_set_state(unit, SERVICE_STOP_SIGTERM);
}

void service_enter_stop_post(Unit *unit, ServiceResult result) {
        service_note_result(unit, result);
        enter_stop_post(unit, false);
}

#define SKIPPED_ID "0e4284a0caca4bfc81c0bb6786972673" /* sd-messages.h: unit skipped */

static void log_end(const Unit *unit) {
        ServiceResult result = unit->service->result;

        if (result != SERVICE_SKIP_CONDITION) {
                unit_message_end(unit,
                                 result == SERVICE_SUCCESS ? NULL : service_result_name(result));
                return;
        }
        unit_log_about(unit, SKIPPED_ID, "UNIT_RESULT=exec-condition\n");
        service_log(unit, LOG_INFO, "Skipped due to 'exec-condition'.");
}

static bool is_failure(ServiceResult result) {
        return result != SERVICE_SUCCESS && result != SERVICE_SKIP_CONDITION;
}

/* Processes may be left only where they were not killed, or did not die of it. */
static bool has_leftovers(Unit *unit) {
        bool was_killed = follows_group(unit) && service_flag(unit, DIRECTIVE_SEND_SIGKILL) &&
                          unit->service->result != SERVICE_FAILURE_TIMEOUT;
        return !was_killed && !service_group_is_empty(unit);
}

void service_release(Unit *unit, bool will_auto_restart) {
        const EnginePorts *ports = service_ports(unit);
        bool will_restart = will_auto_restart || service_has_job(unit, JOB_START) ||
                            service_has_job(unit, JOB_RESTART);
        if (!will_restart)
                unit->service->n_fd_store = 0;
        ports->release_unit(ports->userdata, unit, will_restart);
        unit->service->has_leftovers = has_leftovers(unit);
        service_update_group_watch(unit, unit->state);
}

/* What KillMode= left behind has ended at last. */
int service_leftovers_gone(Unit *unit, ServiceResult result) {
        (void)result;
        if (!unit->service->has_leftovers)
                return 0;
        service_release(unit, false);
        unit_collect_later(unit);
        return 0;
}

void service_enter_dead(Unit *unit, ServiceResult result, bool allow_restart) {
        ServiceRuntime *s = unit->service;
        service_note_result(unit, result);
        service_forget_pid_file(unit);
        log_end(unit);
        s->will_auto_restart =
                allow_restart && !service_has_job(unit, JOB_STOP) && service_shall_restart(unit);
        bool is_direct = s->will_auto_restart &&
                         service_number(unit, DIRECTIVE_RESTART_MODE) == RESTART_MODE_DIRECT;
        if (!is_direct)
                service_set_state(unit, is_failure(s->result) ? SERVICE_FAILED : SERVICE_DEAD);
        service_release(unit, s->will_auto_restart);
        s->forbid_restart = false;
        if (s->will_auto_restart)
                service_begin_auto_restart(unit);
        else
                s->flush_restarts = true;
}

/* --- requests ---------------------------------------------------------------------- */

int service_begin_stop(Unit *unit, ServiceResult result) {
        service_enter_stop(unit, result);
        return UNIT_DONE_OR_RUNNING;
}

int service_terminate(Unit *unit, ServiceResult result) {
        service_forget_pid_file(unit);
        service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
        return UNIT_UNDER_WAY;
}

int service_stop_by_itself(Unit *unit, ServiceResult result) {
        (void)result;
        service_enter_stop_by_notify(unit);
        return 0;
}

int service_abort(Unit *unit, ServiceResult result) {
        (void)result;
        service_enter_signal(unit, SERVICE_STOP_WATCHDOG, SERVICE_FAILURE_WATCHDOG);
        return 0;
}

/* --- exits on the way down --------------------------------------------------------- */

int service_stop_done(Unit *unit, ServiceResult result) {
        service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
        return 0;
}

static bool has_process(const Unit *unit) {
        return unit->service->main_pid > 0 || unit->service->control_pid > 0;
}

int service_stop_progress(Unit *unit, ServiceResult result) {
        if (!has_process(unit))
                service_enter_stop_post(unit, result);
        return 0;
}

int service_stop_post_progress(Unit *unit, ServiceResult result) {
        if (!has_process(unit))
                service_enter_signal(unit, SERVICE_FINAL_SIGTERM, result);
        return 0;
}

int service_final_progress(Unit *unit, ServiceResult result) {
        service_note_result(unit, result);
        if (service_is_gone(unit))
                service_enter_dead(unit, SERVICE_SUCCESS, true);
        else
                service_update_group_watch(unit, unit->state);
        return 0;
}

/* --- lack of memory ---------------------------------------------------------------- */

static OomPolicy oom_policy(const Unit *unit) {
        if (service_find(unit, DIRECTIVE_OOM_POLICY))
                return (OomPolicy)service_number(unit, DIRECTIVE_OOM_POLICY);
        /* Who manages its own sub-groups decides for itself. */
        return service_number(unit, DIRECTIVE_DELEGATE) & KIND_DELEGATE_ON
                       ? OOM_POLICY_CONTINUE
                       : unit->engine->config.default_oom_policy;
}

int service_oom_in_operation(Unit *unit, ServiceResult result) {
        (void)result;
        OomPolicy policy = oom_policy(unit);
        if (policy == OOM_POLICY_STOP)
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, SERVICE_FAILURE_OOM_KILL);
        else if (policy == OOM_POLICY_KILL)
                service_enter_signal(unit, SERVICE_STOP_SIGKILL, SERVICE_FAILURE_OOM_KILL);
        return 0;
}

int service_oom_when_up(Unit *unit, ServiceResult result) {
        (void)result;
        OomPolicy policy = oom_policy(unit);
        if (policy == OOM_POLICY_STOP)
                service_enter_stop(unit, SERVICE_FAILURE_OOM_KILL);
        else if (policy == OOM_POLICY_KILL)
                service_enter_signal(unit, SERVICE_STOP_SIGKILL, SERVICE_FAILURE_OOM_KILL);
        return 0;
}

int service_oom_in_stop(Unit *unit, ServiceResult result) {
        (void)result;
        if (oom_policy(unit) != OOM_POLICY_CONTINUE)
                service_enter_signal(unit, SERVICE_STOP_SIGKILL, SERVICE_FAILURE_OOM_KILL);
        return 0;
}

int service_oom_in_final(Unit *unit, ServiceResult result) {
        (void)result;
        if (oom_policy(unit) != OOM_POLICY_CONTINUE)
                service_enter_signal(unit, SERVICE_FINAL_SIGKILL, SERVICE_FAILURE_OOM_KILL);
        return 0;
}

int service_note_oom(Unit *unit, ServiceResult result) {
        (void)result;
        if (oom_policy(unit) != OOM_POLICY_CONTINUE)
                service_note_result(unit, SERVICE_FAILURE_OOM_KILL);
        return 0;
}

/* --- cleaning ---------------------------------------------------------------------- */

int engine_begin_cleaning(Unit *unit, pid_t pid) {
        int r = unit_wake(unit);

        if (r >= 0)
                r = engine_watch_pid(unit, pid);
        if (r < 0)
                return err_pass(r);
        unit->service->clean_result = SERVICE_SUCCESS;
        unit->service->control_pid = pid;
        service_set_state(unit, SERVICE_CLEANING);
        return 0;
}

int service_kill_cleaner(Unit *unit, ServiceResult result) {
        service_enter_signal(unit, SERVICE_FINAL_SIGKILL, result);
        return UNIT_UNDER_WAY;
}

int service_cleaning_done(Unit *unit, ServiceResult result) {
        if (unit->service->clean_result == SERVICE_SUCCESS)
                unit->service->clean_result = result;
        service_enter_dead(unit, SERVICE_SUCCESS, false);
        return 0;
}
