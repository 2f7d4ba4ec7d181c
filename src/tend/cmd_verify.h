/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* verify: what is wrong with unit files, told without starting anything. */

#include "tend/tend.h"
#include "tend/verify_units.h"

/* Findings with places and hints (--json: as a list). Fails when there are errors, or a unit cannot
 * be loaded. */
CommandFunction cmd_verify;

/* The lines and the exit status of "systemd-analyze verify" of version 252. */
int verify_as_systemd(Tend *tend, const VerifyOptions *options, char **arguments);
