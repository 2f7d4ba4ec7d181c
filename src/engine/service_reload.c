/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_action.h"
#include "engine/service_phase.h"
#include "engine/unit_graph.h"

/* --- phases ------------------------------------------------------------------------ */

/* The reload signal of Type=notify-reload, ReloadSignal= of systemd 253. */
static void signal_reload(Unit *unit) {
        ServiceRuntime *s = unit->service;
        const EnginePorts *ports = service_ports(unit);
        int signal = (int)service_number(unit, DIRECTIVE_RELOAD_SIGNAL);
        s->reload_begin_usec = service_now(unit);
        s->reload_stamp_usec = 0;
        ports->signal_unit(ports->userdata, unit, SIGNAL_MAIN, signal, true);
}

void service_enter_reload(Unit *unit) {
        ServiceRuntime *s = unit->service;
        bool by_signal = s->service_type == SERVICE_TYPE_NOTIFY_RELOAD && s->main_pid > 0;
        service_forget_control(unit);
        s->reload_result = SERVICE_SUCCESS;
        if (by_signal)
                signal_reload(unit);
        if (!service_command(unit, DIRECTIVE_EXEC_RELOAD, 0)) {
                if (by_signal)
                        service_set_state(unit, SERVICE_RELOAD_SIGNAL);
                else
                        service_enter_running(unit, SERVICE_SUCCESS);
                return;
        }
        if (service_spawn_control(unit, DIRECTIVE_EXEC_RELOAD, 0) < 0) {
                s->reload_result = SERVICE_FAILURE_RESOURCES;
                service_enter_running(unit, SERVICE_SUCCESS);
        } else
                service_set_state(unit, SERVICE_RELOAD);
}

/* Those who follow this unit's reloads reload too, as far as they are up and nothing else is
 * planned. */
static void propagate_reload(Unit *unit) {
        EngineError error = { 0 };
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_PROPAGATES_RELOAD_TO), &cursor));) {
                if (job_type_collapse(JOB_TRY_RELOAD, edge->other) == JOB_NOP)
                        continue;
                int r = engine_enqueue_job(
                        edge->other, JOB_TRY_RELOAD, JOB_MODE_FAIL, &error, NULL);
                if (r < 0)
                        service_log(unit,
                                    LOG_WARNING,
                                    "Failed to schedule propagation of reload, ignoring: %s",
                                    error.text);
        }
}

/* The service reloads without having been asked; those who follow its reloads are told. */
void service_enter_reload_by_notify(Unit *unit) {
        unit_history_cause(unit, CAUSE_NOTIFY, 0, "RELOADING=1");
        service_set_state(unit, SERVICE_RELOAD);
        propagate_reload(unit);
}

/* --- requests and what answers them ------------------------------------------------ */

int service_begin_reload(Unit *unit, ServiceResult result) {
        (void)result;
        service_enter_reload(unit);
        return UNIT_DONE_OR_RUNNING;
}

int service_reload_done(Unit *unit, ServiceResult result) {
        ServiceRuntime *s = unit->service;
        if (result == SERVICE_SUCCESS && service_load_pid_file(unit, true) < 0)
                service_search_main_pid(unit);
        s->reload_result = result;
        if (result == SERVICE_SUCCESS && s->service_type == SERVICE_TYPE_NOTIFY_RELOAD &&
            s->notify_state == NOTIFY_RELOADING)
                service_set_state(unit, SERVICE_RELOAD_NOTIFY);
        else
                service_enter_running(unit, SERVICE_SUCCESS);
        return 0;
}

int service_reload_by_itself(Unit *unit, ServiceResult result) {
        (void)result;
        service_enter_reload_by_notify(unit);
        return 0;
}

/* Only what was said after the signal is an answer to it. */
static bool answers_signal(const Unit *unit) {
        const ServiceRuntime *s = unit->service;
        return s->reload_stamp_usec > 0 && s->reload_stamp_usec >= s->reload_begin_usec;
}

int service_reload_answered(Unit *unit, ServiceResult result) {
        (void)result;
        if (answers_signal(unit))
                service_set_state(unit, SERVICE_RELOAD_NOTIFY);
        return 0;
}

int service_ready_after_signal(Unit *unit, ServiceResult result) {
        if (answers_signal(unit))
                service_enter_running(unit, result);
        return 0;
}

int service_ready_in_reload(Unit *unit, ServiceResult result) {
        if (unit->service->control_pid == 0)
                service_enter_running(unit, result);
        return 0;
}

int service_group_empty_in_reload(Unit *unit, ServiceResult result) {
        const ServiceRuntime *s = unit->service;
        if (s->control_pid == 0 && !service_is_good(unit))
                service_enter_stop(unit, result);
        return 0;
}
