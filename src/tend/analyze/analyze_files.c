/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/analyze_files.h"

#include <errno.h>
#include <fnmatch.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "host/version_compare.h"
#include "tend/pager.h"
#include "tend/program.h"
#include "tend/text_table.h"
#include "tend/unit_offline.h"
#include "unit/capability_name.h"

/* --- unit-files
 * ------------------------------------------------------------------------------------------- */

static bool matches(char *const *patterns, const char *name) {
        STRV_FOREACH(pattern, patterns) {
                if (fnmatch(*pattern, name, 0) == 0)
                        return true;
        }
        return !patterns || !patterns[0];
}

static bool matches_one(char *const *patterns, char *const *names) {
        STRV_FOREACH(name, names) {
                if (matches(patterns, *name))
                        return true;
        }
        return false;
}

/* Appends the line of one name, and to `aliases` the names that lead to it. */
static int add_name(UnitSearch *search, const char *name, char **patterns, StrBuf out[2]) {
        AUTO(unit_files_done) UnitFiles files = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        AUTO_STRV char **all = NULL;

        if (unit_search_find(search, name, &files, &diag) < 0)
                return 0; /* a loop of links is no unit */
        bool is_alias = files.name && !streq(files.name, name);
        const char *target = is_alias ? files.name : files.fragment_path;
        if (!target)
                return 0;
        if (matches(patterns, name))
                strbuf_addf(&out[0], "ids: %s \u2192 %s\n", name, target);
        if (is_alias || files.masked)
                return 0;
        int r = strv_add(&all, name);
        if (r >= 0)
                r = strv_extend(&all, files.aliases);
        AUTO_FREE char *text = r >= 0 ? strv_join(all, ", ") : NULL;
        if (!text)
                return err_new(-ENOMEM);
        if (matches(patterns, name) || matches_one(patterns, all))
                strbuf_addf(&out[1], "aliases: %s \u2190 %s\n", name, text);
        return 0;
}

int analyze_unit_files(const BootOptions *options, char **arguments) {
        AUTO(unit_search_free) UnitSearch *search = NULL;
        const UnitSearchOptions where = unit_offline_options(options->tend, NULL);
        StrBuf out[] = { STRBUF_INIT, STRBUF_INIT };
        AUTO_STRV char **names = NULL;

        int r = unit_search_new(&where, &search);
        if (r >= 0)
                r = unit_search_list(search, &names);
        STRV_FOREACH(name, names) {
                if (r >= 0)
                        r = add_name(search, *name, arguments, out);
        }
        strbuf_add(&out[0], strbuf_text(&out[1]));
        if (r >= 0)
                r = pager_print(options->tend, &out[0]);
        strbuf_done(&out[0]);
        strbuf_done(&out[1]);
        if (r < 0)
                (void)program_fail("Failed to read unit files: %s", strerror(-r));
        return r < 0 ? 1 : 0;
}

/* --- capability
 * ------------------------------------------------------------------------------------------- */

static void add_capability(TextTable *table, int number) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;

        capability_print(number, &name);
        text_table_add(table, strbuf_text(&name), STYLE_PLAIN);
        text_table_add_number(table, (uint64_t)number, STYLE_PLAIN);
}

int analyze_capability(const BootOptions *options, char **arguments) {
        static const TextColumn columns[] = { { .heading = "NAME" },
                                              { .heading = "NUMBER", .right = true },
                                              { 0 } };
        AUTO(text_table_done) TextTable table = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        unsigned n_times[CAP_LAST_CAP + 1] = { 0 };

        text_table_init(&table, columns);
        STRV_FOREACH(text, arguments) {
                int number = capability_parse(str_of(*text));
                if (number < 0 || number > CAP_LAST_CAP)
                        return program_fail("Capability \"%s\" not known.", *text), 1;
                n_times[number]++;
        }
        for (int i = 0; i <= CAP_LAST_CAP; i++)
                for (unsigned n = arguments[0] ? n_times[i] : 1; n > 0; n--)
                        add_capability(&table, i);
        unsigned flags = options->tend->flags & TEND_COLOUR ? TEXT_TABLE_COLOUR : 0U;
        if (text_table_print(&table, flags, 0, &out) < 0)
                return 1;
        return pager_print(options->tend, &out) < 0 ? 1 : 0;
}

/* --- compare-versions
 * ------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct { const char *name; CompareOperator operator; } operators[] = {
        { "eq", COMPARE_EQUAL },
        { "ge", COMPARE_GREATER_EQUAL },
        { "gt", COMPARE_GREATER },
        { "le", COMPARE_LESS_EQUAL },
        { "lt", COMPARE_LESS },
        { "ne", COMPARE_NOT_EQUAL },
};
/* clang-format on */

/* The operator by word or sign; COMPARE_NONE. */
static CompareOperator find_operator(const char *text) {
        Str rest = str_of(text);

        for (size_t i = 0; i < ARRAY_LENGTH(operators); i++)
                if (streq(operators[i].name, text))
                        return operators[i].operator;
        CompareOperator operator= compare_operator_skip(&rest);
        return rest.length == 0 ? operator: COMPARE_NONE;
}

int analyze_compare_versions(const BootOptions *options UNUSED, char **arguments) {
        enum { RIGHT_IS_OLDER = 11, LEFT_IS_OLDER = 12 };

        if (!arguments[2]) {
                int order = version_compare(arguments[0], arguments[1]);
                printf("%s %s %s\n",
                       arguments[0],
                       order < 0   ? "<"
                       : order > 0 ? ">"
                                   : "==",
                       arguments[1]);
                return order < 0 ? LEFT_IS_OLDER : order > 0 ? RIGHT_IS_OLDER : 0;
        }
        CompareOperator operator= find_operator(arguments[1]);
        if (operator== COMPARE_NONE)
                return program_fail("Unknown operator \"%s\".", arguments[1]), 1;
        return compare_operator_holds(operator, version_compare(arguments[0], arguments[2])) ? 0
                                                                                             : 1;
}
