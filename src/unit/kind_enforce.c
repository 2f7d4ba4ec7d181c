/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/strv.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Enforce=: which settings must hold in full for the unit to start. "strict" means all of them,
 * "report" those that are named only, whatever the manager was told. */

static bool is_known(const KindContext *context, Str word) {
        return str_equal_c(word, "strict") || str_equal_c(word, "report") ||
               directive_find(section_of_type(context->unit_type), word) ||
               directive_find(SECTION_UNIT, word);
}

static int parse_enforce(const KindContext *context, Str text, Value *value) {
        Str rest = text, word;
        bool ignored = false;

        if (text.length == 0)
                return KIND_RESET;
        while (str_next_word(&rest, &word)) {
                if (!is_known(context, word)) {
                        (void)kind_ignore(context, /* always the same */
                                          "Enforce= names no setting, ignoring: %.*s",
                                          STR_ARG(word));
                        ignored = true;
                        continue;
                }
                AUTO_FREE char *name = str_dup(word);
                if (!name || strv_add_unique(&value->strv, name) < 0)
                        return err_new(-ENOMEM);
        }
        return ignored ? KIND_IGNORED : KIND_OK;
}

static void print_enforce(const DirectiveRow *row, const Value *value, StrBuf *out) {
        const char *separator = "";

        kind_print_key(row, out);
        STRV_FOREACH(word, value->strv) {
                strbuf_addf(out, "%s%s", separator, *word);
                separator = " ";
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_enforce = {
        .name = "strict, report or names of settings",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_enforce,
        .print = print_enforce,
};
