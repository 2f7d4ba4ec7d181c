/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The plan of a unit: its resolved settings and what the manager adds, as unit text. The manager
 * prints it once per unit, the executor reads it at every start, people see it by `tend plan-of
 * UNIT`. Behind the text, a NUL and what is missing to a multiple of eight bytes stand the programs
 * that filter system calls, if any: the kernel takes them from there as they are. */

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
        const char *inaccessible; /* a file without permissions, for InaccessiblePaths=; beside it a
                                     directory with "-directory" behind its name */
        const char *private_tmp, *private_var_tmp; /* directories made for PrivateTmp= */
        const char *received_credentials;          /* the directory of those that the manager got */
        const char *network, *ipc; /* paths of name spaces made for PrivateNetwork=, PrivateIPC= */
        Str system_call_programs;  /* of seccomp_program_compile(), may be empty */
        uid_t dynamic_uid;         /* allocated for DynamicUser=, 0 = none */
        bool strict;               /* what does not hold in full is a failure, unless the
                                      unit's Enforce= says "report" */
} ExecPlanFacts;

/* Puts the plan into an empty buffer: the unit's own section with all that concerns the start of
 * its commands, [X-Tend-Plan], and the programs. -ENOMEM; -EINVAL for a unit of a type without
 * commands. */
int exec_plan_print(const ExecPlanFacts *facts, const UnitSpec *spec, StrBuf *out);

/* Appends a plan's text as people may see it: without the data of credentials, and without the
 * programs. */
void exec_plan_show(Str plan, StrBuf *out);

/* Parts a plan into its text and its programs. */
void exec_plan_split(Str plan, Str *ret_text, Str *ret_programs);

/* Takes the instructions of one program off the front of the programs; -EINVAL when none is whole.
 */
int exec_plan_next_program(Str *programs, Str *ret);

/* Reads the text of a plan into a fresh specification, named after Unit=. -EINVAL with findings,
 * -E2BIG, -ENOMEM. */
int exec_plan_read(Str text, UnitSpec **ret, Diag *diag);

/* Whether this setting is part of plans. */
bool exec_plan_has(const DirectiveRow *row);
