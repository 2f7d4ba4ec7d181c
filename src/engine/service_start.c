/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_action.h"
#include "engine/service_phase.h"
#include "unit/unit_service.h"

#include <errno.h>
#include <signal.h>

#include "base/strv.h"

#define IDLE_TIMEOUT_USEC (5 * USEC_PER_SEC) /* systemd.service(5), Type=idle */

/* --- phases ------------------------------------------------------------------------ */

void service_enter_condition(Unit *unit) {
        if (!service_command(unit, DIRECTIVE_EXEC_CONDITION, 0)) {
                service_enter_start_pre(unit);
                return;
        }
        if (service_spawn_control(unit, DIRECTIVE_EXEC_CONDITION, 0) < 0)
                service_enter_dead(unit, SERVICE_FAILURE_RESOURCES, true);
        else
                service_set_state(unit, SERVICE_CONDITION);
}

void service_enter_start_pre(Unit *unit) {
        if (!service_command(unit, DIRECTIVE_EXEC_START_PRE, 0)) {
                service_enter_start(unit);
                return;
        }
        if (service_spawn_control(unit, DIRECTIVE_EXEC_START_PRE, 0) < 0)
                service_enter_dead(unit, SERVICE_FAILURE_RESOURCES, true);
        else
                service_set_state(unit, SERVICE_START_PRE);
}

static bool kills_group(const Unit *unit) {
        KillMode mode = (KillMode)service_number(unit, DIRECTIVE_KILL_MODE);
        return mode == KILL_MODE_CONTROL_GROUP || mode == KILL_MODE_MIXED;
}

/* A service that may not be killed by force must not be started beside what is left of it. */
static bool is_blocked_by_leftovers(Unit *unit) {
        if (!kills_group(unit) || service_flag(unit, DIRECTIVE_SEND_SIGKILL) ||
            service_group_is_empty(unit))
                return false;
        service_log(unit,
                    LOG_WARNING,
                    "Will not start SendSIGKILL=no service of type KillMode=control-group or mixed "
                    "while processes exist");
        service_log(unit, LOG_WARNING, "Failed to run 'start' task: %s", strerror(EBUSY));
        return true;
}

static void start_failed(Unit *unit) {
        service_enter_signal(unit, SERVICE_STOP_SIGTERM, SERVICE_FAILURE_RESOURCES);
}

/* A oneshot service without commands is up at once, but passes through activating so that what
 * depends on the change sees it. */
static void start_without_command(Unit *unit) {
        if (unit->service->service_type != SERVICE_TYPE_ONESHOT) {
                service_log(unit, LOG_WARNING, "There is no command to start.");
                start_failed(unit);
                return;
        }
        service_set_state(unit, SERVICE_START_POST);
        service_enter_start_post(unit);
}

/* The program, and up to where the type calls the service ready. */
static void execute(Unit *unit) {
        ServiceType type = unit->service->service_type;
        int r = type == SERVICE_TYPE_FORKING ? service_spawn_control(unit, DIRECTIVE_EXEC_START, 0)
                                             : service_spawn_main(unit, 0);
        if (r < 0)
                start_failed(unit);
        else if (type == SERVICE_TYPE_SIMPLE || type == SERVICE_TYPE_IDLE)
                service_enter_start_post(unit);
        else
                service_set_state(unit, SERVICE_START);
}

/* Type=idle waits for the other jobs, but not for long. It counts as up meanwhile. */
static bool waits_for_jobs(Unit *unit) {
        ServiceRuntime *s = unit->service;
        Engine *engine = unit->engine;
        if (s->service_type != SERVICE_TYPE_IDLE || engine->n_jobs <= (unit->job ? 1u : 0u))
                return false;
        service_set_state(unit, SERVICE_START);
        list_append(&engine->idle_queue, &s->idle_queue);
        service_arm_timer(unit, usec_add(service_now(unit), IDLE_TIMEOUT_USEC));
        return true;
}

bool service_stop_waiting(Unit *unit) {
        if (!list_is_linked(&unit->service->idle_queue))
                return false;
        list_remove(&unit->service->idle_queue);
        execute(unit);
        return true;
}

bool service_start_idle(Engine *engine) {
        bool any = false;
        for (ServiceRuntime *s; (s = LIST_FIRST(&engine->idle_queue, ServiceRuntime, idle_queue));)
                any |= service_stop_waiting(s->unit);
        return any;
}

void service_enter_start(Unit *unit) {
        ServiceRuntime *s = unit->service;
        service_forget_control(unit);
        service_forget_main(unit);
        s->main_pid_known = false;
        if (is_blocked_by_leftovers(unit))
                start_failed(unit);
        else if (!service_command(unit, DIRECTIVE_EXEC_START, 0))
                start_without_command(unit);
        else if (!waits_for_jobs(unit))
                execute(unit);
}

void service_enter_start_post(Unit *unit) {
        service_forget_control(unit);
        service_reset_watchdog(unit);
        if (!service_command(unit, DIRECTIVE_EXEC_START_POST, 0)) {
                service_enter_running(unit, SERVICE_SUCCESS);
                return;
        }
        if (service_spawn_control(unit, DIRECTIVE_EXEC_START_POST, 0) < 0)
                service_enter_stop(unit, SERVICE_FAILURE_RESOURCES);
        else
                service_set_state(unit, SERVICE_START_POST);
}

bool service_is_good(Unit *unit) {
        const ServiceRuntime *s = unit->service;
        if (s->service_type == SERVICE_TYPE_DBUS && !s->bus_name_owned)
                return false;
        if (s->main_pid > 0)
                return true;
        if (s->main_pid_known && service_number(unit, DIRECTIVE_EXIT_TYPE) == EXIT_TYPE_MAIN)
                return false;
        return !service_group_is_empty(unit);
}

void service_enter_running(Unit *unit, ServiceResult result) {
        ServiceRuntime *s = unit->service;
        service_note_result(unit, result);
        service_forget_control(unit);
        service_forget_pid_file(unit);
        if (s->result != SERVICE_SUCCESS)
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
        else if (!service_is_good(unit)) {
                if (service_flag(unit, DIRECTIVE_REMAIN_AFTER_EXIT))
                        service_set_state(unit, SERVICE_EXITED);
                else
                        service_enter_stop(unit, SERVICE_SUCCESS);
        } else if (s->notify_state == NOTIFY_RELOADING)
                service_enter_reload_by_notify(unit);
        else if (s->notify_state == NOTIFY_STOPPING)
                service_enter_stop_by_notify(unit);
        else
                service_set_state(unit, SERVICE_RUNNING);
}

void service_run_next_main(Unit *unit) {
        if (service_spawn_main(unit, unit->service->main_index + 1) < 0)
                start_failed(unit);
        else
                service_arm_timer(unit, service_state_deadline(unit, SERVICE_START));
}

static void next_control_failed(Unit *unit) {
        if (unit->state == SERVICE_STOP_POST) {
                service_enter_dead(unit, SERVICE_FAILURE_RESOURCES, true);
        } else if (unit->state == SERVICE_RELOAD) {
                unit->service->reload_result = SERVICE_FAILURE_RESOURCES;
                service_enter_running(unit, SERVICE_SUCCESS);
        } else
                start_failed(unit);
}

void service_run_next_control(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (service_spawn_control(unit, s->control_list, s->control_index + 1) < 0)
                next_control_failed(unit);
        else
                service_arm_timer(unit, service_state_deadline(unit, unit->state));
}

/* --- the start request ------------------------------------------------------------- */

static void forget_last_run(Unit *unit) {
        ServiceRuntime *s = unit->service;
        s->result = s->reload_result = SERVICE_SUCCESS;
        s->main_pid_known = s->main_pid_alien = s->main_exec_confirmed = false;
        s->has_leftovers = false;
        s->forbid_restart = s->will_auto_restart = s->restart_queued = false;
        s->main_status = (ExecStatus){ 0 };
        s->main_index = 0;
        free(STEAL(s->command_status));
        s->n_command_status = 0;
        free(STEAL(s->status_text));
        s->status_errno = 0;
        s->notify_state = NOTIFY_UNKNOWN;
        s->reload_begin_usec = s->reload_stamp_usec = 0;
        unit->reports = strv_free(unit->reports);
        s->watchdog_usec = service_number(unit, DIRECTIVE_WATCHDOG_SEC);
        s->watchdog_override_usec = USEC_INFINITY;
        s->watchdog_ping = (DualTimestamp){ 0 };
        if (s->flush_restarts)
                s->n_restarts = s->n_backoff = 0;
        s->flush_restarts = false;
}

int service_begin_start(Unit *unit, ServiceResult result) {
        (void)result;
        if (start_limit_hit(unit)) {
                unit_history_cause(unit, CAUSE_START_LIMIT, 0, NULL);
                service_enter_dead(unit, SERVICE_FAILURE_START_LIMIT_HIT, false);
                return UNIT_FAILED_NOW;
        }
        forget_last_run(unit);
        service_enter_condition(unit);
        return UNIT_DONE_OR_RUNNING;
}

/* --- exits and events on the way up ------------------------------------------------ */

int service_condition_done(Unit *unit, ServiceResult result) {
        if (result == SERVICE_SUCCESS)
                service_enter_start_pre(unit);
        else
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
        return 0;
}

int service_start_pre_done(Unit *unit, ServiceResult result) {
        if (result != SERVICE_SUCCESS) {
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
                return 0;
        }
        service_enter_start(unit);
        return 0;
}

int service_fork_done(Unit *unit, ServiceResult result) {
        bool has_post = service_command(unit, DIRECTIVE_EXEC_START_POST, 0);
        if (unit->service->service_type != SERVICE_TYPE_FORKING) /* changed by a reload of files */
                return 0;
        if (result != SERVICE_SUCCESS) {
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
                return 0;
        }
        if (!service_find(unit, DIRECTIVE_PID_FILE)) {
                service_search_main_pid(unit);
        } else if (service_load_pid_file(unit, !has_post) < 0 && !has_post) {
                /* ExecStartPost= may be what writes it; else there must be somebody who will. */
                service_demand_pid_file(unit);
                if (service_group_is_empty(unit))
                        service_enter_signal(unit, SERVICE_STOP_SIGTERM, SERVICE_FAILURE_PROTOCOL);
                return 0;
        }
        service_enter_start_post(unit);
        return 0;
}

int service_start_post_done(Unit *unit, ServiceResult result) {
        if (result != SERVICE_SUCCESS) {
                service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
                return 0;
        }
        if (!service_find(unit, DIRECTIVE_PID_FILE)) {
                service_search_main_pid(unit);
        } else if (service_load_pid_file(unit, true) < 0) {
                service_demand_pid_file(unit);
                if (service_group_is_empty(unit))
                        service_enter_stop(unit, SERVICE_FAILURE_PROTOCOL);
                return 0;
        }
        service_enter_running(unit, SERVICE_SUCCESS);
        return 0;
}

int service_pid_file_appeared(Unit *unit, ServiceResult result) {
        (void)result;
        if (unit->service->pid_file_watched && service_load_pid_file(unit, false) >= 0)
                service_enter_running(unit, SERVICE_SUCCESS);
        return 0;
}

static bool is_notify_type(const Unit *unit) {
        ServiceType type = unit->service->service_type;
        return type == SERVICE_TYPE_NOTIFY || type == SERVICE_TYPE_NOTIFY_RELOAD;
}

/* READY=1 can only come from somebody else now, if that is allowed. */
static void main_exit_before_ready(Unit *unit, ServiceResult result) {
        if (result == SERVICE_SUCCESS && service_flag(unit, DIRECTIVE_REMAIN_AFTER_EXIT) &&
            unit_service_notify_access(unit->spec) != NOTIFY_ACCESS_MAIN) {
                service_update_group_watch(unit, unit->state);
                return;
        }
        service_enter_signal(unit,
                             SERVICE_STOP_SIGTERM,
                             result == SERVICE_SUCCESS ? SERVICE_FAILURE_PROTOCOL : result);
}

int service_main_exit_in_start(Unit *unit, ServiceResult result) {
        if (unit->service->service_type == SERVICE_TYPE_ONESHOT) {
                if (result == SERVICE_SUCCESS)
                        service_enter_start_post(unit);
                else
                        service_enter_signal(unit, SERVICE_STOP_SIGTERM, result);
        } else if (is_notify_type(unit))
                main_exit_before_ready(unit, result);
        else
                service_enter_running(unit, result);
        return 0;
}

int service_main_exit_in_operation(Unit *unit, ServiceResult result) {
        if (unit->service->control_pid == 0)
                service_enter_stop(unit, result);
        return 0;
}

void service_main_left(Unit *unit) {
        ServiceType type = unit->service->service_type;
        service_update_group_watch(unit, unit->state);
        if (unit->state == SERVICE_START && !is_notify_type(unit) && type != SERVICE_TYPE_DBUS)
                service_enter_start_post(unit);
}

static bool waits_in_vain_for_pid_file(Unit *unit) {
        const ServiceRuntime *s = unit->service;
        /* While the main process was never known, somebody else may still write the file: only the
         * time-out ends that, as in systemd. */
        if (!s->pid_file_watched || !s->main_pid_known || s->main_pid > 0 || s->control_pid > 0)
                return false;
        service_log(unit, LOG_WARNING, "Daemon never wrote its PID file. Failing.");
        service_forget_pid_file(unit);
        return true;
}

int service_group_empty_in_start(Unit *unit, ServiceResult result) {
        (void)result;
        const ServiceRuntime *s = unit->service;
        bool no_hope = is_notify_type(unit) && s->main_pid_known && s->main_pid == 0 &&
                       s->control_pid == 0;
        if (no_hope || waits_in_vain_for_pid_file(unit))
                service_enter_stop_post(unit, SERVICE_FAILURE_PROTOCOL);
        return 0;
}

int service_group_empty_in_start_post(Unit *unit, ServiceResult result) {
        (void)result;
        if (waits_in_vain_for_pid_file(unit))
                service_enter_stop(unit, SERVICE_FAILURE_PROTOCOL);
        return 0;
}

int service_exec_confirmed(Unit *unit, ServiceResult result) {
        (void)result;
        if (unit->service->service_type == SERVICE_TYPE_EXEC)
                service_enter_start_post(unit);
        return 0;
}

int service_ready_in_start(Unit *unit, ServiceResult result) {
        (void)result;
        if (is_notify_type(unit))
                service_enter_start_post(unit);
        return 0;
}

int service_name_in_start(Unit *unit, ServiceResult result) {
        (void)result;
        if (unit->service->service_type == SERVICE_TYPE_DBUS && unit->service->bus_name_owned)
                service_enter_start_post(unit);
        return 0;
}

int service_settle(Unit *unit, ServiceResult result) {
        service_enter_running(unit, result);
        return 0;
}

int service_settle_by_name(Unit *unit, ServiceResult result) {
        (void)result;
        if (unit->service->service_type == SERVICE_TYPE_DBUS)
                service_enter_running(unit, SERVICE_SUCCESS);
        return 0;
}
