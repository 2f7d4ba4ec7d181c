/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* All that the steps of one start share: what is asked for, what was worked out, where problems are
 * reported. The executor has one; it lives until the program is executed. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "sandbox/environment_block.h"
#include "sandbox/exec_report.h"
#include "sandbox/identity.h"
#include "sandbox/standard_streams.h"
#include "unit/unit_scope.h"
#include "unit/unit_spec.h"

/* The executor's command line and descriptors. Nothing owned. */
typedef struct ExecRequest {
        const char *list;         /* "ExecStart", ... */
        unsigned index;           /* which command of that list */
        int report_fd;            /* -1 = none */
        int exec_fd;              /* closes when the program is executed, -1 = none */
        int switch_fd;            /* map that turns RestrictFileSystems= on, -1 = none */
        int first_fd;             /* passed descriptors stand from here on */
        unsigned n_fds;           /* how many */
        bool in_group;            /* it was born in the first group of the plan */
        bool none_ignored;        /* no signal is ignored, as it was started */
        unsigned n_stored_fds;    /* the last ones of them come from the descriptor store */
        const char *fd_names;     /* "a:b", NULL when there are none */
        char *const *environment; /* what the manager gives */
        Str programs;             /* of the plan, which filter system calls */
} ExecRequest;

typedef struct ExecStep ExecStep;

typedef struct ExecContext {
        ExecRequest request;
        const UnitSpec *spec; /* not owned */
        DirectiveId list;
        const Command *command; /* of spec */
        UnitScope scope;
        bool strict;          /* whatever does not hold in full is a failure */
        unsigned skip;        /* ExecStepFlags of the steps that this command goes without */
        const ExecStep *step; /* the present one, for reports */
        ExecReport report;
        Identity identity;
        mode_t umask;     /* for the program; meanwhile the process has none */
        uint64_t ambient; /* capabilities to be raised after the change of user */
        StandardStreams streams;
        LogStream log_stream; /* of `streams` */
        StrBuf input_data;    /* for standard input */
        char **argv;          /* expanded; NULL = as the command says */
        char *path;           /* the program's file */
        char *credentials;    /* their directory; NULL = none */
        bool has_root;        /* the root directory is the unit's own already */
        int *fds;             /* the passed descriptors, owned */
        char **fd_names;      /* their names, owned */
        unsigned n_fds;       /* 0 when they have become standard streams */
        EnvironmentBlock environment;
} ExecContext;

/* Finds the command of `request` in `spec` and fills in what follows from the plan alone; both must
 * outlive the context. -EINVAL for a list or command that is not there. */
int exec_context_init(ExecContext *context, const ExecRequest *request, const UnitSpec *spec);
void exec_context_done(ExecContext *context);
DEFINE_AUTO_DONE(ExecContext, exec_context_done);

/* The home directory of the user, else of whoever runs the manager; NULL = unknown. */
const char *exec_context_home(const ExecContext *context);

/* Whether the plan sets this, other than by default. */
static inline bool exec_context_has(const ExecContext *context, DirectiveId id) {
        return unit_spec_find(context->spec, id) != NULL;
}

/* Whether this is the command that becomes the service, not one that helps it. */
static inline bool exec_context_is_main(const ExecContext *context) {
        return context->list == DIRECTIVE_EXEC_START;
}

/* Reports that a setting could not be applied because of `error` (negative errno); `object` is what
 * the call was about, or NULL. Gives 0 when the service may run all the same (the kernel refused,
 * the step is not essential and the policy does not insist), else `error`. */
int exec_context_problem(const ExecContext *context, DirectiveId id, int error, const char *object);

/* Whether the policy wants this setting in full or no start: of the manager (--strict) or by
 * Enforce= of the unit. */
bool exec_context_insists(const ExecContext *context, DirectiveId id);

/* Reports that a setting holds less than was asked for: as `level` and 0 when the service may run
 * all the same, as a failure and -EPERM when the policy insists on it. */
int exec_context_shortfall(const ExecContext *context,
                           ReportLevel level,
                           DirectiveId id,
                           const char *format,
                           ...) PRINTF_LIKE(4, 5);

/* Reports something that is no failure. */
void exec_context_say(const ExecContext *context,
                      ReportLevel level,
                      DirectiveId id,
                      const char *format,
                      ...) PRINTF_LIKE(4, 5);
