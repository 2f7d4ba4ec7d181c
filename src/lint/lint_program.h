/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a unit names outside of unit files: programs and manual pages. */

#include "base/diag.h"
#include "unit/unit_spec.h"

/* Programs of all Exec*= lines that are not there or cannot be executed; those with "-" in front
 * are let be. */
void lint_programs(const UnitSpec *spec, Diag *diag);

/* "man:" pages of Documentation= that man(1) does not find. */
void lint_manuals(const UnitSpec *spec, Diag *diag);
