/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which settings must hold in full for a unit to start: all of them where the manager was told so
 * (--strict) or Enforce=strict says so, else those that Enforce= names. What the executor does with
 * a process is judged by itself; here is the rest. */

#include <stdbool.h>

#include "unit/unit_spec.h"

/* Whether the unit or the manager insists on this setting. */
bool unit_policy_insists(const UnitSpec *spec, DirectiveId id, bool is_strict);

/* Whether a setting that the manager acts upon, not the executor, is asked for, insisted on and
 * known to hold less: of [Unit], [Socket], [Timer] and so on. Adds a finding for each to
 * spec->diag. */
bool unit_policy_forbids(UnitSpec *spec, bool is_strict);
