/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_action.h"
#include "engine/service_phase.h"

bool service_watchdog_may_run(ServiceState state) {
        return state == SERVICE_START_POST || state == SERVICE_RUNNING || state == SERVICE_RELOAD ||
               state == SERVICE_RELOAD_SIGNAL || state == SERVICE_RELOAD_NOTIFY;
}

uint64_t service_watchdog_usec(const Unit *unit) {
        const ServiceRuntime *s = unit->service;
        uint64_t usec = s->watchdog_override_usec != USEC_INFINITY ? s->watchdog_override_usec
                                                                   : s->watchdog_usec;
        return usec == USEC_INFINITY ? 0 : usec;
}

void service_stop_watchdog(Unit *unit) {
        ServiceRuntime *s = unit->service;
        if (pqueue_is_queued(&s->watchdog_timer.item))
                unit_timer_set(unit, &s->watchdog_timer, USEC_INFINITY);
        s->watchdog_ping = (DualTimestamp){ 0 };
}

void service_reset_watchdog(Unit *unit) {
        ServiceRuntime *s = unit->service;
        uint64_t usec = service_watchdog_usec(unit);
        s->watchdog_ping = unit_now(unit);
        if (usec > 0)
                unit_timer_set(
                        unit, &s->watchdog_timer, usec_add(s->watchdog_ping.monotonic_usec, usec));
        else if (pqueue_is_queued(&s->watchdog_timer.item))
                unit_timer_set(unit, &s->watchdog_timer, USEC_INFINITY);
}

void service_watchdog_expired(Unit *unit) {
        AUTO(strbuf_done) StrBuf limit = STRBUF_INIT;
        duration_print(&limit, service_watchdog_usec(unit), 1);
        if (!unit->engine->config.service_watchdogs) {
                service_log(unit,
                            LOG_WARNING,
                            "Watchdog disabled! Ignoring watchdog timeout (limit %s)!",
                            strbuf_text(&limit));
                return;
        }
        unit_history_cause(unit, CAUSE_WATCHDOG, 0, NULL);
        service_log(unit, LOG_ERR, "Watchdog timeout (limit %s)!", strbuf_text(&limit));
        service_dispatch(unit, SERVICE_ON_WATCHDOG, SERVICE_SUCCESS);
}

void service_trigger_watchdog(Unit *unit) {
        const char *text = unit->service->status_text;
        if (!text)
                text = "<unset>";
        if (!unit->engine->config.service_watchdogs) {
                service_log(unit,
                            LOG_WARNING,
                            "Watchdog disabled! Ignoring watchdog request (last status: %s)!",
                            text);
                return;
        }
        unit_history_cause(unit, CAUSE_WATCHDOG, 0, NULL);
        service_log(unit, LOG_ERR, "Watchdog request (last status: %s)!", text);
        service_dispatch(unit, SERVICE_ON_WATCHDOG, SERVICE_SUCCESS);
}
