/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Verifies unit files as `systemd-analyze verify` does: loads them with everything they depend on,
 * and looks at programs, manual pages and required units. Starts nothing but man(1). */

#include <stdbool.h>

#include "base/diag.h"
#include "unit/unit_load.h"

/* Whose findings make the verification fail (--recursive-errors=). */
typedef enum LintScope {
        LINT_ALL,    /* of all units that were loaded: "yes", the default */
        LINT_DIRECT, /* of the named units and those they name: "one" */
        LINT_NAMED,  /* of the named units only: "no" */
        LINT_SCOPE_COUNT
} LintScope;

typedef struct LintOptions {
        const UnitLoader *loader; /* its search path has the directories of the files in front */
        LintScope scope;
        bool check_manuals; /* --man=, on by default */
} LintOptions;

/* Verifies files and unit names (`arguments`, NULL-terminated). All findings go to `diag` in the
 * order in which systemd prints them; `ret_failed` tells whether the exit status is 1. -ENOMEM. */
int lint_verify(const LintOptions *options, char *const *arguments, Diag *diag, bool *ret_failed);
