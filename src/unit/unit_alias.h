/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which symbolic links between unit names are aliases (systemd.unit(5), "Description"). Text only.
 */

#include <stdbool.h>

#include "base/diag.h"
#include "unit/unit_name.h"

/* Whether units of this type may have other names, and whether they may be templates. */
bool unit_type_may_alias(UnitType type);
bool unit_type_may_template(UnitType type);

/* Whether a link `source` (a valid unit name) pointing to a file named `target` makes it an alias.
 * If not, a finding says why; a link to its own name is refused in silence. */
bool unit_alias_check(const char *source, const char *target, Diag *diag);

/* Whether the entry `name` of a .wants directory fits the name its link points to, for a unit with
 * this instance (NULL = none): a@b.service may point to a@.service. */
bool unit_alias_is_compatible(const char *name, const char *target, bool has_instance);
