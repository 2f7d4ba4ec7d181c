/* SPDX-License-Identifier: Apache-2.0 */

/* `tend logs` where it is asked for more than the last lines of some units: the options are those
 * of journalctl, words are units. */

#include <errno.h>

#include "base/macros.h"
#include "base/strv.h"
#include "tend/journalctl/journalctl.h"
#include "tend/journalctl/log_query.h"

#define TAIL_LINES 10

static bool is_match(const char *word) {
        return strchr(word, '=') || word[0] == '/' || streq(word, "+");
}

/* Options that `tend logs` has of old. */
static bool is_plain_option(const char *word) {
        static const char *const names[] = {
                "-f",         "--follow", "-n",      "--lines",  "--json",
                "--no-pager", "-q",       "--quiet", "--user",   "--runtime-dir",
                "--units",    "-l",       "--full",  "--system",
        };
        size_t length = strcspn(word, "=");

        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (str_equal_c((Str){ word, length }, names[i]))
                        return true;
        return word[0] == '-' && word[1] == 'n' && word[2] >= '0' && word[2] <= '9';
}

bool logs_is_query(char **argv) {
        bool has_unit = false;

        for (char **word = argv + 1; *word; word++) {
                if (streq(*word, "--help") || streq(*word, "-h"))
                        return false;
                if ((*word)[0] == '-' ? !is_plain_option(*word) : is_match(*word))
                        return true;
                bool takes = streq(*word, "-n") || streq(*word, "--lines") ||
                             streq(*word, "--runtime-dir") || streq(*word, "--units");
                if (takes && word[1])
                        word++;
                else
                        has_unit |= (*word)[0] != '-';
        }
        return !has_unit;
}

/* Takes tend's own options out of the words: journalctl has none of these. */
static int take_own(Tend *tend, LogQuery *query, char **argv) {
        char **left = argv + 1;

        for (char **word = argv + 1; *word; word++) {
                Str rest = str_of(*word);
                if (streq(*word, "--json")) {
                        query->output = JOURNAL_OUTPUT_JSON;
                        query->flags |= LOG_QUIET;
                } else if (streq(*word, "--user")) {
                        tend->scope = UNIT_SCOPE_USER;
                } else if (streq(*word, "--system")) {
                        tend->scope = UNIT_SCOPE_SYSTEM;
                } else if (str_skip_prefix(&rest, "--runtime-dir=")) {
                        tend->runtime_directory = rest.data;
                } else if (streq(*word, "--runtime-dir") && word[1]) {
                        tend->runtime_directory = *++word;
                } else if (str_skip_prefix(&rest, "--push=")) {
                        query->push_url = rest.data;
                } else if (streq(*word, "--push") && word[1]) {
                        query->push_url = *++word;
                } else if (str_skip_prefix(&rest, "--push-header=")) {
                        if (strv_add(&query->push_headers, rest.data) < 0)
                                return -ENOMEM;
                } else {
                        *left++ = *word;
                }
        }
        *left = NULL;
        return 0;
}

/* Words that are no matches are units: all that are named are of the manager that is asked. */
static int take_units(const Tend *tend, LogQuery *query) {
        AUTO_STRV char **kept = NULL;
        bool is_user = tend->scope == UNIT_SCOPE_USER;
        char ***units = is_user ? &query->user_units : &query->units;
        int r = is_user ? strv_extend(units, query->units) : 0;

        if (is_user)
                query->units = strv_free(query->units);
        STRV_FOREACH(word, query->matches)
        r = r < 0 ? r : is_match(*word) ? strv_add(&kept, *word) : strv_add(units, *word);
        if (r < 0)
                return r;
        (void)strv_free(query->kept);
        query->kept = STEAL(kept);
        query->matches = query->kept;
        return 0;
}

/* Whether something says how much is wanted. */
static bool has_extent(const LogQuery *query) {
        return query->lines != LOG_LINES_DEFAULT || query->action != LOG_SHOW || query->cursor ||
               query->after_cursor || query->cursor_file || query->grep ||
               (query->flags & (LOG_SINCE | LOG_UNTIL | LOG_BOOT | LOG_NO_TAIL));
}

int logs_main(Tend *tend, int argc UNUSED, char **argv) {
        AUTO(log_query_done) LogQuery query = LOG_QUERY_INIT;

        query.tend = tend;
        query.flags = LOG_KIND;
        if (take_own(tend, &query, argv) < 0)
                return 1;
        if (query.push_url) /* all there is goes out, and nothing is printed */
                query.flags |= LOG_NO_TAIL | LOG_QUIET | LOG_NO_PAGER;
        ProgramOutcome outcome = log_query_read(&query, argv);
        if (outcome != PROGRAM_GO_ON)
                return outcome == PROGRAM_DONE ? 0 : 1;
        if (take_units(tend, &query) < 0)
                return 1;
        if (!query.push_url && !has_extent(&query))
                query.lines = TAIL_LINES;
        return log_query_carry_out(&query);
}
