/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of org.freedesktop.systemd1.Service that exist at run time, or that the manager has
 * defaults for. */

#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_command.h"
#include "bus/bus_getters.h"
#include "bus/bus_value.h"
#include "unit/kinds.h"
#include "unit/unit_service.h"

/* What a service that never ran says: also for units without a run-time part. */
static const ServiceRuntime idle_service = { .watchdog_override_usec = UINT64_MAX };

static const ServiceRuntime *runtime(const BusGetterContext *context) {
        return context->unit->service ?: &idle_service;
}

static bool is_loaded(const BusGetterContext *context) {
        return context->unit->spec && context->unit->load_state == UNIT_LOADED;
}

static int get_type(BusGetterContext *context, BusBody *body) {
        if (!is_loaded(context))
                return bus_append_text(body, "");
        return bus_append_text(body, service_type_names[unit_service_type(context->unit->spec)]);
}

static int get_notify_access(BusGetterContext *context, BusBody *body) {
        if (!is_loaded(context))
                return bus_append_text(body, "none");
        return bus_append_text(
                body, notify_access_names[unit_service_notify_access(context->unit->spec)]);
}

static int get_oom_policy(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_OOM_POLICY);
        const UnitSpec *spec = context->unit->spec;
        bool is_delegated = spec && (unit_spec_number(spec, DIRECTIVE_DELEGATE) & KIND_DELEGATE_ON);
        OomPolicy policy = value          ? (OomPolicy)value->number
                           : is_delegated ? OOM_POLICY_CONTINUE
                                          : context->server->engine->config.default_oom_policy;

        return bus_append_text(body, is_loaded(context) ? oom_policy_names[policy] : "");
}

static int get_restart(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_RESTART_SEC);

        return bus_append_u64(
                body, value ? value->number : context->server->engine->config.default_restart_usec);
}

static int get_timeout_start(BusGetterContext *context, BusBody *body) {
        uint64_t usec = context->server->engine->config.default_timeout_start_usec;

        if (context->unit->spec)
                usec = unit_service_timeout_start(context->unit->spec, usec);
        return bus_append_u64(body, usec);
}

static int get_timeout_stop(BusGetterContext *context, BusBody *body) {
        uint64_t usec = context->server->engine->config.default_timeout_stop_usec;

        if (context->unit->spec)
                usec = unit_service_timeout_stop(context->unit->spec, usec);
        return bus_append_u64(body, usec);
}

static int get_timeout_abort(BusGetterContext *context, BusBody *body) {
        uint64_t usec = context->server->engine->config.default_timeout_stop_usec;

        if (context->unit->spec)
                usec = unit_service_timeout_abort(context->unit->spec, usec);
        return bus_append_u64(body, usec);
}

/* Infinite until the first start, as in systemd. */
static int get_watchdog(BusGetterContext *context, BusBody *body) {
        bool was_started = context->unit->service && context->unit->inactive_exit.realtime_usec > 0;

        return bus_append_u64(body,
                              was_started ? service_watchdog_usec(context->unit) : UINT64_MAX);
}

static int get_restart_kill_signal(BusGetterContext *context, BusBody *body) {
        if (!context->unit->spec)
                return bus_property_append_default(context, body);
        return bus_append_i32(body, unit_service_restart_kill_signal(context->unit->spec));
}

static int get_watchdog_stamp(BusGetterContext *context, BusBody *body) {
        const DualTimestamp *stamp = &runtime(context)->watchdog_ping;

        return bus_append_u64(body,
                              context->argument ? stamp->monotonic_usec : stamp->realtime_usec);
}

static int get_main_pid(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, (uint32_t)runtime(context)->main_pid);
}

static int get_control_pid(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, (uint32_t)runtime(context)->control_pid);
}

static int get_stored(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, runtime(context)->n_fd_store);
}

static int get_status_text(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, runtime(context)->status_text);
}

static int get_status_errno(BusGetterContext *context, BusBody *body) {
        return bus_append_i32(body, runtime(context)->status_errno);
}

static int get_restarts(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, runtime(context)->n_restarts);
}

static int get_result(BusGetterContext *context, BusBody *body) {
        const ServiceRuntime *service = runtime(context);
        const ServiceResult results[] = { service->result,
                                          service->reload_result,
                                          service->clean_result };

        return bus_append_text(body, service_result_name(results[context->argument]));
}

/* Users and groups are shown where the unit names or asks for one. */
static bool has_user(BusGetterContext *context, DirectiveId id) {
        const Value *dynamic = bus_value_find(context, DIRECTIVE_DYNAMIC_USER);

        return bus_value_find(context, id) || (dynamic && dynamic->number);
}

static int get_uid(BusGetterContext *context, BusBody *body) {
        bool shown = has_user(context, DIRECTIVE_USER);

        return bus_append_u32(body, shown ? bus_getter_figures(context)->uid : UINT32_MAX);
}

static int get_gid(BusGetterContext *context, BusBody *body) {
        bool shown = has_user(context, DIRECTIVE_USER) || has_user(context, DIRECTIVE_GROUP);

        return bus_append_u32(body, shown ? bus_getter_figures(context)->gid : UINT32_MAX);
}

bool bus_service_is_costly(BusGetter *get) {
        return get == get_uid || get == get_gid;
}

static int get_main_stamp(BusGetterContext *context, BusBody *body) {
        const ExecStatus *status = &runtime(context)->main_status;
        const uint64_t stamps[] = { status->start.realtime_usec,
                                    status->start.monotonic_usec,
                                    status->exit.realtime_usec,
                                    status->exit.monotonic_usec };

        return bus_append_u64(body, stamps[context->argument]);
}

static int get_main_status_pid(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, (uint32_t)runtime(context)->main_status.pid);
}

static int get_main_code(BusGetterContext *context, BusBody *body) {
        return bus_append_i32(body, runtime(context)->main_status.code);
}

static int get_main_status(BusGetterContext *context, BusBody *body) {
        return bus_append_i32(body, runtime(context)->main_status.status);
}

/* clang-format off */
const BusGetterRow bus_service_getters[] = {
        { BUS_FAMILY_SERVICE, "Type", get_type, 0 },
        { BUS_FAMILY_SERVICE, "NotifyAccess", get_notify_access, 0 },
        { BUS_FAMILY_SERVICE, "OOMPolicy", get_oom_policy, 0 },
        { BUS_FAMILY_SERVICE, "RestartUSec", get_restart, 0 },
        { BUS_FAMILY_SERVICE, "TimeoutStartUSec", get_timeout_start, 0 },
        { BUS_FAMILY_SERVICE, "TimeoutStopUSec", get_timeout_stop, 0 },
        { BUS_FAMILY_SERVICE, "TimeoutAbortUSec", get_timeout_abort, 0 },
        { BUS_FAMILY_SERVICE, "WatchdogUSec", get_watchdog, 0 },
        { BUS_FAMILY_SERVICE, "WatchdogTimestamp", get_watchdog_stamp, 0 },
        { BUS_FAMILY_SERVICE, "WatchdogTimestampMonotonic", get_watchdog_stamp, 1 },
        { BUS_FAMILY_SERVICE, "MainPID", get_main_pid, 0 },
        { BUS_FAMILY_SERVICE, "ControlPID", get_control_pid, 0 },
        { BUS_FAMILY_SERVICE, "NFileDescriptorStore", get_stored, 0 },
        { BUS_FAMILY_SERVICE, "StatusText", get_status_text, 0 },
        { BUS_FAMILY_SERVICE, "StatusErrno", get_status_errno, 0 },
        { BUS_FAMILY_SERVICE, "NRestarts", get_restarts, 0 },
        { BUS_FAMILY_SERVICE, "Result", get_result, 0 },
        { BUS_FAMILY_SERVICE, "ReloadResult", get_result, 1 },
        { BUS_FAMILY_SERVICE, "CleanResult", get_result, 2 },
        { BUS_FAMILY_SERVICE, "UID", get_uid, 0 },
        { BUS_FAMILY_SERVICE, "GID", get_gid, 0 },
        { BUS_FAMILY_SERVICE, "ExecMainStartTimestamp", get_main_stamp, 0 },
        { BUS_FAMILY_SERVICE, "ExecMainStartTimestampMonotonic", get_main_stamp, 1 },
        { BUS_FAMILY_SERVICE, "ExecMainExitTimestamp", get_main_stamp, 2 },
        { BUS_FAMILY_SERVICE, "ExecMainExitTimestampMonotonic", get_main_stamp, 3 },
        { BUS_FAMILY_SERVICE, "ExecMainPID", get_main_status_pid, 0 },
        { BUS_FAMILY_SERVICE, "ExecMainCode", get_main_code, 0 },
        { BUS_FAMILY_SERVICE, "ExecMainStatus", get_main_status, 0 },
        { BUS_FAMILY_SERVICE, "ExecCondition", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecConditionEx", bus_command_get, 1 },
        { BUS_FAMILY_SERVICE, "ExecStartPre", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecStartPreEx", bus_command_get, 1 },
        { BUS_FAMILY_SERVICE, "ExecStart", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecStartEx", bus_command_get, 1 },
        { BUS_FAMILY_SERVICE, "ExecStartPost", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecStartPostEx", bus_command_get, 1 },
        { BUS_FAMILY_SERVICE, "ExecReload", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecReloadEx", bus_command_get, 1 },
        { BUS_FAMILY_SERVICE, "ExecStop", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecStopEx", bus_command_get, 1 },
        { BUS_FAMILY_SERVICE, "ExecStopPost", bus_command_get, 0 },
        { BUS_FAMILY_SERVICE, "ExecStopPostEx", bus_command_get, 1 },
        { BUS_FAMILY_SOCKET, "ExecStartPre", bus_command_get, 0 },
        { BUS_FAMILY_SOCKET, "ExecStartPost", bus_command_get, 0 },
        { BUS_FAMILY_SOCKET, "ExecStopPre", bus_command_get, 0 },
        { BUS_FAMILY_SOCKET, "ExecStopPost", bus_command_get, 0 },
        { BUS_FAMILY_KILL, "RestartKillSignal", get_restart_kill_signal, 0 },
};
/* clang-format on */

const unsigned bus_service_getter_count = ARRAY_LENGTH(bus_service_getters);
