/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The command table: every verb of tend is one row. */

#include "tend/tend.h"

typedef struct TendCommand {
        const char *name;
        const char *arguments;                 /* for the usage line: "UNIT..." */
        const char *help;                      /* one line */
        unsigned min_arguments, max_arguments; /* without the verb; UINT_MAX = any number */
        CommandFunction *run;
        const char *group; /* heading in the help text above this row; NULL = goes on */
} TendCommand;

/* The row of a verb; NULL. */
const TendCommand *command_find(const char *name);

/* Prints all verbs in two columns, by groups. */
void commands_print_help(void);

/* The nearest known verb for "did you mean"; NULL. */
const char *command_suggest(const char *name);
