/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The program systemctl of version 252: what its options said and what its verbs share. */

#include <systemd/sd-bus.h>

#include "base/strbuf.h"
#include "tend/program.h"
#include "tend/tend.h"
#include "tend/text_table.h"

typedef enum SystemctlFlags {
        SYSTEMCTL_ALL = 1 << 0,
        SYSTEMCTL_FULL = 1 << 1,
        SYSTEMCTL_QUIET = 1 << 2,
        SYSTEMCTL_NO_BLOCK = 1 << 3,
        SYSTEMCTL_NO_LEGEND = 1 << 4,
        SYSTEMCTL_PLAIN = 1 << 5,
        SYSTEMCTL_VALUE = 1 << 6,
        SYSTEMCTL_WAIT = 1 << 7,
        SYSTEMCTL_SHOW_TYPES = 1 << 8,
        SYSTEMCTL_SHOW_TRANSACTION = 1 << 9,
        SYSTEMCTL_RECURSIVE = 1 << 10,
        SYSTEMCTL_WITH_DEPENDENCIES = 1 << 11,
        SYSTEMCTL_RUNTIME = 1 << 12,
        SYSTEMCTL_NOW = 1 << 13,
        SYSTEMCTL_NO_RELOAD = 1 << 14,
        SYSTEMCTL_NO_WALL = 1 << 15,
        SYSTEMCTL_DRY_RUN = 1 << 16,
        SYSTEMCTL_MARKED = 1 << 17,
        SYSTEMCTL_READ_ONLY = 1 << 18,
        SYSTEMCTL_MKDIR = 1 << 19,
        SYSTEMCTL_FORCE = 1 << 20,
        SYSTEMCTL_TYPES_SET = 1 << 21,
        SYSTEMCTL_GLOBAL = 1 << 22,
        SYSTEMCTL_JOBS_BEFORE = 1 << 23,
        SYSTEMCTL_JOBS_AFTER = 1 << 24,
        SYSTEMCTL_REVERSE = 1 << 25,
        SYSTEMCTL_FORCE_TWICE = 1 << 26,
} SystemctlFlags;

typedef enum TimestampStyle {
        TIMESTAMP_PRETTY,
        TIMESTAMP_US,
        TIMESTAMP_UTC,
        TIMESTAMP_US_UTC,
        TIMESTAMP_UNIX,
        TIMESTAMP_STYLE_COUNT
} TimestampStyle;

typedef struct Systemctl {
        Tend *tend;
        unsigned flags; /* SystemctlFlags */
        unsigned json;  /* TEXT_TABLE_JSON and TEXT_TABLE_PRETTY */
        unsigned lines;
        bool has_lines, has_legend;
        bool has_job_mode;
        unsigned walked; /* the last of --after, --before and --reverse: its flag */
        int signal_number;
        TimestampStyle timestamps;
        const char *job_mode, *kill_whom, *output, *root, *image, *host, *machine, *preset_mode;
        const char *boot_option; /* one about the next boot was given: its name */
        const char *called;      /* the program, as it was called */
        const char *verb;
        char **types;      /* unit types, owned */
        char **states;     /* owned */
        char **properties; /* owned */
        char **what;       /* clean: owned */
} Systemctl;

/* The program. The exit status. */
int systemctl_main(Tend *tend, int argc, char **argv);

/* Whether systemctl has this verb. */
bool systemctl_has_verb(const char *name);

/* Prints all verbs that `is_known` does not know, in lines. */
void systemctl_print_verbs(bool (*is_known)(const char *name));

/* Connects; -errno after systemctl's message. */
int systemctl_connect(Systemctl *ctl);

/* Prints "WHAT: message" from the D-Bus error, or the number; releases the error. Returns the exit
 * status 1. */
int systemctl_refused(int r, sd_bus_error *error, const char *format, ...) PRINTF_LIKE(3, 4);

/* The unit meant by what was typed, in fresh memory; NULL after a message. `suffix` ".service". */
char *systemctl_mangle(const Systemctl *ctl, const char *typed, const char *suffix);

/* Names as typed to unit names; patterns become the loaded units that match. -errno after a
 * message. `suffix` NULL = ".service". */
int systemctl_expand(Systemctl *ctl, char **typed, const char *suffix, char ***ret);

/* The names, and behind each the units that it needs; names that are none are told. */
int ctl_add_dependencies(Systemctl *ctl, char *const *names, char ***ret);

/* Calls a method whose arguments are two lists of strings. */
int systemctl_call_lists(Systemctl *ctl,
                         const char *member,
                         char *const *first,
                         char *const *second,
                         sd_bus_message **ret_reply);

/* A string property of a unit in fresh memory; NULL when it cannot be had. */
char *systemctl_unit_text(const Systemctl *ctl, const char *unit, const char *property);

/* Flags and width for text_table_print. */
unsigned systemctl_table_flags(const Systemctl *ctl);

/* Prints a table through the pager, with `footer` (may be NULL) below it unless it is JSON. */
int systemctl_print_table(const Systemctl *ctl, const TextTable *table, const char *footer);

/* A moment in the style of --timestamp=, "" for none. */
void systemctl_print_timestamp(const Systemctl *ctl, uint64_t usec, StrBuf *out);

/* "systemctl" with the option that says which manager, for hints. */
const char *systemctl_user_option(const Systemctl *ctl);
