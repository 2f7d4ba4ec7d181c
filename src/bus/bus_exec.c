/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of the execution environment that are not simply the value of their setting. */

#include <errno.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_getters.h"
#include "bus/bus_value.h"
#include "unit/kind.h"

/* The value of the setting behind the row. */
static const Value *own_value(BusGetterContext *context) {
        return context->directive ? bus_value_find(context, context->directive->id) : NULL;
}

/* --- resource limits: where nothing is set, services inherit what the manager has --- */

static int get_hard(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);

        return value ? bus_append_u64(body, value->limit->hard)
                     : bus_append_own_limit(context, body, false);
}

static int get_soft(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);

        return value ? bus_append_u64(body, value->limit->soft)
                     : bus_append_own_limit(context, body, true);
}

/* --- standard streams --- */

/* What a stream is that is not set: data has to be read, and who reads from a terminal or a socket
 * writes there, too (systemd.exec(5)). */
static int append_unset_stream(BusGetterContext *context, BusBody *body) {
        static const char *const both_ways[] = { "tty", "socket", "fd" };
        bool is_input = context->directive->id == DIRECTIVE_STANDARD_INPUT;
        const Value *input = bus_value_find(context, DIRECTIVE_STANDARD_INPUT);

        if (is_input && bus_value_find(context, DIRECTIVE_STANDARD_INPUT_DATA))
                return bus_append_text(body, "data");
        if (context->directive->id == DIRECTIVE_STANDARD_OUTPUT && input)
                for (size_t i = 0; i < ARRAY_LENGTH(both_ways); i++)
                        if (str_has_prefix(str_of(input->text), both_ways[i]))
                                return bus_append_text(body, "inherit");
        return bus_property_append_default(context, body);
}

/* The form of a stream: the part before the colon. */
static int get_stream(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);
        AUTO_FREE char *form = NULL;
        const char *colon;

        if (!value)
                return append_unset_stream(context, body);
        colon = strchr(value->text, ':');
        if (!colon)
                return bus_append_text(body, value->text);
        form = str_dup((Str){ value->text, (size_t)(colon - value->text) });
        return form ? bus_append_text(body, form) : err_new(-ENOMEM);
}

/* The name after "fd:"; the argument is the stream's setting. */
static int get_stream_name(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, (DirectiveId)context->argument);
        Str name = str_of(value ? value->text : NULL);

        return bus_append_text(body, str_skip_prefix(&name, "fd:") ? name.data : NULL);
}

static int get_syslog_priority(BusGetterContext *context, BusBody *body) {
        const Value *facility = bus_value_find(context, DIRECTIVE_SYSLOG_FACILITY);
        const Value *level = bus_value_find(context, DIRECTIVE_SYSLOG_LEVEL);

        return bus_append_i32(
                body,
                (int32_t)((facility ? facility->number : 3) << 3 | (level ? level->number : 6)));
}

/* --- system calls: groups are taken apart --- */

static int get_system_calls(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        const Value *value = own_value(context);
        AUTO_STRV char **calls = NULL;
        int allow = value && !(value->flags & VALUE_INVERTED), r = 0;

        if (!value || !host->system_calls)
                return bus_value_get(context, body);
        r = host->system_calls(value, context->directive->id, &calls);
        if (r >= 0)
                r = bus_body_open(body, 'r', "bas");
        if (r >= 0)
                r = bus_body_append_basic(body, 'b', &allow);
        if (r >= 0)
                r = bus_append_strv(body, calls);
        return r < 0 ? err_pass(r) : bus_body_close(body);
}

/* --- directories --- */

/* Links to directories: those with a second name. */
static int get_directory_links(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);
        unsigned n_rules = value && value->rules ? value->rules->n_rules : 0;
        int r = bus_body_open(body, 'a', "(sst)");

        for (unsigned i = 0; i < n_rules && r >= 0; i++) {
                const Rule *rule = &value->rules->rules[i];
                if (rule->target)
                        r = bus_body_append(body, "(sst)", rule->source, rule->target, UINT64_C(0));
        }
        return r < 0 ? r : bus_body_close(body);
}

/* --- processors --- */

static int get_affinity_from_numa(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_CPU_AFFINITY);

        return bus_append_bool(body, value && (value->flags & VALUE_AUTOMATIC));
}

static int get_delegated(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_DELEGATE);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO_STRV char **words = NULL;
        const char *equals;
        int r;

        if (value && context->unit->spec)
                directive_row(context->unit->type, DIRECTIVE_DELEGATE)
                        ->kind->print(directive_row(context->unit->type, DIRECTIVE_DELEGATE),
                                      value,
                                      &text);
        equals = strchr(strbuf_text(&text), '=');
        r = strv_split(&words, str_trim(str_of(equals ? equals + 1 : NULL)), 0);
        if (r < 0)
                return err_pass(r);
        bool all = words && streq(words[0], "yes");
        if (words && (all || streq(words[0], "no")))
                words = strv_free(words);
        if (all)
                r = strv_split(&words, str_of(context->server->host.machine.controllers), 0);
        return r < 0 ? err_pass(r) : bus_append_strv(body, words);
}

/* --- what is filled in ------------------------------------------------------------------------ */

/* A user that is made for the unit has its name, unless the unit gives it one. */
static int get_user(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        const Value *value = own_value(context);
        AUTO_FREE char *name = NULL;

        if (!value)
                value = bus_value_find(context, DIRECTIVE_USER); /* the group is the user's */
        if (!context->unit->spec || !unit_spec_bool(context->unit->spec, DIRECTIVE_DYNAMIC_USER))
                return bus_value_get(context, body);
        if (!value && host->dynamic_user_name)
                name = host->dynamic_user_name(context->unit);
        return bus_append_text(body, value ? value->text : name);
}

/* Another root gets the kernel's file systems unless the unit says no. */
static int get_mount_apivfs(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);

        return bus_append_bool(body,
                               value ? value->number != 0
                                     : bus_value_find(context, DIRECTIVE_ROOT_DIRECTORY) ||
                                               bus_value_find(context, DIRECTIVE_ROOT_IMAGE));
}

/* "none" comes to the class that the kernel takes then. */
static int get_io_class(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);

        return value && value->number != 0 ? bus_value_get(context, body)
                                           : bus_property_append_default(context, body);
}

/* The lowest one that the policy has, as step_scheduling.c takes it. */
static int get_cpu_priority(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);
        int priority = value ? (int)value->signed_number : 0;

        value = bus_value_find(context, DIRECTIVE_CPU_SCHEDULING_POLICY);
        int lowest = value ? sched_get_priority_min((int)value->number) : 0;
        return bus_append_i32(body, MAX(priority, lowest));
}

/* As step_keyring.c has it. */
static int get_keyring_mode(BusGetterContext *context, BusBody *body) {
        bool system = context->server->engine->config.scope == UNIT_SCOPE_SYSTEM;

        if (own_value(context))
                return bus_value_get(context, body);
        return bus_append_text(body,
                               !system                               ? "inherit"
                               : context->unit->type == UNIT_SERVICE ? "private"
                                                                     : "shared");
}

/* Nodes without a policy are preferred (set_mempolicy(2)). */
static int get_numa_policy(BusGetterContext *context, BusBody *body) {
        if (!own_value(context) && bus_value_find(context, DIRECTIVE_NUMA_MASK))
                return bus_append_i32(body, MPOL_PREFERRED);
        return bus_value_get(context, body);
}

/* clang-format off */
#define LIMIT(name) \
        { BUS_FAMILY_EXEC, "Limit" #name, get_hard, RLIMIT_##name }, \
        { BUS_FAMILY_EXEC, "Limit" #name "Soft", get_soft, RLIMIT_##name }

const BusGetterRow bus_exec_getters[] = {
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
        { BUS_FAMILY_EXEC, "StandardInput", get_stream, 0 },
        { BUS_FAMILY_EXEC, "StandardOutput", get_stream, 0 },
        { BUS_FAMILY_EXEC, "StandardError", get_stream, 0 },
        { BUS_FAMILY_EXEC, "StandardInputFileDescriptorName", get_stream_name, DIRECTIVE_STANDARD_INPUT },
        { BUS_FAMILY_EXEC, "StandardOutputFileDescriptorName", get_stream_name, DIRECTIVE_STANDARD_OUTPUT },
        { BUS_FAMILY_EXEC, "StandardErrorFileDescriptorName", get_stream_name, DIRECTIVE_STANDARD_ERROR },
        { BUS_FAMILY_EXEC, "SyslogPriority", get_syslog_priority, 0 },
        { BUS_FAMILY_EXEC, "RuntimeDirectorySymlink", get_directory_links, 0 },
        { BUS_FAMILY_EXEC, "StateDirectorySymlink", get_directory_links, 0 },
        { BUS_FAMILY_EXEC, "CacheDirectorySymlink", get_directory_links, 0 },
        { BUS_FAMILY_EXEC, "LogsDirectorySymlink", get_directory_links, 0 },
        { BUS_FAMILY_EXEC, "CPUAffinityFromNUMA", get_affinity_from_numa, 0 },
        { BUS_FAMILY_EXEC, "SystemCallFilter", get_system_calls, 0 },
        { BUS_FAMILY_EXEC, "SystemCallLog", get_system_calls, 0 },
        { BUS_FAMILY_EXEC, "User", get_user, 0 },
        { BUS_FAMILY_EXEC, "Group", get_user, 0 },
        { BUS_FAMILY_EXEC, "CPUSchedulingPriority", get_cpu_priority, 0 },
        { BUS_FAMILY_EXEC, "MountAPIVFS", get_mount_apivfs, 0 },
        { BUS_FAMILY_EXEC, "IOSchedulingClass", get_io_class, 0 },
        { BUS_FAMILY_EXEC, "KeyringMode", get_keyring_mode, 0 },
        { BUS_FAMILY_EXEC, "NUMAPolicy", get_numa_policy, 0 },
        { BUS_FAMILY_CONTROL_GROUP, "DelegateControllers", get_delegated, 0 },
};
/* clang-format on */

const unsigned bus_exec_getter_count = ARRAY_LENGTH(bus_exec_getters);
