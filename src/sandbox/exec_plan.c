/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_plan.h"

#include <errno.h>
#include <stdio.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "sandbox/directory_kinds.h"
#include "unit/specifier.h"
#include "unit/unit_print.h"

#define PROGRAM_ALIGNMENT 8
#define INSTRUCTION_BYTES 8 /* sizeof(struct sock_filter) */

/* Settings of a service's life that the executor needs besides the families shared with other
 * units. */
static const DirectiveId service_settings[] = {
        DIRECTIVE_EXEC_CONDITION,
        DIRECTIVE_EXEC_RELOAD,
        DIRECTIVE_EXEC_START,
        DIRECTIVE_EXEC_START_POST,
        DIRECTIVE_EXEC_START_PRE,
        DIRECTIVE_EXEC_STOP,
        DIRECTIVE_EXEC_STOP_POST,
        DIRECTIVE_EXEC_STOP_PRE,
        DIRECTIVE_NON_BLOCKING,
        DIRECTIVE_PERMISSIONS_START_ONLY,
        DIRECTIVE_ROOT_DIRECTORY_START_ONLY,
};

/* Settings of those families that only the manager acts upon. */
static const DirectiveId manager_settings[] = {
        DIRECTIVE_PASS_ENVIRONMENT, /* resolved already */
        DIRECTIVE_SLICE,
        DIRECTIVE_TIMEOUT_CLEAN_SEC,
};

static bool is_among(DirectiveId id, const DirectiveId *ids, size_t n_ids) {
        for (size_t i = 0; i < n_ids; i++)
                if (ids[i] == id)
                        return true;
        return false;
}

bool exec_plan_has(const DirectiveRow *row) {
        if (row->sections == SECTIONS_EXEC || row->sections == SECTIONS_RESOURCE)
                return !is_among(row->id, manager_settings, ARRAY_LENGTH(manager_settings));
        return row->sections == SECTION_PLAN ||
               is_among(row->id, service_settings, ARRAY_LENGTH(service_settings));
}

/* One line of [X-Tend-Plan], unless there is nothing to say. */
static void print_fact(DirectiveId id, UnitType type, const char *text, StrBuf *out) {
        const DirectiveRow *row = directive_row(type, id);

        if (!text || !row)
                return;
        strbuf_addf(out, "%s=", row->name);
        specifier_escape(str_of(text), out);
        strbuf_add_char(out, '\n');
}

/* Unless it is the usual one. */
static void print_root(DirectoryKind kind, UnitType type, const char *path, StrBuf *out) {
        const DirectoryKindRow *row = &directory_kind_rows[kind];

        if (!streq_null(path, row->usual_root))
                print_fact(row->root_id, type, path, out);
}

static void print_number(DirectiveId id, UnitType type, size_t number, StrBuf *out) {
        char text[24];

        (void)snprintf(text, sizeof(text), "%zu", number); /* fits */
        print_fact(id, type, number > 0 ? text : NULL, out);
}

/* Enforce= of the unit goes before what the manager was told. */
static void print_policy(const ExecPlanFacts *facts, const UnitSpec *spec, StrBuf *out) {
        char *const *enforce = unit_spec_strv(spec, DIRECTIVE_ENFORCE);
        bool strict = strv_contains(enforce, "strict") ||
                      (facts->strict && !strv_contains(enforce, "report"));

        print_fact(DIRECTIVE_PLAN_POLICY, spec->type, strict ? "strict" : "report", out);
        STRV_FOREACH(name, enforce)
        print_fact(DIRECTIVE_PLAN_ENFORCE, spec->type, *name, out);
}

static void print_facts(const ExecPlanFacts *facts, const UnitSpec *spec, StrBuf *out) {
        UnitType type = spec->type;

        strbuf_addf(out, "\n[%s]\n", section_name(SECTION_PLAN));
        print_fact(DIRECTIVE_PLAN_UNIT, type, facts->unit ?: spec->name, out);
        print_fact(DIRECTIVE_PLAN_SCOPE,
                   type,
                   facts->scope == UNIT_SCOPE_USER ? "user" : "system",
                   out);
        print_policy(facts, spec, out);
        STRV_FOREACH(group, facts->control_groups)
        print_fact(DIRECTIVE_PLAN_CONTROL_GROUP, type, *group, out);
        STRV_FOREACH(pair, unit_spec_strv(spec, DIRECTIVE_CREDENTIAL_ENVIRONMENT))
        print_fact(DIRECTIVE_PLAN_CREDENTIAL_ENVIRONMENT, type, *pair, out);
        print_fact(DIRECTIVE_PLAN_LOG_FILE, type, facts->log_file, out);
        print_fact(DIRECTIVE_PLAN_LOG_SOCKET, type, facts->log_socket, out);
        print_root(DIRECTORY_RUNTIME, type, facts->runtime_root, out);
        print_root(DIRECTORY_STATE, type, facts->state_root, out);
        print_root(DIRECTORY_CACHE, type, facts->cache_root, out);
        print_root(DIRECTORY_LOGS, type, facts->logs_root, out);
        print_root(DIRECTORY_CONFIGURATION, type, facts->configuration_root, out);
        print_fact(DIRECTIVE_PLAN_INACCESSIBLE, type, facts->inaccessible, out);
        print_fact(DIRECTIVE_PLAN_IPC, type, facts->ipc, out);
        print_fact(DIRECTIVE_PLAN_NETWORK, type, facts->network, out);
        print_fact(DIRECTIVE_PLAN_PRIVATE_TMP, type, facts->private_tmp, out);
        print_fact(DIRECTIVE_PLAN_PRIVATE_VAR_TMP, type, facts->private_var_tmp, out);
        print_fact(DIRECTIVE_PLAN_RECEIVED_CREDENTIALS, type, facts->received_credentials, out);
        print_number(
                DIRECTIVE_PLAN_SYSTEM_CALL_PROGRAM, type, facts->system_call_programs.length, out);
        print_number(DIRECTIVE_PLAN_DYNAMIC_UID, type, facts->dynamic_uid, out);
}

/* The programs stand aligned for the kernel wherever the plan does. */
static void add_programs(Str programs, StrBuf *out) {
        static const char gap[PROGRAM_ALIGNMENT] = { 0 };

        if (programs.length == 0)
                return;
        strbuf_add_bytes(out, gap, PROGRAM_ALIGNMENT - out->length % PROGRAM_ALIGNMENT);
        strbuf_add_str(out, programs);
}

int exec_plan_print(const ExecPlanFacts *facts, const UnitSpec *spec, StrBuf *out) {
        unsigned section = section_of_type(spec->type);

        if (!(section & SECTIONS_EXEC))
                return err_new(-EINVAL);
        strbuf_addf(out, "[%s]\n", section_name(section));
        for (unsigned i = 0; i < spec->n_values; i++) {
                DirectiveId id = (DirectiveId)spec->values[i].id;
                const DirectiveRow *row = directive_row(spec->type, id);

                if (row && row->sections != SECTION_PLAN && exec_plan_has(row))
                        unit_print_setting(spec, id, out);
        }
        print_facts(facts, spec, out);
        add_programs(facts->system_call_programs, out);
        return err_pass(strbuf_result(out));
}

static void show_line(Str line, StrBuf *out) {
        Str shown = line;

        if (str_skip_prefix(&shown, "SetCredential=") ||
            str_skip_prefix(&shown, "SetCredentialEncrypted=")) {
                ssize_t colon = str_find_char(line, ':');

                strbuf_add_str(out, (Str){ line.data, colon < 0 ? 0 : (size_t)colon + 1 });
                strbuf_add(out, "(hidden)");
        } else {
                strbuf_add_str(out, line);
        }
        strbuf_add_char(out, '\n');
}

void exec_plan_split(Str plan, Str *ret_text, Str *ret_programs) {
        size_t length = strnlen(plan.data, plan.length);
        size_t begin = MIN(plan.length, (length / PROGRAM_ALIGNMENT + 1) * PROGRAM_ALIGNMENT);

        *ret_text = (Str){ plan.data, length };
        *ret_programs = (Str){ plan.data + begin, plan.length - begin };
}

int exec_plan_next_program(Str *programs, Str *ret) {
        Str rest = *programs;
        uint64_t n;

        if (rest.length < sizeof(n))
                return err_new(-EINVAL);
        memcpy(&n, rest.data, sizeof(n));
        rest.data += sizeof(n);
        rest.length -= sizeof(n);
        if (n == 0 || n > rest.length / INSTRUCTION_BYTES)
                return err_new(-EINVAL);
        *ret = (Str){ rest.data, n * INSTRUCTION_BYTES };
        *programs = (Str){ rest.data + ret->length, rest.length - ret->length };
        return 0;
}

void exec_plan_show(Str plan, StrBuf *out) {
        Str text, programs, line;

        exec_plan_split(plan, &text, &programs);
        text.length -= str_has_suffix(text, "\n"); /* the last line ends there */
        while (str_next_part(&text, '\n', &line))
                show_line(line, out);
}

/* The value of Unit= in the last section, which names the type for all that is read before. */
static Str find_unit_name(Str text) {
        static const char header[] = "\n[X-Tend-Plan]\nUnit=";
        const char *found = memmem(text.data, text.length, header, sizeof(header) - 1);
        Str rest = STR_EMPTY, line;

        if (found) {
                rest.data = found + sizeof(header) - 1;
                rest.length = (size_t)(text.data + text.length - rest.data);
        }
        return str_next_part(&rest, '\n', &line) ? line : STR_EMPTY;
}

int exec_plan_read(Str text, UnitSpec **ret, Diag *diag) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO_FREE char *name = str_dup(find_unit_name(text));
        int r;

        if (!name)
                return err_new(-ENOMEM);
        if (!unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE)) {
                diag_add(diag, NULL, DIAG_ERROR, "The plan does not name its unit");
                return err_new(-EINVAL);
        }
        r = unit_spec_new(name, &spec);
        if (r >= 0)
                r = unit_read_text(spec, text, diag);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(spec);
        return 0;
}
