/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which unit generators there are (systemd.generator(7)), and which of systemd's own are left out
 * because what they make has no meaning without systemd. Reads directories, runs nothing. */

#include "unit/unit_scope.h"

/* The usual directories of a scope, highest priority first; NULL after the last. Static. */
const char *const *generator_directories(UnitScope scope);

/* Why a generator of systemd's own is not run (static text); NULL for all others. */
const char *generator_skip_reason(const char *name);

/* Paths of the generators in these directories, sorted by name: a name in an earlier directory
 * hides those in later ones, an empty file or a link to /dev/null masks it, and what cannot be
 * executed or has a skip reason is left out. Missing directories are empty. At most GENERATORS_MAX
 * are found; -E2BIG above, -ENOMEM. */
int generator_find(char *const *directories, char ***ret_paths);

#define GENERATORS_MAX 256
