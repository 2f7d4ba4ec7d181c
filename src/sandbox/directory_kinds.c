/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/directory_kinds.h"

#include "unit/unit_enums.h"

/* clang-format off */
const DirectoryKindRow directory_kind_rows[DIRECTORY_KIND_COUNT] = {
        [DIRECTORY_RUNTIME] = { .kind = DIRECTORY_RUNTIME, .id = DIRECTIVE_RUNTIME_DIRECTORY, .mode_id = DIRECTIVE_RUNTIME_DIRECTORY_MODE, .root_id = DIRECTIVE_PLAN_RUNTIME_ROOT, .usual_root = "/run", .variable = "RUNTIME_DIRECTORY" },
        [DIRECTORY_STATE] = { .kind = DIRECTORY_STATE, .id = DIRECTIVE_STATE_DIRECTORY, .mode_id = DIRECTIVE_STATE_DIRECTORY_MODE, .root_id = DIRECTIVE_PLAN_STATE_ROOT, .usual_root = "/var/lib", .variable = "STATE_DIRECTORY" },
        [DIRECTORY_CACHE] = { .kind = DIRECTORY_CACHE, .id = DIRECTIVE_CACHE_DIRECTORY, .mode_id = DIRECTIVE_CACHE_DIRECTORY_MODE, .root_id = DIRECTIVE_PLAN_CACHE_ROOT, .usual_root = "/var/cache", .variable = "CACHE_DIRECTORY" },
        [DIRECTORY_LOGS] = { .kind = DIRECTORY_LOGS, .id = DIRECTIVE_LOGS_DIRECTORY, .mode_id = DIRECTIVE_LOGS_DIRECTORY_MODE, .root_id = DIRECTIVE_PLAN_LOGS_ROOT, .usual_root = "/var/log", .variable = "LOGS_DIRECTORY" },
        [DIRECTORY_CONFIGURATION] = { .kind = DIRECTORY_CONFIGURATION, .id = DIRECTIVE_CONFIGURATION_DIRECTORY, .mode_id = DIRECTIVE_CONFIGURATION_DIRECTORY_MODE, .root_id = DIRECTIVE_PLAN_CONFIGURATION_ROOT, .usual_root = "/etc", .variable = "CONFIGURATION_DIRECTORY" },
};
/* clang-format on */

const char *directory_kind_root(const UnitSpec *spec, DirectoryKind kind) {
        return unit_spec_text(spec, directory_kind_rows[kind].root_id)
                       ?: directory_kind_rows[kind].usual_root;
}

bool directory_kind_is_private(const UnitSpec *spec, DirectoryKind kind) {
        if (kind == DIRECTORY_CONFIGURATION || !unit_spec_rules(spec, directory_kind_rows[kind].id))
                return false;
        return kind != DIRECTORY_RUNTIME ||
               unit_spec_number(spec, DIRECTIVE_RUNTIME_DIRECTORY_PRESERVE) != PRESERVE_NO;
}

/* Whether an earlier rule names the same directory ("a:x a:y"). */
static bool is_repeated(const RuleList *list, unsigned i) {
        for (unsigned earlier = 0; earlier < i; earlier++)
                if (streq(list->rules[earlier].source, list->rules[i].source))
                        return true;
        return false;
}

void directory_kind_paths(const UnitSpec *spec, DirectoryKind kind, StrBuf *out) {
        const RuleList *list = unit_spec_rules(spec, directory_kind_rows[kind].id);
        const char *root = directory_kind_root(spec, kind);
        size_t start = out->length;

        for (unsigned i = 0; list && i < list->n_rules; i++) {
                if (is_repeated(list, i))
                        continue;
                if (out->length > start)
                        strbuf_add_char(out, ':');
                strbuf_addf(out, "%s/%s", root, list->rules[i].source);
        }
}
