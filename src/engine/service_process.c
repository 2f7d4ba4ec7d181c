/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "engine/service_phase.h"
#include "engine/unit_message.h"
#include "unit/exit_status.h"

/* --- who is who -------------------------------------------------------------------- */

void service_forget_main(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (s->main_pid > 0)
                engine_unwatch_pid(unit, s->main_pid);
        s->main_pid = 0;
        s->main_start_time = 0;
}

void service_forget_control(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (s->control_pid > 0)
                engine_unwatch_pid(unit, s->control_pid);
        s->control_pid = 0;
        s->control_start_time = 0;
        s->control_list = DIRECTIVE_NONE;
        s->control_index = 0;
}

bool service_group_is_empty(Unit *unit) {
        const EnginePorts *ports = service_ports(unit);
        return ports->group_is_empty(ports->userdata, unit);
}

int service_check_main_pid(Unit *unit, pid_t pid, int level) {
        const EnginePorts *ports = service_ports(unit);
        uint64_t start_time = 0;
        if (pid <= 1) {
                service_log(unit, level, "New main PID %i is the manager, refusing.", (int)pid);
                return -EPERM;
        }
        if (pid == unit->service->control_pid) {
                service_log(
                        unit, level, "New main PID %i is the control process, refusing.", (int)pid);
                return -EPERM;
        }
        const Unit *owner = engine_unit_by_pid(unit->engine, pid);
        if (owner && owner != unit) {
                service_log(unit,
                            level,
                            "New main PID %i is a process of %s, refusing.",
                            (int)pid,
                            owner->id);
                return -EPERM;
        }
        if (ports->process_belongs(ports->userdata, unit, pid, &start_time))
                return 1;
        if (start_time == 0) {
                service_log(
                        unit, level, "New main PID %i does not exist or is a zombie.", (int)pid);
                return -ESRCH;
        }
        return 0;
}

int service_set_main_pid(Unit *unit, pid_t pid) {
        ServiceRuntime *s = unit->service;
        const EnginePorts *ports = service_ports(unit);
        if (s->main_pid_known && s->main_pid == pid)
                return 0;
        if (s->main_pid != pid) {
                service_forget_main(unit);
                s->main_status = (ExecStatus){ .pid = pid, .start = unit_now(unit) };
        }
        int r = engine_watch_pid(unit, pid);
        if (r < 0)
                return err_pass(r);
        s->main_pid = pid;
        s->main_pid_known = true;
        s->main_pid_alien = !ports->watch_process(ports->userdata, unit, pid);
        service_update_group_watch(unit, unit->state);
        unit_mark_changed(unit);
        return 1;
}

/* --- PIDFile= ---------------------------------------------------------------------- */

static void unwatch_pid_file(Unit *unit) {
        const EnginePorts *ports = service_ports(unit);
        if (!unit->service->pid_file_watched)
                return;
        unit->service->pid_file_watched = false;
        ports->watch_pid_file(ports->userdata, unit, NULL);
}

void service_forget_pid_file(Unit *unit) {
        unwatch_pid_file(unit);
}

/* Says why there is no pid yet. Refusals for safety were logged by the host, which knows them. */
static int pid_file_missing(const Unit *unit, const char *path, int outcome, int level) {
        if (outcome == PID_FILE_MISSING)
                service_log(unit,
                            level,
                            "Can't open PID file %s (yet?) after %s: %s",
                            path,
                            unit_sub_state_name(unit),
                            strerror(ENOENT));
        if (outcome < 0)
                service_log(unit,
                            level,
                            "Failed to read PID from file %s: %s",
                            path,
                            strerror(-outcome));
        return outcome < 0 ? outcome : -ESRCH;
}

int service_load_pid_file(Unit *unit, bool may_warn) {
        const EnginePorts *ports = service_ports(unit);
        const char *path = unit->spec ? unit_spec_text(unit->spec, DIRECTIVE_PID_FILE) : NULL;
        int level = may_warn ? LOG_INFO : LOG_DEBUG;
        pid_t pid = 0;
        if (!path)
                return -ENOENT;
        int outcome = ports->read_pid_file(ports->userdata, unit, path, &pid);
        if (outcome != PID_FILE_OK)
                return pid_file_missing(unit, path, outcome, level);
        if (unit->service->main_pid_known && pid == unit->service->main_pid)
                return 0;
        /* Owner and membership were checked when it was read: what came through may be trusted. */
        int r = service_check_main_pid(unit, pid, level);
        if (r < 0)
                return r;
        r = service_set_main_pid(unit, pid);
        return r < 0 ? r : 1;
}

void service_demand_pid_file(Unit *unit) {
        const EnginePorts *ports = service_ports(unit);
        const char *path = unit_spec_text(unit->spec, DIRECTIVE_PID_FILE);
        unit->service->pid_file_watched = true;
        service_update_group_watch(unit, unit->state);
        ports->watch_pid_file(ports->userdata, unit, path);
}

void service_search_main_pid(Unit *unit) {
        const EnginePorts *ports = service_ports(unit);
        if (unit->service->main_pid_known || !service_flag(unit, DIRECTIVE_GUESS_MAIN_PID))
                return;
        pid_t pid = ports->guess_main_pid(ports->userdata, unit);
        if (pid > 0)
                (void)service_set_main_pid(unit, pid); /* without it the group is followed */
}

/* --- exits ------------------------------------------------------------------------- */

static bool is_daemon_signal(int signal_number) {
        return signal_number == SIGHUP || signal_number == SIGINT || signal_number == SIGTERM ||
               signal_number == SIGPIPE;
}

/* How the end of a process counts. A status nobody saw (code 0) counts as clean. */
static ServiceResult judge(const Unit *unit, const EngineEvent *event, bool is_daemon) {
        const ExitSet *clean =
                unit->spec ? unit_spec_exit_set(unit->spec, DIRECTIVE_SUCCESS_EXIT_STATUS) : NULL;
        switch (event->code) {
        case CLD_EXITED:
                if (event->status == 0 || (clean && exit_set_has_code(clean, event->status)))
                        return SERVICE_SUCCESS;
                return SERVICE_FAILURE_EXIT_CODE;
        case CLD_KILLED:
                if ((is_daemon && is_daemon_signal(event->status)) ||
                    (clean && exit_set_has_signal(clean, event->status)))
                        return SERVICE_SUCCESS;
                return SERVICE_FAILURE_SIGNAL;
        case CLD_DUMPED:
                return SERVICE_FAILURE_CORE_DUMP;
        default:
                return SERVICE_SUCCESS;
        }
}

static bool ignores_failure(const Unit *unit, DirectiveId list, unsigned index) {
        const Command *command = service_command(unit, list, index);
        return command && (command->flags & COMMAND_IGNORE_FAILURE);
}

static void note_cause(Unit *unit, const EngineEvent *event) {
        bool by_signal = event->code == CLD_KILLED || event->code == CLD_DUMPED;
        unit_history_cause(unit, by_signal ? CAUSE_SIGNAL : CAUSE_EXIT, event->status, NULL);
}

static void on_main_exit(Unit *unit, const EngineEvent *event) {
        ServiceRuntime *s = unit->service;
        bool is_forking = s->service_type == SERVICE_TYPE_FORKING;
        unsigned index = is_forking ? 0 : s->main_index;
        ServiceResult result = judge(unit, event, s->service_type != SERVICE_TYPE_ONESHOT);
        /* A forking service may hand over to another process as long as it says so in time. */
        if (service_load_pid_file(unit, false) > 0)
                return;
        s->main_pid = 0;
        s->main_start_time = 0;
        s->main_status.exit = unit_now(unit);
        s->main_status.code = event->code;
        s->main_status.status = event->status;
        service_status_keep_main(unit);
        if (ignores_failure(unit, DIRECTIVE_EXEC_START, index))
                result = SERVICE_SUCCESS;
        const ProcessEnd end = { "Main process", "ExecStart", result == SERVICE_SUCCESS };
        unit_message_exit(unit, event, &end);
        note_cause(unit, event);
        service_note_result(unit, result);
        unit_mark_changed(unit);
        if (s->service_type == SERVICE_TYPE_ONESHOT && unit->state == SERVICE_START &&
            result == SERVICE_SUCCESS &&
            service_command(unit, DIRECTIVE_EXEC_START, s->main_index + 1)) {
                service_run_next_main(unit);
                return;
        }
        /* ExitType=cgroup lives on in the others. */
        if (service_number(unit, DIRECTIVE_EXIT_TYPE) == EXIT_TYPE_CGROUP &&
            !service_group_is_empty(unit)) {
                service_main_left(unit);
                return;
        }
        service_dispatch(unit, SERVICE_ON_MAIN_EXIT, result);
}

/* ExecCondition= says no with 1 to 254. */
static ServiceResult judge_condition(Unit *unit, const EngineEvent *event, ServiceResult result) {
        bool skips = result == SERVICE_FAILURE_EXIT_CODE && event->status < 255;
        if (result == SERVICE_SUCCESS)
                unit->flags |= UNIT_CONDITION_RESULT;
        if (!skips)
                return result;
        unit->flags &= ~(unsigned)UNIT_CONDITION_RESULT;
        return SERVICE_SKIP_CONDITION;
}

/* What engine_begin_cleaning was told of is none of the unit's own commands. */
static void on_cleaner_exit(Unit *unit, const EngineEvent *event) {
        bool is_clean = event->code == CLD_EXITED && event->status == 0;

        service_forget_control(unit);
        service_dispatch(unit,
                         SERVICE_ON_CONTROL_EXIT,
                         is_clean ? SERVICE_SUCCESS : SERVICE_FAILURE_EXIT_CODE);
}

static void on_control_exit(Unit *unit, const EngineEvent *event) {
        ServiceRuntime *s = unit->service;
        DirectiveId list = s->control_list;
        if (list == DIRECTIVE_NONE) {
                on_cleaner_exit(unit, event);
                return;
        }
        unsigned index = s->control_index;
        bool is_daemon = list == DIRECTIVE_EXEC_START && s->service_type != SERVICE_TYPE_ONESHOT;
        ServiceResult result = judge(unit, event, is_daemon);
        s->control_pid = 0;
        s->control_start_time = 0;
        service_status_end(unit, list, index, event->code, event->status);
        if (ignores_failure(unit, list, index))
                result = SERVICE_SUCCESS;
        if (unit->state == SERVICE_CONDITION)
                result = judge_condition(unit, event, result);
        const ProcessEnd end = { "Control process",
                                 service_list_name(list),
                                 result == SERVICE_SUCCESS || result == SERVICE_SKIP_CONDITION };
        unit_message_exit(unit, event, &end);
        unit_history_cause(unit, CAUSE_CONTROL_EXIT, event->status, service_list_name(list));
        if (unit->state != SERVICE_RELOAD)
                service_note_result(unit, result);
        unit_mark_changed(unit);
        if (result == SERVICE_SUCCESS && unit->state == (int)service_list_state(list) &&
            service_command(unit, list, index + 1)) {
                service_run_next_control(unit);
                return;
        }
        s->control_list = DIRECTIVE_NONE;
        s->control_index = 0;
        service_dispatch(unit, SERVICE_ON_CONTROL_EXIT, result);
}

void service_on_exit(Unit *unit, const EngineEvent *event) {
        ServiceRuntime *s = unit->service;
        if (event->pid <= 0)
                return;
        if (event->pid == s->main_pid)
                on_main_exit(unit, event);
        else if (event->pid == s->control_pid)
                on_control_exit(unit, event);
}
