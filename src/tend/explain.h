/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why something failed, in a few lines for people: what happened, which command, what it wrote
 * last, what to do next. */

#include "base/strbuf.h"
#include "tend/tend.h"
#include "tend/unit_view.h"

/* Explains the failed job of a unit on standard error. */
void explain_job(Tend *tend, const char *verb, const char *unit, const char *result);

/* Complains about each unit that others want or need and whose files cannot be loaded; how many
 * there are. */
unsigned explain_unloadable(Tend *tend);

/* Says on standard error what a person can do about a request that was refused with this D-Bus
 * error.
 */
void explain_refusal(Tend *tend, const char *unit, const char *error_name);

/* One clause on why a unit is not up, looking at the units that it needs when it has no failure of
 * its own: "it needs db.service, which failed: ...". Empty when nothing is known. */
void explain_unit(Tend *tend, const UnitView *view, StrBuf *out);

/* The unit among those that `view` needs which is not up and so holds it back, in fresh memory;
 * NULL when there is none. */
char *explain_culprit(const Tend *tend, const UnitView *view);
