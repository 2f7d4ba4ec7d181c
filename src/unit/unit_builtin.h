/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Units that distributions take from systemd itself and that tend supplies when the disk has none
 * (basic.target, sysinit.target, network-online.target, -.slice, system.slice, ...), and units of
 * systemd's own programs that tend replaces or that have no meaning under it (journald, logind,
 * udevd): satisfied without a process, by one table. */

#include "unit/unit_scope.h"
#include "unit/unit_spec.h"

typedef enum UnitBuiltinRole {
        BUILTIN_NONE,
        BUILTIN_TEXT,      /* used when no file exists */
        BUILTIN_SATISFIED, /* counts as active without doing anything, even when a file exists */
        BUILTIN_SKIPPED,   /* starting it does nothing and is reported as skipped */
} UnitBuiltinRole;

/* The role of this name and its unit text (BUILTIN_TEXT) or reason (others) in `ret_text`, static.
 * Instances have the role of their template. `ret_text` is set unless BUILTIN_NONE is returned. */
UnitBuiltinRole unit_builtin_find(const char *name, UnitScope scope, const char **ret_text);

/* All names of BUILTIN_TEXT units of this scope; NULL after the last. */
const char *unit_builtin_at(UnitScope scope, unsigned index);
