/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/lint_self.h"

#include "base/strv.h"

void lint_self(const UnitSpec *spec, Diag *diag) {
        static const struct {
                DirectiveId id;
                const char *name;
        } rows[] = {
                { DIRECTIVE_CONFLICTS, "Conflicts" },
                { DIRECTIVE_BEFORE, "Before" },
                { DIRECTIVE_AFTER, "After" },
                { DIRECTIVE_ON_FAILURE, "OnFailure" },
        };
        const DiagPlace place = { .unit = spec->name };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (strv_contains(unit_spec_strv(spec, rows[i].id), spec->name))
                        diag_add(diag,
                                 &place,
                                 DIAG_WARNING,
                                 "Dependency %s=%s is dropped.",
                                 rows[i].name,
                                 spec->name);
}
