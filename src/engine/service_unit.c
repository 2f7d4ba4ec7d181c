/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_unit.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/strv.h"
#include "engine/service_action.h"
#include "engine/service_phase.h"
#include "engine/socket_unit.h"
#include "unit/unit_service.h"

#define REPORTS_MAX 64        /* lines kept of what executors said about one start */
#define REPORT_LENGTH_MAX 400 /* bytes of each: all of them must fit into a record */

static const char *const result_names[] = {
        [SERVICE_SUCCESS] = "success",
        [SERVICE_FAILURE_RESOURCES] = "resources",
        [SERVICE_FAILURE_PROTOCOL] = "protocol",
        [SERVICE_FAILURE_TIMEOUT] = "timeout",
        [SERVICE_FAILURE_EXIT_CODE] = "exit-code",
        [SERVICE_FAILURE_SIGNAL] = "signal",
        [SERVICE_FAILURE_CORE_DUMP] = "core-dump",
        [SERVICE_FAILURE_WATCHDOG] = "watchdog",
        [SERVICE_FAILURE_START_LIMIT_HIT] = "start-limit-hit",
        [SERVICE_FAILURE_OOM_KILL] = "oom-kill",
        [SERVICE_SKIP_CONDITION] = "exec-condition",
};
static_assert(ARRAY_LENGTH(result_names) == SERVICE_RESULT_COUNT, "one name per result");

const char *service_result_name(ServiceResult result) {
        return enum_print(result_names, ARRAY_LENGTH(result_names), (int)result);
}

const char *service_exit_code_name(int code) {
        switch (code) {
        case CLD_EXITED:
                return "exited";
        case CLD_KILLED:
                return "killed";
        case CLD_DUMPED:
                return "dumped";
        default:
                return NULL;
        }
}

void service_log(const Unit *unit, int level, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        if (!unit->engine->ports.log)
                return;
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        unit_log(unit, level, "%s: %s", unit->id, strbuf_text(&text));
}

void service_note_result(Unit *unit, ServiceResult result) {
        if (unit->service->result == SERVICE_SUCCESS)
                unit->service->result = result;
}

/* --- state ------------------------------------------------------------------------- */

/* Whether the end of the unit's last process is what the state waits for: not while there is a main
 * or control process, whose end comes by itself. */
static bool wants_group_empty(const Unit *unit, ServiceState state) {
        const ServiceRuntime *s = unit->service;
        switch (unit_state_row(UNIT_SERVICE, state)->active) {
        case ACTIVE_STATE_DEACTIVATING:
                return state != SERVICE_STOP && s->main_pid == 0 && s->control_pid == 0;
        case ACTIVE_STATE_ACTIVATING:
        case ACTIVE_STATE_ACTIVE:
        case ACTIVE_STATE_RELOADING:
                return state >= SERVICE_START && state <= SERVICE_RELOAD_NOTIFY &&
                       state != SERVICE_EXITED &&
                       (s->main_pid == 0 ||
                        service_number(unit, DIRECTIVE_EXIT_TYPE) == EXIT_TYPE_CGROUP);
        case ACTIVE_STATE_INACTIVE:
        case ACTIVE_STATE_FAILED:
                return s->has_leftovers;
        case ACTIVE_STATE_MAINTENANCE:
        case ACTIVE_STATE_COUNT:
                break;
        }
        return false;
}

void service_update_group_watch(Unit *unit, ServiceState state) {
        ServiceRuntime *s = unit->service;
        bool watch = wants_group_empty(unit, state);
        if (watch == s->group_watched)
                return;
        s->group_watched = watch;
        service_ports(unit)->watch_group(service_ports(unit)->userdata, unit, watch);
}

/* A reload that was answered goes on under the deadline of its beginning. */
static bool keeps_timer(ServiceState from, ServiceState to) {
        return from == SERVICE_RELOAD_SIGNAL && to == SERVICE_RELOAD_NOTIFY;
}

void service_set_state(Unit *unit, ServiceState state) {
        const StateRow *row = unit_state_row(UNIT_SERVICE, state);
        ServiceState from = unit->state;
        if (state != SERVICE_START)
                list_remove(&unit->service->idle_queue);
        if (!row->main_may_live)
                service_forget_main(unit);
        if (!row->control_may_live)
                service_forget_control(unit);
        if (!service_watchdog_may_run(state))
                service_stop_watchdog(unit);
        if (state != SERVICE_START && state != SERVICE_START_POST)
                service_forget_pid_file(unit);
        if (row->timer == STATE_TIMER_NONE)
                service_arm_timer(unit, USEC_INFINITY);
        if (state == SERVICE_DEAD || state == SERVICE_FAILED)
                socket_connection_ended(unit);
        service_note_health(unit, state);
        service_update_group_watch(unit, state);
        unit_set_state(unit, state);
        if (unit->state == (int)state && row->timer != STATE_TIMER_NONE &&
            !keeps_timer(from, state))
                service_arm_timer(unit, service_state_deadline(unit, state));
}

/* --- answers to requests that change nothing --------------------------------------- */

int service_ignore(Unit *unit, ServiceResult result) {
        (void)unit;
        (void)result;
        return 0;
}

int service_under_way(Unit *unit, ServiceResult result) {
        (void)unit;
        (void)result;
        return UNIT_UNDER_WAY;
}

int service_wait(Unit *unit, ServiceResult result) {
        (void)unit;
        (void)result;
        return UNIT_AGAIN;
}

int service_is_up(Unit *unit, ServiceResult result) {
        (void)unit;
        (void)result;
        return UNIT_ALREADY;
}

int service_is_down(Unit *unit, ServiceResult result) {
        (void)unit;
        (void)result;
        return UNIT_ALREADY;
}

int service_refuse_reload(Unit *unit, ServiceResult result) {
        (void)unit;
        (void)result;
        return UNIT_REFUSED;
}

/* --- operations -------------------------------------------------------------------- */

static int service_init(Unit *unit) {
        ServiceRuntime *s = calloc(1, sizeof(*s));
        if (!s)
                return err_new(-ENOMEM);
        s->unit = unit;
        s->timer.unit = s->watchdog_timer.unit = unit;
        s->deadline_usec = USEC_INFINITY;
        s->watchdog_override_usec = USEC_INFINITY;
        unit->service = s;
        return 0;
}

static void service_done(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (!s)
                return;
        service_forget_main(unit);
        service_forget_control(unit);
        list_remove(&s->idle_queue);
        unit_timer_set(unit, &s->timer, USEC_INFINITY);
        unit_timer_set(unit, &s->watchdog_timer, USEC_INFINITY);
        free(s->command_status);
        free(s->status_text);
        free(s->accepted_by);
        free(s->peer_address);
        free(s->title);
        free(s);
        unit->service = NULL;
}

static void service_loaded(Unit *unit) {
        ServiceRuntime *s = unit->service;
        /* A service that outlives its file ends as what it was. */
        if (unit->spec->load_state == UNIT_LOADED)
                s->service_type = unit_service_type(unit->spec);
        /* Numbers of command lines may have shifted: records of the old ones would be lies. */
        free(STEAL(s->command_status));
        s->n_command_status = 0;
}

static int service_start(Unit *unit) {
        return service_dispatch(unit, SERVICE_ON_START, SERVICE_SUCCESS);
}

static int service_stop(Unit *unit) {
        unit->service->forbid_restart = true;
        return service_dispatch(unit, SERVICE_ON_STOP, SERVICE_SUCCESS);
}

static int service_reload(Unit *unit) {
        return service_dispatch(unit, SERVICE_ON_RELOAD, SERVICE_SUCCESS);
}

static bool service_can_reload(const Unit *unit) {
        return service_command(unit, DIRECTIVE_EXEC_RELOAD, 0) ||
               unit_service_type(unit->spec) == SERVICE_TYPE_NOTIFY_RELOAD;
}

static bool service_reload_ok(const Unit *unit) {
        return unit->service->reload_result == SERVICE_SUCCESS;
}

static void service_reset_failed(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (unit->state == SERVICE_FAILED)
                service_set_state(unit, SERVICE_DEAD);
        s->result = s->reload_result = s->clean_result = SERVICE_SUCCESS;
        s->n_restarts = s->n_backoff = 0;
        s->flush_restarts = false;
        unit_mark_changed(unit);
}

void service_add_report(Unit *unit, const char *text) {
        if (!text || strv_length(unit->reports) >= REPORTS_MAX)
                return;
        /* Without memory the report is lost, not the service. */
        if (strv_add_unique(&unit->reports, text) >= 0)
                unit_mark_changed(unit);
}

static void service_on_event(Unit *unit, const EngineEvent *event) {
        ServiceRuntime *s = unit->service;
        switch (event->type) {
        case EVENT_EXEC_CONFIRMED:
                if (event->pid == s->main_pid && event->pid > 0) {
                        s->main_exec_confirmed = true;
                        service_dispatch(unit, SERVICE_ON_EXEC, SERVICE_SUCCESS);
                }
                break;
        case EVENT_EXEC_REPORT:
                service_add_report(unit, event->text);
                break;
        case EVENT_NOTIFY:
                service_on_notify(unit, event);
                break;
        case EVENT_GROUP_EMPTY:
                service_dispatch(unit, SERVICE_ON_GROUP_EMPTY, SERVICE_SUCCESS);
                break;
        case EVENT_OOM_KILL:
                unit_history_cause(unit, CAUSE_OOM, 0, NULL);
                service_log(unit,
                            LOG_NOTICE,
                            "A process of this unit has been killed by the OOM killer.");
                service_dispatch(unit, SERVICE_ON_OOM, SERVICE_SUCCESS);
                break;
        case EVENT_PID_FILE:
                service_dispatch(unit, SERVICE_ON_PID_FILE, SERVICE_SUCCESS);
                break;
        case EVENT_BUS_NAME:
                s->bus_name_owned = event->n_fds > 0;
                service_on_bus_name(unit, event->pid);
                service_dispatch(unit, SERVICE_ON_BUS_NAME, SERVICE_SUCCESS);
                break;
        case EVENT_FD_STORE_GONE:
                if (s->n_fd_store > 0)
                        s->n_fd_store--;
                unit_mark_changed(unit);
                break;
        case EVENT_TIMER:
                service_arm_timer(unit, USEC_INFINITY);
                service_dispatch(unit, SERVICE_ON_TIMEOUT, SERVICE_SUCCESS);
                break;
        case EVENT_PROCESS_EXIT:
        case EVENT_PRESENCE:
        case EVENT_PATH_CHANGED:
        case EVENT_CLOCK_CHANGED:
        case EVENT_ZONE_CHANGED:
        case EVENT_SOCKET_INCOMING:
        case EVENT_TYPE_COUNT:
                break;
        }
}

static void service_on_timer(Unit *unit, UnitTimer *timer) {
        if (timer == &unit->service->watchdog_timer) {
                service_watchdog_expired(unit);
                return;
        }
        unit->service->deadline_usec = USEC_INFINITY;
        service_dispatch(unit, SERVICE_ON_TIMEOUT, SERVICE_SUCCESS);
}

const UnitOps service_ops = {
        .init = service_init,
        .done = service_done,
        .loaded = service_loaded,
        .start = service_start,
        .stop = service_stop,
        .reload = service_reload,
        .can_reload = service_can_reload,
        .reload_ok = service_reload_ok,
        .reset_failed = service_reset_failed,
        .on_exit = service_on_exit,
        .on_event = service_on_event,
        .on_timer = service_on_timer,
        .save = service_save,
        .restore = service_restore,
        .restored = service_restored,
        .has_cgroup = true,
};
