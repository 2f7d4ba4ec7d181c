/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of the execution environment that are not simply the value of their setting. */

#include <errno.h>
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

/* The form of a stream: the part before the colon. */
static int get_stream(BusGetterContext *context, BusBody *body) {
        const Value *value = own_value(context);
        AUTO_FREE char *form = NULL;
        const char *colon;

        if (!value)
                return bus_property_append_default(context, body);
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
        if (words && (streq(words[0], "yes") || streq(words[0], "no")))
                words = strv_free(words);
        return bus_append_strv(body, words);
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
        { BUS_FAMILY_CONTROL_GROUP, "DelegateControllers", get_delegated, 0 },
};
/* clang-format on */

const unsigned bus_exec_getter_count = ARRAY_LENGTH(bus_exec_getters);
