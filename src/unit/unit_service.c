/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_service.h"

#include "base/duration.h"

ServiceType unit_service_type(const UnitSpec *spec) {
        if (unit_spec_find(spec, DIRECTIVE_TYPE))
                return (ServiceType)unit_spec_number(spec, DIRECTIVE_TYPE);
        if (unit_spec_text(spec, DIRECTIVE_BUS_NAME))
                return SERVICE_TYPE_DBUS;
        if (!unit_spec_commands(spec, DIRECTIVE_EXEC_START))
                return SERVICE_TYPE_ONESHOT;
        return SERVICE_TYPE_SIMPLE;
}

NotifyAccess unit_service_notify_access(const UnitSpec *spec) {
        NotifyAccess access = (NotifyAccess)unit_spec_number(spec, DIRECTIVE_NOTIFY_ACCESS);
        ServiceType type = unit_service_type(spec);
        uint64_t watchdog = unit_spec_number(spec, DIRECTIVE_WATCHDOG_SEC);
        bool needed = type == SERVICE_TYPE_NOTIFY || type == SERVICE_TYPE_NOTIFY_RELOAD ||
                      (watchdog != 0 && watchdog != USEC_INFINITY) ||
                      unit_spec_number(spec, DIRECTIVE_FILE_DESCRIPTOR_STORE_MAX) > 0;

        return access == NOTIFY_ACCESS_NONE && needed ? NOTIFY_ACCESS_MAIN : access;
}

static uint64_t time_or(const UnitSpec *spec, DirectiveId id, uint64_t otherwise) {
        return unit_spec_find(spec, id) ? unit_spec_number(spec, id) : otherwise;
}

uint64_t unit_service_timeout_start(const UnitSpec *spec, uint64_t manager_default) {
        bool oneshot = unit_service_type(spec) == SERVICE_TYPE_ONESHOT;

        return time_or(
                spec, DIRECTIVE_TIMEOUT_START_SEC, oneshot ? USEC_INFINITY : manager_default);
}

uint64_t unit_service_timeout_stop(const UnitSpec *spec, uint64_t manager_default) {
        return time_or(spec, DIRECTIVE_TIMEOUT_STOP_SEC, manager_default);
}

uint64_t unit_service_timeout_abort(const UnitSpec *spec, uint64_t manager_default) {
        return time_or(spec,
                       DIRECTIVE_TIMEOUT_ABORT_SEC,
                       unit_service_timeout_stop(spec, manager_default));
}

int unit_service_restart_kill_signal(const UnitSpec *spec) {
        DirectiveId id = unit_spec_find(spec, DIRECTIVE_RESTART_KILL_SIGNAL)
                                 ? DIRECTIVE_RESTART_KILL_SIGNAL
                                 : DIRECTIVE_KILL_SIGNAL;

        return (int)unit_spec_number(spec, id);
}
