/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* condition: conditions and assertions evaluated on this machine, with the words and the exit
 * status of "systemd-analyze condition" of version 252. */

#include "tend/tend.h"

/* Evaluates "ConditionX=..." and "AssertX=..." expressions; --json prints them with results. */
CommandFunction cmd_condition;

/* The same for those of a unit. */
int condition_of_unit(Tend *tend, const char *unit);
