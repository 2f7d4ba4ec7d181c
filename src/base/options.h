/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Command line options from a table, with the help text drawn from it. Long options may be given as
 * --name=value or --name value; options and arguments may be mixed; "--" ends options. */

#include <stdbool.h>
#include <stdio.h>

typedef struct Option {
        const char *long_name; /* without dashes */
        char short_name;       /* or 0 */
        const char *argument;  /* placeholder ("UNIT"), NULL when it takes none; "[X]" = optional */
        const char *help;      /* one line, NULL hides the option */
        int (*apply)(void *userdata, const char *value); /* 0, or -errno with a message printed */
} Option;

typedef struct OptionTable {
        const char *program;
        const Option *options;
        unsigned n_options;
        bool stop_at_argument; /* the first argument ends option parsing (for wrappers) */
} OptionTable;

/* Applies all options. `ret_arguments` gets the rest as a NULL-terminated array allocated in one
 * piece (free it; the strings are argv's). -EINVAL after printing what was wrong to stderr. */
int options_parse(
        const OptionTable *table, int argc, char **argv, void *userdata, char ***ret_arguments);

/* Prints two aligned columns of options and help. */
void options_print_help(const OptionTable *table, FILE *out);
