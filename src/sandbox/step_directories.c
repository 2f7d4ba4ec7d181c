/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_step_functions.h"

#include "base/error.h"
#include "sandbox/directory_kinds.h"
#include "sandbox/exec_directories.h"
#include "unit/unit_enums.h"

static int
make_one(ExecContext *context, const DirectoryKindRow *row, const char *root, const Rule *rule) {
        bool is_system = context->scope == UNIT_SCOPE_SYSTEM;
        ExecDirectoryOrder order = {
                .root = root,
                .name = rule->source,
                .mode = (mode_t)unit_spec_number(context->spec, row->mode_id),
                .uid = is_system ? context->identity.uid : UID_KEEP,
                .gid = is_system ? context->identity.gid : GID_KEEP,
                .keep_existing = row->kind == DIRECTORY_CONFIGURATION,
                .private_layout = context->identity.is_dynamic &&
                                  directory_kind_is_private(context->spec, row->kind),
        };
        int r;

        if (row->kind == DIRECTORY_CONFIGURATION) {
                order.uid = UID_KEEP; /* services read their configuration, they do not own it */
                order.gid = GID_KEEP;
        }
        r = exec_directory_make(&order);
        if (r == EXEC_DIRECTORY_MODE_DIFFERS)
                exec_context_say(context,
                                 REPORT_NOTE,
                                 row->mode_id,
                                 "%s/%s was there with another mode",
                                 root,
                                 rule->source);
        if (r >= 0 && rule->target && rule->target[0])
                r = exec_directory_link(root, rule->target, rule->source);
        return r < 0 ? exec_context_problem(context, row->id, r, rule->source) : STEP_DONE;
}

static int make_all(ExecContext *context, DirectoryKind kind) {
        const DirectoryKindRow *row = &directory_kind_rows[kind];
        const RuleList *list = unit_spec_rules(context->spec, row->id);
        const char *root;

        if (!list)
                return STEP_DONE;
        root = directory_kind_root(context->spec, kind);
        for (unsigned i = 0; i < list->n_rules; i++) {
                int r = make_one(context, row, root, &list->rules[i]);

                if (r < 0)
                        return r;
        }
        return STEP_DONE;
}

int step_runtime_directories(ExecContext *context) {
        return make_all(context, DIRECTORY_RUNTIME);
}

int step_state_directories(ExecContext *context) {
        return make_all(context, DIRECTORY_STATE);
}

int step_cache_directories(ExecContext *context) {
        return make_all(context, DIRECTORY_CACHE);
}

int step_logs_directories(ExecContext *context) {
        return make_all(context, DIRECTORY_LOGS);
}

int step_configuration_directories(ExecContext *context) {
        return make_all(context, DIRECTORY_CONFIGURATION);
}
