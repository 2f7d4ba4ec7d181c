/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Implicit and default dependencies (systemd.unit(5), systemd.service(5) and the other types): what
 * a unit depends on without saying so. */

#include "unit/unit_scope.h"
#include "unit/unit_spec.h"

typedef void
UnitDependencyFunction(void *userdata, DirectiveId id, const char *name, bool is_default);

/* Calls `add` for each dependency that the specification implies: implicit ones always, default
 * ones when DefaultDependencies=yes. `id` is DIRECTIVE_REQUIRES, DIRECTIVE_AFTER and so on. Mount
 * dependencies (RequiresMountsFor=, RootDirectory=, StateDirectory=, ...) come as
 * DIRECTIVE_REQUIRES_MOUNTS_FOR with the mount unit of each path prefix; the engine adds only those
 * that exist. */
void unit_defaults_each(const UnitSpec *spec,
                        UnitScope scope,
                        UnitDependencyFunction *add,
                        void *userdata);

/* Paths that RequiresMountsFor= and the implied settings name, in fresh memory; those of
 * RuntimeDirectory= and the like for the system's units only. Where sockets listen and what path
 * units watch is among them. */
int unit_defaults_mount_paths(const UnitSpec *spec, UnitScope scope, char ***ret_paths);
