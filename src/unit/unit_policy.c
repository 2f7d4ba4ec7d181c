/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_policy.h"

#include "base/strv.h"

bool unit_policy_insists(const UnitSpec *spec, DirectiveId id, bool is_strict) {
        char *const *enforce = unit_spec_strv(spec, DIRECTIVE_ENFORCE);
        unsigned section = section_of_type(spec->type);

        if (strv_contains(enforce, "strict") || (is_strict && !strv_contains(enforce, "report")))
                return true;
        STRV_FOREACH(name, enforce) {
                const DirectiveRow *row = directive_find(section, str_of(*name));
                row = row ? row : directive_find(SECTION_UNIT, str_of(*name));
                if (row && row->id == id)
                        return true;
        }
        return false;
}

/* What becomes of the kernel's own mounts, swaps and devices is not ours to refuse. */
static bool is_ours(const UnitSpec *spec) {
        return spec->type != UNIT_MOUNT && spec->type != UNIT_SWAP &&
               spec->type != UNIT_AUTOMOUNT && spec->type != UNIT_DEVICE;
}

static bool is_the_executors(const UnitSpec *spec, const DirectiveRow *row) {
        return (section_of_type(spec->type) & SECTIONS_EXEC) &&
               (row->sections == SECTIONS_EXEC || row->sections == SECTIONS_RESOURCE);
}

static bool is_less(SupportLevel support) {
        return support == SUPPORT_WEAKENED || support == SUPPORT_NONE || support == SUPPORT_REFUSED;
}

bool unit_policy_forbids(UnitSpec *spec, bool is_strict) {
        bool found = false;

        for (unsigned i = 0; is_ours(spec) && i < spec->n_values; i++) {
                const Value *value = &spec->values[i];
                const DirectiveRow *row = directive_row(spec->type, (DirectiveId)value->id);

                if (!row || !is_less(row->support) || is_the_executors(spec, row) ||
                    !unit_spec_asks(row, value) || !unit_policy_insists(spec, row->id, is_strict))
                        continue;
                diag_add(&spec->diag,
                         NULL,
                         DIAG_ERROR,
                         "%s= is %s (%s), and the policy wants it in full. Refusing.",
                         row->name,
                         support_name(row->support),
                         row->note ? row->note : "not acted upon");
                found = true;
        }
        return found;
}
