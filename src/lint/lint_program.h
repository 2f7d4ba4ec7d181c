/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a unit names outside of unit files: programs and manual pages. */

#include "base/diag.h"
#include "unit/unit_spec.h"

typedef enum LintProgramsFlags {
        LINT_FIRST_COMMANDS = 1 << 0, /* only the first line of each setting, as systemd does */
} LintProgramsFlags;

/* Programs of Exec*= lines that are not there or cannot be executed; those with "-" in front are
 * let be, and so are all of a unit that has a root directory of its own. */
void lint_programs(const UnitSpec *spec, unsigned flags, Diag *diag);

/* "man:" pages of Documentation= that man(1) does not find. */
void lint_manuals(const UnitSpec *spec, Diag *diag);
