/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Units that name themselves where that means nothing. */

#include "base/diag.h"
#include "unit/unit_spec.h"

/* Orderings after itself and the like are dropped, with a warning in the words of systemd;
 * requirements of itself go without a word. */
void lint_self(const UnitSpec *spec, Diag *diag);
