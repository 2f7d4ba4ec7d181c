/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What was asked of the journal: the options of journalctl. */

#include <stdint.h>

#include "journal/journal_render.h"
#include "tend/program.h"
#include "tend/tend.h"

typedef enum LogAction {
        LOG_SHOW,
        LOG_LIST_BOOTS,
        LOG_FIELDS,
        LOG_FIELD_VALUES,
        LOG_HEADER,
        LOG_VERIFY,
        LOG_DISK_USAGE,
        LOG_VACUUM,
        LOG_SYNC,
        LOG_ROTATE,
        LOG_FLUSH,
        LOG_RELINQUISH,
        LOG_SMART_RELINQUISH,
        LOG_ROTATE_AND_VACUUM,
        LOG_LIST_INVOCATIONS,
        LOG_LIST_CATALOG,
        LOG_DUMP_CATALOG,
        LOG_UPDATE_CATALOG,
        LOG_ACTION_COUNT
} LogAction;

typedef enum LogFlags {
        LOG_FOLLOW = 1 << 0,
        LOG_REVERSE = 1 << 1,
        LOG_MERGE = 1 << 2,
        LOG_QUIET = 1 << 3,
        LOG_NO_TAIL = 1 << 4,
        LOG_SHOW_CURSOR = 1 << 5,
        LOG_PAGER_END = 1 << 6,
        LOG_NO_PAGER = 1 << 7,
        LOG_CATALOG = 1 << 8,
        LOG_ALL = 1 << 9,
        LOG_UTC = 1 << 10,
        LOG_NO_HOSTNAME = 1 << 11,
        LOG_KERNEL = 1 << 12,
        LOG_OF_SYSTEM = 1 << 13,
        LOG_OF_USER = 1 << 14,
        LOG_BOOT = 1 << 15,
        LOG_SINCE = 1 << 16,
        LOG_UNTIL = 1 << 17,
        LOG_KIND = 1 << 18, /* asked as `tend logs`: may do more than journalctl */
        LOG_NO_FULL = 1 << 19,
        LOG_CASE_GIVEN = 1 << 20,
        LOG_CASE_SENSITIVE = 1 << 21,
        LOG_FORCE = 1 << 22, /* accepted; without effect */
} LogFlags;

#define LOG_LINES_ALL (-1)
#define LOG_LINES_DEFAULT (-2) /* not said: all, or ten when following */

typedef struct LogQuery {
        Tend *tend; /* not owned */
        unsigned flags;
        LogAction action;
        JournalOutput output;
        int64_t lines;
        uint64_t since_usec, until_usec;
        unsigned priorities, facilities; /* bits; 0 = all */
        Id128 boot_id;
        int boot_offset;
        const char *directory, *root, *machine, *name_space, *image;
        const char *cursor, *after_cursor, *cursor_file, *field, *grep;
        const char *invocation;
        const char *push_url; /* where to send entries instead of showing them; or NULL */
        char **push_headers;  /* owned */
        uint64_t vacuum_size, vacuum_files, vacuum_usec;
        unsigned n_left_out; /* files that could not be opened */
        char **files, **units, **user_units, **identifiers, **output_fields; /* owned */
        char **words;   /* of the command line, owned */
        char **kept;    /* arguments that were sorted out, owned; or NULL */
        char **matches; /* arguments, among `words` or `kept`; may be NULL */
} LogQuery;

#define LOG_QUERY_INIT                                                                             \
        { .lines = LOG_LINES_DEFAULT, .vacuum_size = UINT64_MAX }

/* Does what was asked for; the exit status. */
int log_query_carry_out(LogQuery *query);

/* Reads the command line. */
ProgramOutcome log_query_read(LogQuery *query, char **argv);

/* Releases it. */
void log_query_done(LogQuery *query);
DEFINE_AUTO_DONE(LogQuery, log_query_done);

/* --- carrying it out; each is the exit status, after a message if it failed ---------------------
 */

/* Opens the files that are meant. -errno after a message. */
int log_files_open(LogQuery *query, JournalSet *set);

/* The directories that files may come to while following. */
int log_files_directories(LogQuery *query, char ***ret);

/* Adds files that were not there when the set was opened. 1 when there is one. */
int log_files_refresh(LogQuery *query, JournalSet *set);

/* Says which files were damaged, as far as reading met it. */
void log_files_report(const LogQuery *query, const JournalSet *set);

/* What is wanted, as matches. -errno after a message. */
int log_matches_make(LogQuery *query, JournalSet *set, JournalMatches *ret);

/* Finds the boot that is meant. -errno after a message. */
int log_boot_find(LogQuery *query, JournalSet *set, Id128 *ret);

/* Finds the run of a unit that --invocation means. -errno after a message. */
int log_invocation_find(LogQuery *query, JournalSet *set, Id128 *ret);

/* --list-invocations. */
int log_invocations_list(LogQuery *query, JournalSet *set);

/* --list-boots. */
int log_boots_list(LogQuery *query, JournalSet *set);

/* Prints entries, on and on with --follow. */
int log_show(LogQuery *query, JournalSet *set);

/* --fields. */
int log_fields_list(LogQuery *query, JournalSet *set);

/* --field. */
int log_field_values(LogQuery *query, JournalSet *set);

/* Opens the catalog of explanations in the language of the environment. -ENOMEM. */
int log_catalog_open(const LogQuery *query, JournalCatalog **ret);

/* Whether the locale of the environment has UTF-8. */
bool log_catalog_is_utf8(void);

/* --list-catalog and --dump-catalog; needs no files. */
int log_catalog_print(LogQuery *query);

/* --update-catalog: makes the database of the texts that are installed. The exit status. */
int log_catalog_update(const LogQuery *query);

/* --disk-usage. */
int log_disk_usage(LogQuery *query, JournalSet *set);

/* --header. */
int log_headers(LogQuery *query, JournalSet *set);

/* --verify. */
int log_verify(LogQuery *query, JournalSet *set);

/* --vacuum-size and the like. */
int log_vacuum(LogQuery *query, JournalSet *set);

/* Asks the recorder for what LOG_SYNC and the like mean; nothing for other actions. Without one
 * nothing is to be done. */
int log_ask_recorder(LogQuery *query, LogAction action);
