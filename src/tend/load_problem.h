/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why a unit's files could not be loaded: the manager's findings about them. */

#include "base/diag.h"
#include "base/strbuf.h"
#include "tend/tend.h"

/* Adds what loading the unit found to `diag`. -errno in silence. */
int load_problem_findings(const Tend *tend, const char *unit, Diag *diag);

/* Appends the first error, else the first finding, as "file:line: text"; nothing when there is
 * none.
 */
void load_problem_describe(const Tend *tend, const char *unit, StrBuf *out);
