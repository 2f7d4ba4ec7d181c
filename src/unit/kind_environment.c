/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/strv.h"
#include "base/strv_index.h"
#include "base/utf8.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Variables: assignments, names to pass on, names to drop, files. */

static bool name_is_valid(Str name) {
        if (name.length == 0 || (name.data[0] >= '0' && name.data[0] <= '9'))
                return false;
        for (size_t i = 0; i < name.length; i++) {
                char c = name.data[i];

                if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
                      (c >= '0' && c <= '9')))
                        return false;
        }
        return true;
}

static bool assignment_is_valid(const char *text) {
        const char *equals = strchr(text, '=');

        return equals && name_is_valid((Str){ text, (size_t)(equals - text) }) &&
               utf8_is_valid(str_of(equals + 1));
}

/* Takes an assignment; a variable of this name that is there gives its place. */
static int replace_variable(const KindContext *context, Value *value, char *assignment) {
        AUTO(strv_index_free) StrvIndex *own = NULL; /* a single line of a program's making */

        return err_pass(strv_index_assign(
                context->names ? context->names : &own, value->id, &value->strv, assignment));
}

static int add_assignment(const KindContext *context, const char *word, Value *value) {
        AUTO_FREE char *assignment = NULL;
        int r = kind_expand(context, str_of(word), EXPAND_BARE | EXPAND_SHORT, &assignment);

        if (r != KIND_OK)
                return r;
        if (!assignment_is_valid(assignment))
                return kind_ignore(
                        context, "Invalid environment assignment, ignoring: %s", assignment);
        return replace_variable(context, value, STEAL(assignment)) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_environment(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .flags = WORD_UNQUOTE | WORD_UNESCAPE,
                .add = add_assignment,
        };

        return kind_words(context, &words, text, value);
}

static void print_words(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        STRV_FOREACH(word, value->strv) {
                if (word != value->strv)
                        strbuf_add_char(out, ' ');
                kind_print_word(*word, WORD_UNQUOTE | WORD_UNESCAPE, out);
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_environment = {
        .name = "variables",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_environment,
        .print = print_words,
};

/* A name, or an assignment too where the parameter allows it (UnsetEnvironment=). */
static int add_name(const KindContext *context, const char *word, Value *value) {
        bool assignments = kind_parameter(context)->flags & NAMES_OR_ASSIGNMENTS;
        unsigned expand_flags = EXPAND_BARE | (assignments ? 0u : EXPAND_SHORT);
        AUTO_FREE char *name = NULL;
        int r = kind_expand(context, str_of(word), expand_flags, &name);

        if (r != KIND_OK)
                return r;
        if (!name_is_valid(str_of(name)) && !(assignments && assignment_is_valid(name)))
                return kind_ignore(context,
                                   "Invalid environment name %s%.*s, ignoring: %s",
                                   assignments ? "or assignment " : "for ",
                                   STR_ARG(context->key_written),
                                   name);
        return kind_add_unique(context, name, value) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_names(const KindContext *context, Str text, Value *value) {
        bool assignments = kind_parameter(context)->flags & NAMES_OR_ASSIGNMENTS;
        const KindWords words = {
                .flags = WORD_UNQUOTE | (assignments ? WORD_UNESCAPE : 0u),
                .add = add_name,
                .broken = "Trailing garbage in",
                .broken_key = true,
        };

        return kind_words(context, &words, text, value);
}

const Kind kind_variable_names = {
        .name = "names of variables",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_names,
        .print = print_words,
};

/* EnvironmentFile=: one path a line, "-" in front when it may be missing. */
static int parse_file(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        bool optional;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        optional = expanded[0] == '-';
        r = kind_path(context, expanded + optional, 0, &path);
        if (r != KIND_OK)
                return r;
        return value_add_rule(
                value, (Rule){ .flags = optional ? RULE_OPTIONAL : 0, .source = STEAL(path) });
}

static void print_files(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                kind_print_key(row, out);
                if (rule->flags & RULE_OPTIONAL)
                        strbuf_add_char(out, '-');
                kind_print_path(rule->source, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_environment_files = {
        .name = "paths of files with variables",
        .shape = SHAPE_RULES,
        .bus_type = "a(sb)",
        .parse = parse_file,
        .print = print_files,
};
