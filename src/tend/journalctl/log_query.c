/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/log_query.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "calendar/time_stamp.h"

#define PAGER_END_LINES 1000
#define N_LEVELS 8

void log_query_done(LogQuery *query) {
        query->words = strv_free(query->words);
        query->kept = strv_free(query->kept);
        query->files = strv_free(query->files);
        query->units = strv_free(query->units);
        query->user_units = strv_free(query->user_units);
        query->identifiers = strv_free(query->identifiers);
        query->output_fields = strv_free(query->output_fields);
        query->push_headers = strv_free(query->push_headers);
}

/* --- options ----------------------------------------------------------------------------------*/

#define APPLY(name)                                                                                \
        static ProgramOutcome apply_##name(                                                        \
                void *userdata, const ProgramOption *option UNUSED, const char *value UNUSED)

APPLY(help) {
        (void)userdata; /* all programs of the table have the same shape */
        (void)puts("journalctl [OPTIONS...] [MATCHES...]\n\n"
                   "Query the journal. The options are those of journalctl(1) of systemd 252; "
                   "see tend-journalctl(1).");
        return PROGRAM_DONE;
}

APPLY(action) {
        ((LogQuery *)userdata)->action = (LogAction)option->flag;
        return PROGRAM_GO_ON;
}

APPLY(field) {
        LogQuery *query = userdata;

        query->action = LOG_FIELD_VALUES;
        query->field = value;
        return PROGRAM_GO_ON;
}

APPLY(lines) {
        LogQuery *query = userdata;
        uint32_t number = 10;

        if (value && streq(value, "all")) {
                query->lines = LOG_LINES_ALL;
                return PROGRAM_GO_ON;
        }
        if (value && (parse_u32(str_of(value), &number) < 0 || number > INT32_MAX))
                return program_fail("Failed to parse lines '%s'", value);
        query->lines = number;
        return PROGRAM_GO_ON;
}

APPLY(pager_end) {
        LogQuery *query = userdata;

        query->flags |= LOG_PAGER_END;
        if (query->lines == LOG_LINES_DEFAULT)
                query->lines = PAGER_END_LINES;
        return PROGRAM_GO_ON;
}

APPLY(follow) {
        ((LogQuery *)userdata)->flags |= LOG_FOLLOW;
        return PROGRAM_GO_ON;
}

APPLY(output) {
        LogQuery *query = userdata;

        if (streq(value, "help")) {
                for (int i = 0; i < JOURNAL_OUTPUT_COUNT; i++)
                        (void)puts(journal_output_name((JournalOutput)i));
                return PROGRAM_DONE;
        }
        if (journal_output_parse(str_of(value), &query->output) < 0)
                return program_fail("Unknown output format '%s'.", value);
        if ((query->output >= JOURNAL_OUTPUT_EXPORT && query->output <= JOURNAL_OUTPUT_CAT))
                query->flags |= LOG_QUIET;
        return PROGRAM_GO_ON;
}

APPLY(output_fields) {
        Str rest = str_of(value), part;

        while (str_next_part(&rest, ',', &part))
                if (part.length > 0 &&
                    strv_add_str(&((LogQuery *)userdata)->output_fields, part) < 0)
                        return program_fail("Out of memory.");
        return PROGRAM_GO_ON;
}

/* Time stamps are local time, or as --utc says nothing about. */
static ProgramOutcome set_moment(LogQuery *query, const char *value, unsigned flag, uint64_t *ret) {
        AUTO(time_zone_free) TimeZone *zone = NULL;
        struct timespec now;

        (void)time_zone_load_local(&zone);         /* UTC then */
        (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
        uint64_t usec = (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
        if (time_stamp_parse(str_of(value), usec, zone, ret) < 0)
                return program_fail("Failed to parse timestamp: %s", value);
        query->flags |= flag;
        return PROGRAM_GO_ON;
}

APPLY(since) {
        LogQuery *query = userdata;
        return set_moment(query, value, LOG_SINCE, &query->since_usec);
}

APPLY(until) {
        LogQuery *query = userdata;
        return set_moment(query, value, LOG_UNTIL, &query->until_usec);
}

/* 0 to 7 or a name; -1. */
static int parse_level(Str text) {
        static const char *const names[] = { "emerg",   "alert",  "crit", "err",
                                             "warning", "notice", "info", "debug" };
        uint32_t number;

        if (parse_u32(text, &number) >= 0)
                return number < N_LEVELS ? (int)number : -1;
        return enum_parse(names, ARRAY_LENGTH(names), text);
}

APPLY(priority) {
        Str text = str_of(value), first = text, second = text;
        const char *dots = strstr(value, "..");

        if (dots) {
                first = (Str){ value, (size_t)(dots - value) };
                second = str_of(dots + 2);
        }
        int from = parse_level(first), to = parse_level(second);
        if (from < 0 || to < 0)
                return dots ? program_fail("Failed to parse log level range %s", value)
                            : program_fail("Unknown log level %s", value);
        if (!dots)
                from = 0;
        unsigned *bits = &((LogQuery *)userdata)->priorities;
        *bits = 0;
        for (int i = MIN(from, to); i <= MAX(from, to); i++)
                *bits |= 1U << i;
        return PROGRAM_GO_ON;
}

APPLY(facility) {
        /* clang-format off */
        static const char *const names[] = {
                "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
                "authpriv", "ftp", "12", "13", "14", "15", "local0", "local1", "local2", "local3",
                "local4", "local5", "local6", "local7",
        };
        /* clang-format on */
        Str rest = str_of(value), part;

        if (streq(value, "help")) {
                (void)puts("Available facilities:");
                for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                        (void)puts(names[i]);
                return PROGRAM_DONE;
        }
        while (str_next_part(&rest, ',', &part)) {
                uint32_t number;
                int i = parse_u32(part, &number) >= 0 && number < ARRAY_LENGTH(names)
                                ? (int)number
                                : enum_parse(names, ARRAY_LENGTH(names), part);
                if (i < 0)
                        return program_fail("Bad --facility= argument \"%.*s\".", STR_ARG(part));
                ((LogQuery *)userdata)->facilities |= 1U << i;
        }
        return PROGRAM_GO_ON;
}

/* Nothing, an offset, or an id with an offset behind it. False when it is none. */
static bool parse_boot(const char *text, Id128 *ret_id, int *ret_offset) {
        Str rest = str_of(text);
        int32_t offset = 0;

        *ret_id = (Id128){ 0 };
        *ret_offset = 0;
        if (streq(text, "all"))
                return true;
        if (rest.length >= 32 && id128_parse((Str){ text, 32 }, ret_id) >= 0) {
                rest = str_of(text + 32);
                if (rest.length > 0 && rest.data[0] != '+' && rest.data[0] != '-')
                        return false;
        }
        if (rest.length > 0 && rest.data[0] == '+')
                rest = str_of(rest.data + 1);
        if (rest.length > 0 && parse_i32(rest, &offset) < 0)
                return false;
        *ret_offset = offset;
        return true;
}

APPLY(boot) {
        LogQuery *query = userdata;

        query->flags |= LOG_BOOT;
        if (!value)
                return PROGRAM_GO_ON;
        if (!parse_boot(value, &query->boot_id, &query->boot_offset))
                return program_fail("Failed to parse boot descriptor '%s'", value);
        if (streq(value, "all"))
                query->flags &= ~(unsigned)LOG_BOOT;
        return PROGRAM_GO_ON;
}

APPLY(kernel) {
        ((LogQuery *)userdata)->flags |= LOG_KERNEL | LOG_BOOT;
        return PROGRAM_GO_ON;
}

APPLY(case) {
        LogQuery *query = userdata;
        bool sensitive = true;

        if (value && parse_boolean(str_of(value), &sensitive) < 0)
                return program_fail("Bad --case-sensitive= argument \"%s\": Invalid argument",
                                    value);
        query->flags |= LOG_CASE_GIVEN | (sensitive ? LOG_CASE_SENSITIVE : 0U);
        return PROGRAM_GO_ON;
}

APPLY(invocation) {
        ((LogQuery *)userdata)->invocation = value && streq(value, "all") ? NULL
                                             : value                      ? value
                                                                          : "0";
        return PROGRAM_GO_ON;
}

APPLY(full) {
        LogQuery *query = userdata;

        query->flags =
                option->flag ? query->flags | LOG_NO_FULL : query->flags & ~(unsigned)LOG_NO_FULL;
        return PROGRAM_GO_ON;
}

APPLY(interval) {
        uint64_t usec;

        (void)userdata; /* without seals it says nothing */
        return duration_parse(str_of(value), USEC_PER_SEC, &usec) < 0
                       ? program_fail("Failed to parse sealing key change interval: %s", value)
                       : PROGRAM_GO_ON;
}

/* What is known and not done, with the reason. */
APPLY(refuse) {
        /* clang-format off */
        static const struct {
                const char *name, *why;
        } reasons[] = {
                { "image", "disk images are not opened: mount it and use --root=" },
                { "machine", "containers are not looked into: use --directory= with the journal of the container" },
                { "setup-keys", "journals of tend are not sealed (FSS)" },
                { "verify-key", "seals (FSS) cannot be checked; --verify without a key checks all else" },
        };
        /* clang-format on */
        (void)userdata; /* nothing is set */
        for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
                if (streq(reasons[i].name, option->name))
                        return program_fail(
                                "--%s is not supported: %s.", option->name, reasons[i].why);
        return program_fail("--%s is not supported.", option->name);
}

static void set_vacuum(LogQuery *query) {
        query->action = query->action == LOG_ROTATE || query->action == LOG_ROTATE_AND_VACUUM
                                ? LOG_ROTATE_AND_VACUUM
                                : LOG_VACUUM;
}

APPLY(vacuum_size) {
        LogQuery *query = userdata;

        set_vacuum(query);
        return parse_size(str_of(value), &query->vacuum_size) < 0
                       ? program_fail("Failed to parse vacuum size: %s", value)
                       : PROGRAM_GO_ON;
}

APPLY(vacuum_files) {
        LogQuery *query = userdata;

        set_vacuum(query);
        return parse_u64(str_of(value), 10, &query->vacuum_files) < 0
                       ? program_fail("Failed to parse vacuum files: %s", value)
                       : PROGRAM_GO_ON;
}

APPLY(vacuum_time) {
        LogQuery *query = userdata;

        set_vacuum(query);
        return duration_parse(str_of(value), USEC_PER_SEC, &query->vacuum_usec) < 0
                       ? program_fail("Failed to parse vacuum time: %s", value)
                       : PROGRAM_GO_ON;
}

APPLY(rotate) {
        LogQuery *query = userdata;

        query->action = query->action == LOG_VACUUM ? LOG_ROTATE_AND_VACUUM : LOG_ROTATE;
        return PROGRAM_GO_ON;
}

#define FLAG(f) .apply = program_set_flag, .place = offsetof(LogQuery, flags), .flag = (f)
#define TEXT(member)                                                                               \
        .argument = PROGRAM_ARGUMENT, .apply = program_set_text, .place = offsetof(LogQuery, member)
#define LIST(member)                                                                               \
        .argument = PROGRAM_ARGUMENT, .apply = program_add_text, .place = offsetof(LogQuery, member)
#define ACTION(a) .apply = apply_action, .flag = (a)

/* clang-format off */
static const ProgramOption options[] = {
        { "after-cursor", 0, TEXT(after_cursor) },
        { "all", 'a', FLAG(LOG_ALL) },
        { "boot", 'b', .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_boot },
        { "case-sensitive", 0, .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_case },
        { "catalog", 'x', FLAG(LOG_CATALOG) },
        { "cursor", 'c', TEXT(cursor) },
        { "cursor-file", 0, TEXT(cursor_file) },
        { "directory", 'D', TEXT(directory) },
        { "disk-usage", 0, ACTION(LOG_DISK_USAGE) },
        { "dmesg", 'k', .apply = apply_kernel },
        { "dump-catalog", 0, ACTION(LOG_DUMP_CATALOG) },
        { "facility", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_facility },
        { "field", 'F', .argument = PROGRAM_ARGUMENT, .apply = apply_field },
        { "fields", 'N', ACTION(LOG_FIELDS) },
        { "file", 0, LIST(files) },
        { "flush", 0, ACTION(LOG_FLUSH) },
        { "follow", 'f', .apply = apply_follow },
        { "force", 0, FLAG(LOG_FORCE) },
        { "full", 'l', .apply = apply_full, .flag = 0 },
        { "grep", 'g', TEXT(grep) },
        { "header", 0, ACTION(LOG_HEADER) },
        { "help", 'h', .apply = apply_help },
        { "identifier", 't', LIST(identifiers) },
        { "image", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_refuse },
        { "interval", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_interval },
        { "invocation", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_invocation },
        { NULL, 'I', .apply = apply_invocation },
        { "lines", 'n', .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = apply_lines },
        { "list-boots", 0, ACTION(LOG_LIST_BOOTS) },
        { "list-catalog", 0, ACTION(LOG_LIST_CATALOG) },
        { "list-invocations", 0, ACTION(LOG_LIST_INVOCATIONS) },
        { "machine", 'M', .argument = PROGRAM_ARGUMENT, .apply = apply_refuse },
        { "merge", 'm', FLAG(LOG_MERGE) },
        { "namespace", 0, TEXT(name_space) },
        { "no-full", 0, .apply = apply_full, .flag = 1 },
        { "no-hostname", 0, FLAG(LOG_NO_HOSTNAME) },
        { "no-pager", 0, FLAG(LOG_NO_PAGER) },
        { "no-tail", 0, FLAG(LOG_NO_TAIL) },
        { "output", 'o', .argument = PROGRAM_ARGUMENT, .apply = apply_output },
        { "output-fields", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_output_fields },
        { "pager-end", 'e', .apply = apply_pager_end },
        { "priority", 'p', .argument = PROGRAM_ARGUMENT, .apply = apply_priority },
        { "quiet", 'q', FLAG(LOG_QUIET) },
        { "relinquish-var", 0, ACTION(LOG_RELINQUISH) },
        { "reverse", 'r', FLAG(LOG_REVERSE) },
        { "root", 0, TEXT(root) },
        { "rotate", 0, .apply = apply_rotate },
        { "setup-keys", 0, .apply = apply_refuse },
        { "show-cursor", 0, FLAG(LOG_SHOW_CURSOR) },
        { "since", 'S', .argument = PROGRAM_ARGUMENT, .apply = apply_since },
        { "smart-relinquish-var", 0, ACTION(LOG_SMART_RELINQUISH) },
        { "sync", 0, ACTION(LOG_SYNC) },
        { "system", 0, FLAG(LOG_OF_SYSTEM) },
        { "unit", 'u', LIST(units) },
        { "until", 'U', .argument = PROGRAM_ARGUMENT, .apply = apply_until },
        { "update-catalog", 0, ACTION(LOG_UPDATE_CATALOG) },
        { "user", 0, FLAG(LOG_OF_USER) },
        { "user-unit", 0, LIST(user_units) },
        { "utc", 0, FLAG(LOG_UTC) },
        { "vacuum-files", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_vacuum_files },
        { "vacuum-size", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_vacuum_size },
        { "vacuum-time", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_vacuum_time },
        { "verify", 0, ACTION(LOG_VERIFY) },
        { "verify-key", 0, .argument = PROGRAM_ARGUMENT, .apply = apply_refuse },
        { "version", 0, .apply = program_version },
};
/* clang-format on */

static const Program program = { .options = options, .n_options = ARRAY_LENGTH(options) };

/* --- what getopt_long(3) does not do ----------------------------------------------------------*/

/* Whether `word` is one of the optional arguments of -n or -b that may stand apart. */
static bool is_argument_of(char letter, const char *word) {
        uint32_t number;
        Id128 id;
        int offset;

        return letter == 'n' ? streq(word, "all") || parse_u32(str_of(word), &number) >= 0
                             : word[0] != '\0' && parse_boot(word, &id, &offset);
}

/* The letter of -n or -b when this word ends with that option and no value, else 0. */
static char ends_with_optional(const char *word) {
        size_t length = strlen(word);

        if (streq(word, "--lines"))
                return 'n';
        if (streq(word, "--boot"))
                return 'b';
        if (length < 2 || word[0] != '-' || word[1] == '-' ||
            strcspn(word + 1, "cDFgMnobptuSU") + 2 < length)
                return 0;
        return word[length - 1] == 'n' || word[length - 1] == 'b' ? word[length - 1] : 0;
}

/* Joins "-n 5" to "-n5", as journalctl understands it. The joined words are in `joined`. */
static int join_optional(char **argv, char ***joined) {
        size_t n = 0;

        for (size_t i = 0; argv[i]; i++) {
                char letter = i > 0 ? ends_with_optional(argv[i]) : 0;
                if (letter && argv[i + 1] && is_argument_of(letter, argv[i + 1])) {
                        const char *between = str_has_prefix(str_of(argv[i]), "--") ? "=" : "";
                        if (strv_addf(joined, "%s%s%s", argv[i], between, argv[i + 1]) < 0)
                                return -ENOMEM;
                        i++;
                } else if (strv_add(joined, argv[i]) < 0) {
                        return -ENOMEM;
                }
                n++;
        }
        return (int)n;
}

/* With --user alone, -u is about units of the user: those of the system are not in its files. */
static int take_as_users(LogQuery *query) {
        int r = strv_extend(&query->user_units, query->units);

        query->units = strv_free(query->units);
        return r;
}

ProgramOutcome log_query_read(LogQuery *query, char **argv) {
        if (join_optional(argv, &query->words) < 0)
                return program_fail("Out of memory.");
        ProgramOutcome outcome =
                program_read_options(&program, query->words, query, &query->matches);
        if (outcome != PROGRAM_GO_ON)
                return outcome;
        if ((query->flags & LOG_FOLLOW) && !(query->flags & LOG_NO_TAIL) &&
            query->lines == LOG_LINES_DEFAULT && !(query->flags & LOG_SINCE))
                query->lines = 10;
        if ((query->flags & (LOG_OF_USER | LOG_OF_SYSTEM)) == LOG_OF_USER &&
            take_as_users(query) < 0)
                return program_fail("Out of memory.");
        if (!!query->directory + !!query->files + !!query->machine + !!query->root > 1)
                return program_fail("Please specify at most one of -D/--directory=, --file=, "
                                    "-M/--machine=, --root=, --image=.");
        if ((query->flags & LOG_SINCE) && (query->flags & LOG_UNTIL) &&
            query->since_usec > query->until_usec)
                return program_fail("--since= must be before --until=.");
        if (!!query->cursor + !!query->after_cursor + !!(query->flags & LOG_SINCE) > 1)
                return program_fail("Please specify only one of --since=, --cursor=, and "
                                    "--after-cursor=.");
        if ((query->flags & LOG_FOLLOW) && (query->flags & LOG_REVERSE))
                return program_fail("Please specify either --reverse= or --follow=, not both.");
        if (query->lines >= 0 && query->grep && !(query->flags & LOG_FOLLOW))
                query->flags |= LOG_REVERSE;
        return PROGRAM_GO_ON;
}
