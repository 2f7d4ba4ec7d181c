/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Why something failed, in a few lines for people: what happened, which command, what it wrote
 * last, what to do next. */

#include "tend.h"

/* Explains the failed job of a unit on standard error. */
void explain_job(Tend *tend, const char *verb, const char *unit, const char *result);
