/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* verify: what is wrong with unit files, told without starting anything. */

#include "lint/lint.h"
#include "tend/tend.h"

/* Findings with places and hints (--json: as a list). Fails when there are errors, or a unit cannot
 * be loaded. */
CommandFunction cmd_verify;

/* How systemd-analyze verify is asked. */
typedef struct VerifyOptions {
        bool has_scope; /* --recursive-errors= was given */
        LintScope scope;
        bool check_manuals;
        const char *root; /* --root=, NULL = "/" */
} VerifyOptions;

/* The lines and the exit status of "systemd-analyze verify" of version 252. */
int verify_as_systemd(Tend *tend, const VerifyOptions *options, char **arguments);
