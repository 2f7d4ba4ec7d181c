/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of org.freedesktop.systemd1.Manager. */

#include <sys/resource.h>
#include <sys/select.h>

#include "base/error.h"
#include "base/log.h"
#include "base/macros.h"
#include "bus/bus_getters.h"

/* Clients look for a number of three digits and compare it with systemd's. */
#define VERSION_TEXT "252 (tend " TEND_VERSION ")"

static int get_version(BusGetterContext *context UNUSED, BusBody *body) {
        return bus_append_text(body, VERSION_TEXT);
}

/* --- what the host knows --- */

static int get_virtualization(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, context->server->host.machine.virtualization);
}

static int get_architecture(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, context->server->host.machine.architecture);
}

static int get_tainted(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, context->server->host.machine.tainted);
}

static int get_unit_paths(BusGetterContext *context, BusBody *body) {
        return bus_append_strv(body, context->server->host.machine.unit_paths);
}

static int get_environment(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;

        return bus_append_strv(body, host->environment ? host->environment(host->userdata) : NULL);
}

static int get_control_group(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        AUTO_FREE char *path = NULL;
        int r = 0;

        if (host->control_group)
                r = host->control_group(host->userdata, NULL, &path);
        return r < 0 ? err_pass(r) : bus_append_text(body, path);
}

static int get_log_level(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;

        return bus_append_text(
                body, host->log_level ? log_level_name(host->log_level(host->userdata)) : "info");
}

/* tendd writes to its standard error or a file and to nothing else. */
static int get_log_target(BusGetterContext *context UNUSED, BusBody *body) {
        return bus_append_text(body, "console");
}

static int get_identifier(BusGetterContext *context UNUSED, BusBody *body) {
        return bus_append_text(body, "tendd");
}

static int get_start(BusGetterContext *context, BusBody *body) {
        const BusMachine *machine = &context->server->host.machine;

        return bus_append_u64(body,
                              context->argument ? machine->userspace_monotonic_usec
                                                : machine->userspace_usec);
}

static int get_finish(BusGetterContext *context, BusBody *body) {
        return bus_append_u64(body,
                              context->argument ? context->server->finish_monotonic_usec
                                                : context->server->finish_usec);
}

/* --- what the engine knows --- */

static int get_counter(BusGetterContext *context, BusBody *body) {
        const Engine *engine = context->server->engine;
        const unsigned counters[] = { engine->n_units,
                                      engine->n_failed,
                                      engine->n_jobs,
                                      engine->n_jobs_ever,
                                      engine->n_failed_jobs_ever };

        return bus_append_u32(body, counters[context->argument]);
}

static int get_progress(BusGetterContext *context, BusBody *body) {
        const Engine *engine = context->server->engine;
        double progress = 1;

        if (engine->n_jobs > 0 && engine->n_jobs_ever > 0)
                progress = 1 - (double)engine->n_jobs / (double)engine->n_jobs_ever;
        return bus_body_append_basic(body, 'd', &progress);
}

static int get_system_state(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, engine_system_state(context->server->engine));
}

static int get_watchdogs(BusGetterContext *context, BusBody *body) {
        return bus_append_bool(body, context->server->engine->config.service_watchdogs);
}

static int get_exit_code(BusGetterContext *context, BusBody *body) {
        return bus_body_append_basic(body, 'y', &context->server->exit_code);
}

/* --- defaults --- */

static int get_default_usec(BusGetterContext *context, BusBody *body) {
        const EngineConfig *config = &context->server->engine->config;
        const uint64_t defaults[] = { config->default_timeout_start_usec,
                                      config->default_timeout_stop_usec,
                                      config->default_timeout_abort_usec,
                                      config->default_restart_usec,
                                      config->default_start_limit_interval_usec };

        return bus_append_u64(body, defaults[context->argument]);
}

static int get_default_burst(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, context->server->engine->config.default_start_limit_burst);
}

static int get_default_oom_policy(BusGetterContext *context, BusBody *body) {
        return bus_append_text(
                body, oom_policy_names[context->server->engine->config.default_oom_policy]);
}

int bus_append_own_limit(BusGetterContext *context, BusBody *body, bool soft) {
        int resource = context->argument;
        rlim_t number;

        /* The hard and the soft limit follow one another. Fails only for unknown resources. */
        if (context->limit_of != resource + 1)
                (void)getrlimit((__rlimit_resource_t)resource, &context->limit);
        if (resource == RLIMIT_NOFILE && context->server->host.machine.file_limit.rlim_max > 0)
                context->limit = context->server->host.machine.file_limit;
        context->limit_of = resource + 1;
        number = soft ? context->limit.rlim_cur : context->limit.rlim_max;
        if (soft && resource == RLIMIT_NOFILE)
                number = MIN(number, (rlim_t)FD_SETSIZE); /* what services get: ours is raised */
        return bus_append_u64(body, number == RLIM_INFINITY ? UINT64_MAX : (uint64_t)number);
}

/* What the manager's files say for all units; NULL when they say nothing. */
static const Value *find_default(BusGetterContext *context, DirectiveId id) {
        const BusHost *host = &context->server->host;

        return host->default_value
                       ? host->default_value(host->userdata, NULL, id, &context->implied)
                       : NULL;
}

static int append_default_limit(BusGetterContext *context, BusBody *body, bool soft) {
        const Value *value = find_default(context, (DirectiveId)(context->argument >> 8));

        if (value)
                return bus_append_u64(body, soft ? value->limit->soft : value->limit->hard);
        context->argument &= 0xff;
        return bus_append_own_limit(context, body, soft);
}

/* The argument is the resource, and the setting from the eighth bit on. */
static int get_default_hard(BusGetterContext *context, BusBody *body) {
        return append_default_limit(context, body, false);
}

static int get_default_soft(BusGetterContext *context, BusBody *body) {
        return append_default_limit(context, body, true);
}

/* The argument is the setting of units. */
static int get_default_number(BusGetterContext *context, BusBody *body) {
        const Value *value = find_default(context, (DirectiveId)context->argument);
        uint64_t number = value ? value->number : context->row->default_number;

        return context->row->signature[0] == 'b' ? bus_append_bool(body, number != 0)
                                                 : bus_append_u64(body, number);
}

/* clang-format off */
#define LIMIT(name) \
        { BUS_FAMILY_MANAGER, "DefaultLimit" #name, get_default_hard, RLIMIT_##name | DIRECTIVE_LIMIT_##name << 8 }, \
        { BUS_FAMILY_MANAGER, "DefaultLimit" #name "Soft", get_default_soft, RLIMIT_##name | DIRECTIVE_LIMIT_##name << 8 }

const BusGetterRow bus_manager_getters[] = {
        { BUS_FAMILY_MANAGER, "DefaultBlockIOAccounting", get_default_number, DIRECTIVE_BLOCK_IO_ACCOUNTING },
        { BUS_FAMILY_MANAGER, "DefaultCPUAccounting", get_default_number, DIRECTIVE_CPU_ACCOUNTING },
        { BUS_FAMILY_MANAGER, "DefaultMemoryAccounting", get_default_number, DIRECTIVE_MEMORY_ACCOUNTING },
        { BUS_FAMILY_MANAGER, "DefaultTasksAccounting", get_default_number, DIRECTIVE_TASKS_ACCOUNTING },
        { BUS_FAMILY_MANAGER, "DefaultTasksMax", get_default_number, DIRECTIVE_TASKS_MAX },
        { BUS_FAMILY_MANAGER, "Version", get_version, 0 },
        { BUS_FAMILY_MANAGER, "Virtualization", get_virtualization, 0 },
        { BUS_FAMILY_MANAGER, "Architecture", get_architecture, 0 },
        { BUS_FAMILY_MANAGER, "Tainted", get_tainted, 0 },
        { BUS_FAMILY_MANAGER, "UnitPath", get_unit_paths, 0 },
        { BUS_FAMILY_MANAGER, "Environment", get_environment, 0 },
        { BUS_FAMILY_MANAGER, "ControlGroup", get_control_group, 0 },
        { BUS_FAMILY_MANAGER, "LogLevel", get_log_level, 0 },
        { BUS_FAMILY_MANAGER, "LogTarget", get_log_target, 0 },
        { BUS_FAMILY_LOG_CONTROL, "LogLevel", get_log_level, 0 },
        { BUS_FAMILY_LOG_CONTROL, "LogTarget", get_log_target, 0 },
        { BUS_FAMILY_LOG_CONTROL, "SyslogIdentifier", get_identifier, 0 },
        { BUS_FAMILY_MANAGER, "UserspaceTimestamp", get_start, 0 },
        { BUS_FAMILY_MANAGER, "UserspaceTimestampMonotonic", get_start, 1 },
        { BUS_FAMILY_MANAGER, "FinishTimestamp", get_finish, 0 },
        { BUS_FAMILY_MANAGER, "FinishTimestampMonotonic", get_finish, 1 },
        { BUS_FAMILY_MANAGER, "NNames", get_counter, 0 },
        { BUS_FAMILY_MANAGER, "NFailedUnits", get_counter, 1 },
        { BUS_FAMILY_MANAGER, "NJobs", get_counter, 2 },
        { BUS_FAMILY_MANAGER, "NInstalledJobs", get_counter, 3 },
        { BUS_FAMILY_MANAGER, "NFailedJobs", get_counter, 4 },
        { BUS_FAMILY_MANAGER, "Progress", get_progress, 0 },
        { BUS_FAMILY_MANAGER, "SystemState", get_system_state, 0 },
        { BUS_FAMILY_MANAGER, "ServiceWatchdogs", get_watchdogs, 0 },
        { BUS_FAMILY_MANAGER, "ExitCode", get_exit_code, 0 },
        { BUS_FAMILY_MANAGER, "DefaultTimeoutStartUSec", get_default_usec, 0 },
        { BUS_FAMILY_MANAGER, "DefaultTimeoutStopUSec", get_default_usec, 1 },
        { BUS_FAMILY_MANAGER, "DefaultTimeoutAbortUSec", get_default_usec, 2 },
        { BUS_FAMILY_MANAGER, "DefaultRestartUSec", get_default_usec, 3 },
        { BUS_FAMILY_MANAGER, "DefaultStartLimitIntervalUSec", get_default_usec, 4 },
        { BUS_FAMILY_MANAGER, "DefaultStartLimitBurst", get_default_burst, 0 },
        { BUS_FAMILY_MANAGER, "DefaultOOMPolicy", get_default_oom_policy, 0 },
        LIMIT(CPU),
        LIMIT(FSIZE),
        LIMIT(DATA),
        LIMIT(STACK),
        LIMIT(CORE),
        LIMIT(RSS),
        LIMIT(NOFILE),
        LIMIT(AS),
        LIMIT(NPROC),
        LIMIT(MEMLOCK),
        LIMIT(LOCKS),
        LIMIT(SIGPENDING),
        LIMIT(MSGQUEUE),
        LIMIT(NICE),
        LIMIT(RTPRIO),
        LIMIT(RTTIME),
};
/* clang-format on */

const unsigned bus_manager_getter_count = ARRAY_LENGTH(bus_manager_getters);
