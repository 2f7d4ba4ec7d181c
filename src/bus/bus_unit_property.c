/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of org.freedesktop.systemd1.Unit that exist at run time only. */

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_error.h"
#include "bus/bus_getters.h"
#include "bus/bus_object.h"
#include "bus/bus_value.h"
#include "unit/unit_defaults.h"

/* --- names and files --- */

static int get_id(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, context->unit->id);
}

static int get_names(BusGetterContext *context, BusBody *body) {
        const UnitSpec *spec = context->unit->spec;
        int r = bus_body_open(body, 'a', "s");

        if (r >= 0)
                r = bus_append_text(body, context->unit->id);
        STRV_FOREACH(alias, spec ? spec->aliases : NULL) {
                if (r >= 0 && !streq(*alias, context->unit->id))
                        r = bus_append_text(body, *alias);
        }
        return r < 0 ? r : bus_body_close(body);
}

static int get_description(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, unit_description(context->unit));
}

static int get_fragment_path(BusGetterContext *context, BusBody *body) {
        const UnitSpec *spec = context->unit->spec;

        return bus_append_text(body, spec ? spec->fragment_path : NULL);
}

static int get_source_path(BusGetterContext *context, BusBody *body) {
        const UnitSpec *spec = context->unit->spec;

        return bus_append_text(body, spec ? spec->source_path : NULL);
}

static int get_dropin_paths(BusGetterContext *context, BusBody *body) {
        const UnitSpec *spec = context->unit->spec;

        return bus_append_strv(body, spec ? spec->dropin_paths : NULL);
}

static int get_file_state(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        AUTO_FREE char *state = NULL;

        if (context->unit->spec && context->unit->spec->transient)
                return bus_append_text(body, "transient");
        /* Built-in units have no file and so no state. */
        if (host->unit_file_state)
                (void)host->unit_file_state(host->userdata, context->unit->id, &state);
        return bus_append_text(body, state);
}

static int get_file_preset(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        AUTO_FREE char *preset = NULL;

        if (host->unit_file_preset)
                (void)host->unit_file_preset(host->userdata, context->unit->id, &preset);
        return bus_append_text(body, preset);
}

static int get_needs_reload(BusGetterContext *context, BusBody *body) {
        return bus_append_bool(body, unit_needs_reload(context->unit));
}

/* --- states --- */

static int get_load_state(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, unit_load_state_name(context->unit->load_state));
}

static int get_active_state(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, active_state_name(unit_active_state(context->unit)));
}

static int get_sub_state(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, unit_sub_state_name(context->unit));
}

static int get_load_error(BusGetterContext *context, BusBody *body) {
        static const char *const names[UNIT_LOAD_STATE_COUNT] = {
                [UNIT_NOT_FOUND] = BUS_ERROR_NO_SUCH_UNIT,
                [UNIT_BAD_SETTING] = BUS_ERROR_BAD_UNIT_SETTING,
                [UNIT_ERROR] = BUS_ERROR_LOAD_FAILED,
                [UNIT_MASKED] = BUS_ERROR_UNIT_MASKED,
        };
        const UnitSpec *spec = context->unit->spec;
        const char *name = names[context->unit->load_state];

        return bus_body_append(
                body, "(ss)", name ?: "", name && spec && spec->load_error ? spec->load_error : "");
}

static int get_can(BusGetterContext *context, BusBody *body) {
        static bool (*const questions[])(const Unit *) = {
                unit_can_start,
                unit_can_stop,
                unit_can_reload,
                unit_can_isolate,
        };
        static const DirectiveId refusals[] = {
                DIRECTIVE_REFUSE_MANUAL_START,
                DIRECTIVE_REFUSE_MANUAL_STOP,
                DIRECTIVE_NONE,
                DIRECTIVE_REFUSE_MANUAL_START,
        };

        const UnitSpec *spec = context->unit->spec;

        /* What only other units may ask for is not there for the user. */
        if (spec && refusals[context->argument] &&
            unit_spec_bool(spec, refusals[context->argument]))
                return bus_append_bool(body, false);
        return bus_append_bool(body, questions[context->argument](context->unit));
}

static int get_flag(BusGetterContext *context, BusBody *body) {
        return bus_append_bool(body, context->unit->flags & (unsigned)context->argument);
}

/* False until it was looked at. */
static int get_condition_result(BusGetterContext *context, BusBody *body) {
        const Unit *unit = context->unit;
        bool assertions = context->argument != 0;
        const DualTimestamp *stamp = assertions ? &unit->assert_time : &unit->condition_time;
        unsigned flag = assertions ? UNIT_ASSERT_RESULT : UNIT_CONDITION_RESULT;

        return bus_append_bool(body, stamp->realtime_usec > 0 && (unit->flags & flag));
}

/* Units that the kernel or the user brings about stay when a target is isolated (systemd.unit(5)).
 */
static int get_ignore_on_isolate(BusGetterContext *context, BusBody *body) {
        static const bool defaults[UNIT_TYPE_COUNT] = {
                [UNIT_SLICE] = true, [UNIT_SCOPE] = true, [UNIT_DEVICE] = true,
                [UNIT_SWAP] = true,  [UNIT_MOUNT] = true, [UNIT_AUTOMOUNT] = true,
        };
        const Value *value = bus_value_find(context, DIRECTIVE_IGNORE_ON_ISOLATE);

        return bus_append_bool(body, value ? value->number : defaults[context->unit->type]);
}

static int get_transient(BusGetterContext *context, BusBody *body) {
        return bus_append_bool(body, context->unit->spec && context->unit->spec->transient);
}

static int get_job(BusGetterContext *context, BusBody *body) {
        char path[BUS_PATH_SIZE];
        const Job *job = context->unit->job;

        return bus_body_append(
                body, "(uo)", job ? job->id : 0, job ? bus_job_path(job->id, path) : "/");
}

static int get_invocation_id(BusGetterContext *context, BusBody *body) {
        const Id128 *id = &context->unit->invocation_id;

        return bus_body_append_array(
                body, 'y', id->bytes, id128_is_null(*id) ? 0 : sizeof(id->bytes));
}

/* --- times --- */

static const DualTimestamp *find_stamp(const Unit *unit, int which) {
        const DualTimestamp *const stamps[] = {
                &unit->state_change, &unit->inactive_exit,  &unit->active_enter,
                &unit->active_exit,  &unit->inactive_enter, &unit->condition_time,
                &unit->assert_time,
        };

        return stamps[which];
}

static int get_realtime(BusGetterContext *context, BusBody *body) {
        return bus_append_u64(body, find_stamp(context->unit, context->argument)->realtime_usec);
}

static int get_monotonic(BusGetterContext *context, BusBody *body) {
        return bus_append_u64(body, find_stamp(context->unit, context->argument)->monotonic_usec);
}

/* --- settings that depend on the manager --- */

static int get_start_limit_interval(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_START_LIMIT_INTERVAL_SEC);

        return bus_append_u64(
                body,
                value ? value->number
                      : context->server->engine->config.default_start_limit_interval_usec);
}

static int get_start_limit_burst(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_START_LIMIT_BURST);
        uint32_t burst = value ? (uint32_t)value->number
                               : context->server->engine->config.default_start_limit_burst;

        return bus_body_append_basic(body, 'u', &burst);
}

/* What limits the whole job limits the time that it runs. */
static int get_running_timeout(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_JOB_RUNNING_TIMEOUT_SEC);

        if (!value)
                value = bus_value_find(context, DIRECTIVE_JOB_TIMEOUT_SEC);
        return bus_append_u64(body, value ? value->number : UINT64_MAX);
}

static int get_mount_paths(BusGetterContext *context, BusBody *body) {
        AUTO_STRV char **paths = NULL;
        int r = 0;

        if (context->unit->spec)
                r = unit_defaults_mount_paths(
                        context->unit->spec, context->server->engine->config.scope, &paths);
        return r < 0 ? err_pass(r) : bus_append_strv(body, paths);
}

/* --- conditions --- */

/* 1 held, -1 did not, 0 was not looked at. */
static int32_t condition_state(const Unit *unit, bool assertions, unsigned i) {
        uint64_t tested =
                assertions ? unit->assert_time.realtime_usec : unit->condition_time.realtime_usec;
        unsigned flag = assertions ? UNIT_ASSERT_RESULT : UNIT_CONDITION_RESULT;

        if (tested == 0)
                return 0;
        if (unit->flags & flag)
                return 1;
        return unit->failed_condition < 0 || unit->failed_condition == (int)i ? -1 : 1;
}

static int get_conditions(BusGetterContext *context, BusBody *body) {
        bool assertions = context->argument != 0;
        const ConditionList *list = NULL;
        int r = bus_body_open(body, 'a', "(sbbsi)");

        if (context->unit->spec)
                list = unit_spec_conditions(context->unit->spec,
                                            assertions ? DIRECTIVE_ASSERT : DIRECTIVE_CONDITION);
        for (unsigned i = 0; list && i < list->n_conditions && r >= 0; i++) {
                const Condition *condition = &list->conditions[i];
                r = bus_body_append(body,
                                    "(sbbsi)",
                                    condition_directive_name(condition->type, assertions),
                                    condition->trigger,
                                    condition->negate,
                                    condition->parameter ?: "",
                                    condition_state(context->unit, assertions, i));
        }
        return r < 0 ? r : bus_body_close(body);
}

/* --- dependencies --- */

int bus_unit_dependency_of(const char *property_name) {
        for (int kind = 0; kind < DEPENDENCY_KIND_COUNT; kind++) {
                const char *name = dependency_kind_name((DependencyKind)kind);
                if (name && streq(name, property_name))
                        return kind;
        }
        return -1;
}

int bus_unit_get_dependency(BusGetterContext *context, BusBody *body) {
        const UnitEdge *edge;
        unsigned cursor = 0;
        int r = bus_body_open(body, 'a', "s");

        while (r >= 0 && (edge = unit_graph_next(
                                  context->unit, DEP_BIT((unsigned)context->argument), &cursor)))
                r = bus_append_text(body, edge->other->id);
        return r < 0 ? r : bus_body_close(body);
}

/* clang-format off */
const BusGetterRow bus_unit_getters[] = {
        { BUS_FAMILY_UNIT, "Id", get_id, 0 },
        { BUS_FAMILY_UNIT, "Names", get_names, 0 },
        { BUS_FAMILY_UNIT, "Description", get_description, 0 },
        { BUS_FAMILY_UNIT, "LoadState", get_load_state, 0 },
        { BUS_FAMILY_UNIT, "ActiveState", get_active_state, 0 },
        { BUS_FAMILY_UNIT, "SubState", get_sub_state, 0 },
        { BUS_FAMILY_UNIT, "FragmentPath", get_fragment_path, 0 },
        { BUS_FAMILY_UNIT, "SourcePath", get_source_path, 0 },
        { BUS_FAMILY_UNIT, "DropInPaths", get_dropin_paths, 0 },
        { BUS_FAMILY_UNIT, "UnitFileState", get_file_state, 0 },
        { BUS_FAMILY_UNIT, "UnitFilePreset", get_file_preset, 0 },
        { BUS_FAMILY_UNIT, "NeedDaemonReload", get_needs_reload, 0 },
        { BUS_FAMILY_UNIT, "LoadError", get_load_error, 0 },
        { BUS_FAMILY_UNIT, "CanStart", get_can, 0 },
        { BUS_FAMILY_UNIT, "CanStop", get_can, 1 },
        { BUS_FAMILY_UNIT, "CanReload", get_can, 2 },
        { BUS_FAMILY_UNIT, "CanIsolate", get_can, 3 },
        { BUS_FAMILY_UNIT, "Transient", get_transient, 0 },
        { BUS_FAMILY_UNIT, "Perpetual", get_flag, UNIT_PERPETUAL },
        { BUS_FAMILY_UNIT, "ConditionResult", get_condition_result, 0 },
        { BUS_FAMILY_UNIT, "AssertResult", get_condition_result, 1 },
        { BUS_FAMILY_UNIT, "IgnoreOnIsolate", get_ignore_on_isolate, 0 },
        { BUS_FAMILY_UNIT, "Conditions", get_conditions, 0 },
        { BUS_FAMILY_UNIT, "Asserts", get_conditions, 1 },
        { BUS_FAMILY_UNIT, "Job", get_job, 0 },
        { BUS_FAMILY_UNIT, "InvocationID", get_invocation_id, 0 },
        { BUS_FAMILY_UNIT, "StateChangeTimestamp", get_realtime, 0 },
        { BUS_FAMILY_UNIT, "StateChangeTimestampMonotonic", get_monotonic, 0 },
        { BUS_FAMILY_UNIT, "InactiveExitTimestamp", get_realtime, 1 },
        { BUS_FAMILY_UNIT, "InactiveExitTimestampMonotonic", get_monotonic, 1 },
        { BUS_FAMILY_UNIT, "ActiveEnterTimestamp", get_realtime, 2 },
        { BUS_FAMILY_UNIT, "ActiveEnterTimestampMonotonic", get_monotonic, 2 },
        { BUS_FAMILY_UNIT, "ActiveExitTimestamp", get_realtime, 3 },
        { BUS_FAMILY_UNIT, "ActiveExitTimestampMonotonic", get_monotonic, 3 },
        { BUS_FAMILY_UNIT, "InactiveEnterTimestamp", get_realtime, 4 },
        { BUS_FAMILY_UNIT, "InactiveEnterTimestampMonotonic", get_monotonic, 4 },
        { BUS_FAMILY_UNIT, "ConditionTimestamp", get_realtime, 5 },
        { BUS_FAMILY_UNIT, "ConditionTimestampMonotonic", get_monotonic, 5 },
        { BUS_FAMILY_UNIT, "AssertTimestamp", get_realtime, 6 },
        { BUS_FAMILY_UNIT, "AssertTimestampMonotonic", get_monotonic, 6 },
        { BUS_FAMILY_UNIT, "StartLimitIntervalUSec", get_start_limit_interval, 0 },
        { BUS_FAMILY_UNIT, "StartLimitBurst", get_start_limit_burst, 0 },
        { BUS_FAMILY_UNIT, "JobRunningTimeoutUSec", get_running_timeout, 0 },
        { BUS_FAMILY_UNIT, "RequiresMountsFor", get_mount_paths, 0 },
};
/* clang-format on */

const unsigned bus_unit_getter_count = ARRAY_LENGTH(bus_unit_getters);
