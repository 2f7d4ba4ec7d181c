/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The ordered table of what happens between the start of the executor and the program. */

#include "sandbox/exec_context.h"

typedef enum ExecStepFlags {
        STEP_PRIVILEGE = 1 << 0, /* takes privilege away: not for "+" and PermissionsStartOnly= */
        STEP_USER = 1 << 1,      /* changes the user: not for "+", "!" and PermissionsStartOnly= */
        STEP_ROOT = 1 << 2,      /* not for helpers with RootDirectoryStartOnly= */
        STEP_ESSENTIAL = 1 << 3, /* the service does not run without it, whoever refuses */
} ExecStepFlags;

/* What a step's function gives besides -errno. */
typedef enum ExecStepOutcome {
        STEP_DONE = 0,
        STEP_NEEDS_NAME_SERVICE = 1, /* only the complete identity database can tell */
        STEP_LEAVE = 2, /* nothing to execute and that is no failure ("-" before the path) */
} ExecStepOutcome;

/* Applies one group of settings. Problems have been reported when it fails. */
typedef int ExecStepFunction(ExecContext *context);

struct ExecStep {
        const char *name; /* as systemd names its exit code: "CHDIR" */
        ExecStepFunction *apply;
        int exit_code;
        unsigned flags; /* ExecStepFlags */
};

/* The i-th step, NULL after the last. */
const ExecStep *exec_step_at(unsigned i);

#define EXEC_NEEDS_NAME_SERVICE 256 /* no exit code: begin again with tend-exec-nss */

/* Applies all steps. Returns only when the program could not be executed: the exit code for the
 * process, or EXEC_NEEDS_NAME_SERVICE before anything lasting was done. */
int exec_steps_run(ExecContext *context);
