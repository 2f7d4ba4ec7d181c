/* SPDX-License-Identifier: Apache-2.0 */

/* Options and arguments as matches. */

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "journal/journal_fields.h"
#include "tend/journalctl/log_query.h"

#define COREDUMP_MESSAGE_ID "fc2e22bc6ee647b6b90729ab34a250b1"
#define COMM_LENGTH_MAX 15

/* One way in which an entry is about a unit: `field` names it, and two more values must hold. */
typedef struct UnitRule {
        const char *field;
        const char *first, *second; /* NULL = nothing */
        bool only_slices;
} UnitRule;

/* clang-format off */
static const UnitRule system_rules[] = {
        { "_SYSTEMD_UNIT", NULL, NULL, false },
        { "COREDUMP_UNIT", "MESSAGE_ID=" COREDUMP_MESSAGE_ID, "_UID=0", false },
        { "UNIT", "_PID=1", NULL, false },
        { "OBJECT_SYSTEMD_UNIT", "_UID=0", NULL, false },
        { "_SYSTEMD_SLICE", NULL, NULL, true },
};
static const UnitRule user_rules[] = { /* and the user's id */
        { "_SYSTEMD_USER_UNIT", NULL, NULL, false },
        { "USER_UNIT", NULL, NULL, false },
        { "COREDUMP_USER_UNIT", NULL, "_UID=0", false },
        { "OBJECT_SYSTEMD_USER_UNIT", NULL, "_UID=0", false },
        { "_SYSTEMD_USER_SLICE", NULL, NULL, true },
};
/* clang-format on */

static int add_unit(JournalMatches *matches, const char *unit, bool user) {
        const UnitRule *rules = user ? user_rules : system_rules;
        size_t n = user ? ARRAY_LENGTH(user_rules) : ARRAY_LENGTH(system_rules);
        bool is_slice = str_has_suffix(str_of(unit), ".slice");
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++) {
                if (rules[i].only_slices && !is_slice)
                        continue;
                r = journal_matches_addf(matches, "%s=%s", rules[i].field, unit);
                if (r >= 0 && user)
                        r = journal_matches_addf(matches, "_UID=%u", (unsigned)getuid());
                if (r >= 0 && rules[i].first)
                        r = journal_matches_add(matches, str_of(rules[i].first));
                if (r >= 0 && rules[i].second)
                        r = journal_matches_add(matches, str_of(rules[i].second));
                journal_matches_or(matches);
        }
        return err_pass(r);
}

/* --- patterns of units ------------------------------------------------------------------------*/

typedef struct Pattern {
        const char *pattern;
        char **found; /* owned */
} Pattern;

static int on_value(void *userdata, Str value) {
        Pattern *pattern = userdata;
        AUTO_FREE char *name = str_dup(value);

        if (!name)
                return err_new(-ENOMEM);
        return fnmatch(pattern->pattern, name, FNM_NOESCAPE) == 0
                       ? err_pass(strv_add_unique(&pattern->found, name))
                       : 0;
}

static int add_pattern(JournalMatches *matches, JournalSet *set, const char *text, bool user) {
        const UnitRule *rules = user ? user_rules : system_rules;
        size_t n = user ? ARRAY_LENGTH(user_rules) : ARRAY_LENGTH(system_rules);
        Pattern pattern = { .pattern = text };
        int r = 0;

        for (unsigned k = 0; k < set->n_streams; k++)
                for (size_t i = 0; i < n && r >= 0; i++)
                        r = journal_field_values_each(
                                set->streams[k].reader, str_of(rules[i].field), on_value, &pattern);
        STRV_FOREACH(unit, pattern.found)
        r = r < 0 ? r : add_unit(matches, *unit, user);
        bool is_none = pattern.found == NULL;
        strv_free(pattern.found);
        return r < 0 ? err_pass(r) : !is_none;
}

static int add_units(LogQuery *query, JournalSet *set, JournalMatches *matches) {
        bool found = false;

        for (int user = 0; user <= 1; user++) {
                STRV_FOREACH(typed, user ? query->user_units : query->units) {
                        AUTO_FREE char *unit = program_unit_name(*typed, ".service", true);
                        if (!unit)
                                return err_new(-EINVAL);
                        bool is_pattern = strpbrk(unit, "*?[") != NULL;
                        int r = is_pattern ? add_pattern(matches, set, unit, user)
                                           : add_unit(matches, unit, user);
                        if (r < 0)
                                return err_pass(r);
                        found |= !is_pattern || r > 0;
                }
        }
        if ((query->units || query->user_units) && !found) { /* not everything, then */
                (void)fprintf(stderr, "Failed to add filter for units: No data available\n");
                return err_new(-ENODATA);
        }
        return 0;
}

/* --- arguments --------------------------------------------------------------------------------*/

/* A program by its path: what it is called, or where it is. */
static int add_path(JournalMatches *matches, const char *path) {
        AUTO_FREE char *real = realpath(path, NULL);
        struct stat status;
        char head[2] = "";

        if (!real || stat(real, &status) < 0) {
                (void)fprintf(stderr, "Couldn't canonicalize path: %s\n", strerror(errno));
                return err_new(-errno);
        }
        if (S_ISREG(status.st_mode) && (status.st_mode & 0111)) {
                AUTO_FILE FILE *file = fopen(real, "re");
                if (file && fread(head, 1, sizeof(head), file) == 2 && head[0] == '#' &&
                    head[1] == '!')
                        return err_pass(journal_matches_addf(
                                matches, "_COMM=%.*s", COMM_LENGTH_MAX, path_base_name(real)));
                return err_pass(journal_matches_addf(matches, "_EXE=%s", real));
        }
        if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
                return err_pass(journal_matches_addf(matches,
                                                     "_KERNEL_DEVICE=%c%u:%u",
                                                     S_ISBLK(status.st_mode) ? 'b' : 'c',
                                                     (unsigned)(status.st_rdev >> 8 & 0xfff),
                                                     (unsigned)(status.st_rdev & 0xff)));
        (void)fprintf(stderr,
                      "File is neither a device node, nor regular file, nor executable: %s\n",
                      path);
        return err_new(-EINVAL);
}

static int add_arguments(LogQuery *query, JournalMatches *matches) {
        bool has_term = false;

        STRV_FOREACH(word, query->matches) {
                if (streq(*word, "+")) {
                        if (!has_term) {
                                (void)fprintf(stderr, "\"+\" can only be used between terms\n");
                                return err_new(-EINVAL);
                        }
                        journal_matches_or(matches);
                        has_term = false;
                        continue;
                }
                int r = path_is_absolute(str_of(*word))
                                ? add_path(matches, *word)
                                : journal_matches_add(matches, str_of(*word));
                if (r < 0 && !path_is_absolute(str_of(*word)))
                        (void)fprintf(
                                stderr, "Failed to add match '%s': %s\n", *word, strerror(-r));
                if (r < 0)
                        return err_pass(r);
                has_term = true;
        }
        if (strv_length(query->matches) > 0 && !has_term) {
                (void)fprintf(stderr, "\"+\" can only be used between terms\n");
                return err_new(-EINVAL);
        }
        return 0;
}

/* --- all --------------------------------------------------------------------------------------*/

static int add_boot(LogQuery *query, JournalSet *set, JournalMatches *matches) {
        char text[ID128_TEXT_SIZE];
        Id128 id;

        if (!(query->flags & LOG_BOOT))
                return 0;
        int r = log_boot_find(query, set, &id);
        return r < 0 ? err_pass(r)
                     : err_pass(
                               journal_matches_addf(matches, "_BOOT_ID=%s", id128_print(id, text)));
}

static int add_bits(JournalMatches *matches, const char *field, unsigned bits) {
        int r = 0;

        for (unsigned i = 0; i < 32 && r >= 0; i++)
                if (bits & 1U << i)
                        r = journal_matches_addf(matches, "%s=%u", field, i);
        return err_pass(r);
}

/* What was said in a run, or of it by the manager. */
static int add_invocation(LogQuery *query, JournalSet *set, JournalMatches *matches) {
        char text[ID128_TEXT_SIZE];
        Id128 id;
        int r = log_invocation_find(query, set, &id);

        if (r >= 0)
                r = journal_matches_addf(
                        matches, "_SYSTEMD_INVOCATION_ID=%s", id128_print(id, text));
        journal_matches_or(matches);
        return r < 0 ? err_pass(r)
                     : err_pass(journal_matches_addf(matches, "INVOCATION_ID=%s", text));
}

int log_matches_make(LogQuery *query, JournalSet *set, JournalMatches *ret) {
        int r = add_boot(query, set, ret);

        journal_matches_and(ret);
        if (r >= 0 && (query->flags & LOG_KERNEL))
                r = journal_matches_add(ret, STR_LITERAL("_TRANSPORT=kernel"));
        journal_matches_and(ret);
        if (r >= 0)
                r = add_units(query, set, ret);
        journal_matches_and(ret);
        STRV_FOREACH(identifier, query->identifiers)
        r = r < 0 ? r : journal_matches_addf(ret, "SYSLOG_IDENTIFIER=%s", *identifier);
        journal_matches_and(ret);
        if (r >= 0)
                r = add_bits(ret, "PRIORITY", query->priorities);
        journal_matches_and(ret);
        if (r >= 0)
                r = add_bits(ret, "SYSLOG_FACILITY", query->facilities);
        journal_matches_and(ret);
        if (r >= 0 && query->invocation)
                r = add_invocation(query, set, ret);
        journal_matches_and(ret);
        return r < 0 ? err_pass(r) : err_pass(add_arguments(query, ret));
}
