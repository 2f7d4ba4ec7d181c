/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The command line of a program of systemd's, from two tables: options, as getopt_long(3) reads
 * them (abbreviations, mixed with arguments), and verbs. Messages and exit statuses are those of
 * version 252. */

#include <stdbool.h>
#include <stddef.h>

#define PROGRAM_ANY ((unsigned)-1) /* any number of arguments */

typedef enum ProgramArgument {
        PROGRAM_NO_ARGUMENT,
        PROGRAM_ARGUMENT,
        PROGRAM_OPTIONAL_ARGUMENT,
} ProgramArgument;

/* What comes of an option. */
typedef enum ProgramOutcome {
        PROGRAM_GO_ON,
        PROGRAM_DONE,   /* everything is said: exit status 0 */
        PROGRAM_FAILED, /* a message was printed: exit status 1 */
} ProgramOutcome;

typedef struct ProgramOption {
        const char *name; /* without dashes; NULL = only the letter */
        char letter;      /* or 0 */
        ProgramArgument argument;
        ProgramOutcome (*apply)(void *userdata,
                                const struct ProgramOption *option,
                                const char *value);
        size_t place;  /* offset in `userdata` of what is set */
        unsigned flag; /* for program_set_flag */
} ProgramOption;

typedef struct ProgramVerb {
        const char *name;
        int (*run)(void *userdata, char **arguments); /* the exit status, or -errno */
        unsigned min_arguments, max_arguments;        /* without the verb */
} ProgramVerb;

typedef struct Program {
        const ProgramOption *options;
        size_t n_options;
        const ProgramVerb *verbs;
        size_t n_verbs;
        const char *default_verb;
        bool stop_at_argument; /* the first argument ends the options */
} Program;

/* Reads the options. `ret_arguments` is where the rest begins in `argv`, whose order may change. */
ProgramOutcome
program_read_options(const Program *program, char **argv, void *userdata, char ***ret_arguments);

/* The row of the verb in arguments[0] (NULL = the default), with the right number of arguments;
 * NULL after a message. */
const ProgramVerb *program_find_verb(const Program *program, char **arguments);

/* --- what options do, for the tables; `place` is the offset of the member named behind ----------
 */

/* Sets bits in an `unsigned`. */
ProgramOutcome program_set_flag(void *userdata, const ProgramOption *option, const char *value);

/* Stores a `const char *`. */
ProgramOutcome program_set_text(void *userdata, const ProgramOption *option, const char *value);

/* Adds to a `char **` that is owned. */
ProgramOutcome program_add_text(void *userdata, const ProgramOption *option, const char *value);

/* A boolean sets or clears the bits of an `unsigned`; without a value it sets. */
ProgramOutcome program_set_boolean(void *userdata, const ProgramOption *option, const char *value);

/* --version: what 252 says in its first line, and which program it is in the second. */
ProgramOutcome program_version(void *userdata, const ProgramOption *option, const char *value);

/* Prints "Failed to parse boolean argument to --NAME: VALUE." and the like: a message and
 * PROGRAM_FAILED. */
ProgramOutcome program_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The unit that was meant by what was typed, in fresh memory; warns when it had to be escaped. With
 * `globs` patterns are passed through. NULL after a message. */
char *program_unit_name(const char *typed, const char *suffix, bool globs);
