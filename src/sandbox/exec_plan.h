/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The plan of a unit: its resolved settings and what the manager adds, as unit text. The manager
 * prints it once per unit, the executor reads it at every start, people see it by `tend plan-of
 * UNIT`. */

#include <stdbool.h>
#include <sys/types.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "unit/unit_scope.h"
#include "unit/unit_spec.h"

/* What the manager knows besides the unit's own settings; nothing owned, NULL = the executor's
 * default. */
typedef struct ExecPlanFacts {
        const char *unit; /* the unit's name, NULL = the specification's */
        UnitScope scope;
        char *const *control_groups; /* absolute directories to join */
        const char *log_file;        /* where output for the journal goes without log_socket */
        const char *log_socket;      /* stream socket of the journal */
        const char *runtime_root, *state_root, *cache_root, *logs_root, *configuration_root;
        const char *inaccessible; /* a file without permissions, for InaccessiblePaths= */
        const char *private_tmp, *private_var_tmp; /* directories made for PrivateTmp= */
        const char *received_credentials;          /* the directory of those that the manager got */
        const char *network, *ipc; /* paths of name spaces made for PrivateNetwork=, PrivateIPC= */
        const char *system_call_program; /* of seccomp_program_compile() */
        uid_t dynamic_uid;               /* allocated for DynamicUser=, 0 = none */
        bool strict;                     /* what does not hold in full is a failure, unless the
                                            unit's Enforce= says "report" */
} ExecPlanFacts;

/* Appends the plan: the unit's own section with all that concerns the start of its commands, and
 * [X-Tend-Plan]. -ENOMEM; -EINVAL for a unit of a type without commands. */
int exec_plan_print(const ExecPlanFacts *facts, const UnitSpec *spec, StrBuf *out);

/* Appends a plan's text as people may see it: without the data of credentials, and with the size of
 * a filter in place of its instructions. */
void exec_plan_show(Str text, StrBuf *out);

/* Reads a plan into a fresh specification, named after Unit=. -EINVAL with findings, -E2BIG,
 * -ENOMEM. */
int exec_plan_read(Str text, UnitSpec **ret, Diag *diag);

/* Whether this setting is part of plans. */
bool exec_plan_has(const DirectiveRow *row);
