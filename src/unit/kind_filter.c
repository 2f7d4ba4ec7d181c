/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"
#include "unit/name_tables.h"

/* Allow and deny lists. The first assignment decides which it is (VALUE_INVERTED = deny). Later
 * ones add names, or take them back when they are of the other sort; what is taken back stays in
 * the list with "~" in front, since the order matters where groups are named. */

/* Says whether a word is a name of the list; else reports it. `inverted`: the assignment began with
 * "~". */
typedef bool FilterCheck(const KindContext *context, const char *word, bool inverted);

typedef struct FilterSyntax {
        unsigned word_flags;
        FilterCheck *check;
        const char *broken;   /* message for bad quoting; NULL = trailing garbage */
        bool none;            /* an allow list of nothing can be said */
        const char *stand_in; /* what an allow list of nothing allows, or NULL */
} FilterSyntax;

static int report_broken(const KindContext *context, const FilterSyntax *syntax, Str text) {
        if (syntax->broken)
                return kind_ignore(context, "%s, ignoring: %.*s", syntax->broken, STR_ARG(text));
        return kind_ignore(context,
                           "Trailing garbage in %.*s, ignoring: %.*s",
                           STR_ARG(context->key_written),
                           STR_ARG(text));
}

/* What was read before the fault stays; an allow list of nothing is none unless that can be said.
 */
static int
end_broken(const KindContext *context, const FilterSyntax *syntax, Str text, const Value *value) {
        int r = report_broken(context, syntax, text);
        bool is_empty = strv_length(value->strv) == 0 && !(value->flags & VALUE_INVERTED);

        return is_empty && !syntax->none && !syntax->stand_in ? KIND_RESET : r;
}

/* Adds a word, which drops earlier mentions of the same. */
static int add_word(Value *value, const char *word, bool against) {
        AUTO(strbuf_done) StrBuf other = STRBUF_INIT;

        strbuf_addf(&other, "~%s", word);
        if (strbuf_result(&other) < 0)
                return err_new(-ENOMEM);
        strv_remove(value->strv, word);
        strv_remove(value->strv, strbuf_text(&other));
        return strv_add(&value->strv, against ? strbuf_text(&other) : word);
}

/* Takes the first string out of the list. */
static void drop_first(char **list) {
        free(*list);
        for (; *list; list++)
                list[0] = list[1];
}

/* Drops what is taken back from nothing. An allow list that ends up empty is none unless that can
 * be said. */
static int finish_list(const FilterSyntax *syntax, Value *value) {
        while (value->strv && *value->strv && **value->strv == '~')
                drop_first(value->strv);
        if (strv_length(value->strv) > 0 || (value->flags & VALUE_INVERTED) || syntax->none)
                return KIND_OK;
        if (!syntax->stand_in)
                return KIND_RESET;
        return strv_add(&value->strv, syntax->stand_in) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int
parse_filter(const KindContext *context, const FilterSyntax *syntax, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        bool invert, ignored = false;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        invert = str_skip_prefix(&rest, "~");
        if (!(value->flags & VALUE_GIVEN))
                value->flags = (uint16_t)(VALUE_GIVEN | (invert ? VALUE_INVERTED : 0));
        while ((r = word_next(&rest, NULL, syntax->word_flags, &word)) > 0) {
                bool inverted = value->flags & VALUE_INVERTED;

                if (!syntax->check(context, strbuf_text(&word), invert))
                        ignored = true;
                else if (add_word(value, strbuf_text(&word), invert != inverted) < 0)
                        return err_new(-ENOMEM);
        }
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return end_broken(context, syntax, text, value);
        r = finish_list(syntax, value);
        return r != KIND_OK ? r : ignored ? KIND_IGNORED : KIND_OK;
}

/* One line for each run of names on the same side. */
static void
print_filter(const DirectiveRow *row, const Value *value, unsigned word_flags, StrBuf *out) {
        bool inverted = value->flags & VALUE_INVERTED, line_inverted = inverted;

        strbuf_addf(out, "%s=%s", row->name, inverted ? "~" : "");
        STRV_FOREACH(entry, value->strv) {
                bool against = **entry == '~', invert = inverted != against;

                if (invert != line_inverted)
                        strbuf_addf(out, "\n%s=%s", row->name, invert ? "~" : "");
                else if (entry != value->strv)
                        strbuf_add_char(out, ' ');
                line_inverted = invert;
                word_print(*entry + against, word_flags, out);
        }
        strbuf_add_char(out, '\n');
}

/* --- system calls --- */

static bool errno_is_valid(const char *text) {
        int number;

        return streq(text, "kill") || streq(text, "0") || parse_errno(str_of(text), &number) == 0;
}

static bool check_system_call(const KindContext *context, const char *word, bool inverted) {
        bool takes_errno = context->row->variant == 0;
        const char *colon = takes_errno ? strchr(word, ':') : NULL;
        Str name = colon ? (Str){ word, (size_t)(colon - word) } : str_of(word);

        if (colon && (colon == word || !errno_is_valid(colon + 1)))
                (void)kind_ignore(context,
                                  "Failed to parse syscall:errno, ignoring: %s",
                                  word); /* as below: reported, dropped */
        else if (colon && !inverted)
                (void)kind_ignore(
                        context,
                        "Allow-listed system calls cannot take error number, ignoring: %s",
                        word);
        else if (name.length > 0 && name.data[0] == '@' && !system_call_group_is_known(name))
                (void)kind_ignore(
                        context, "Unknown system call group, ignoring: %.*s", STR_ARG(name));
        else if (name.length == 0 || (name.data[0] != '@' && !system_call_is_known(name)))
                (void)kind_ignore(
                        context, "Failed to parse system call, ignoring: %.*s", STR_ARG(name));
        else
                return true;
        return false; /* reported */
}

static int parse_system_calls(const KindContext *context, Str text, Value *value) {
        static const FilterSyntax filter = { .check = check_system_call,
                                             .broken = "Invalid syntax",
                                             .stand_in = "@default" };
        static const FilterSyntax log = { .check = check_system_call, .broken = "Invalid syntax" };

        return parse_filter(context, context->row->variant ? &log : &filter, text, value);
}

static void print_system_calls(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_filter(row, value, 0, out);
}

const Kind kind_system_calls = {
        .name = "system calls and groups of them",
        .shape = SHAPE_STRV,
        .bus_type = "(bas)",
        .parse = parse_system_calls,
        .print = print_system_calls,
};

/* --- address families --- */

static bool check_family(const KindContext *context, const char *word, bool inverted) {
        (void)inverted; /* the same names either way */
        if (address_family_parse(str_of(word)) >= 0)
                return true;
        (void)kind_ignore(context,
                          "Failed to parse address family, ignoring: %s",
                          word); /* reported, dropped */
        return false;
}

static int parse_families(const KindContext *context, Str text, Value *value) {
        static const FilterSyntax syntax = { .word_flags = WORD_UNQUOTE,
                                             .check = check_family,
                                             .broken = "Invalid syntax",
                                             .none = true };

        if (str_equal_c(text, "none")) {
                value_clear(value);
                value->flags = VALUE_GIVEN;
                return KIND_OK;
        }
        return parse_filter(context, &syntax, text, value);
}

static void print_families(const DirectiveRow *row, const Value *value, StrBuf *out) {
        if (!(value->flags & VALUE_INVERTED) && strv_length(value->strv) == 0)
                kind_print_raw(row, "none", out);
        else
                print_filter(row, value, WORD_UNQUOTE, out);
}

const Kind kind_address_families = {
        .name = "address families",
        .shape = SHAPE_STRV,
        .bus_type = "(bas)",
        .parse = parse_families,
        .print = print_families,
};

/* --- file systems --- */

static bool check_file_system(const KindContext *context, const char *word, bool inverted) {
        (void)inverted; /* the same names either way */
        if (*word != '@' || file_system_group_is_known(str_of(word)))
                return *word != '~';
        (void)kind_ignore(context,
                          "bpf-lsm: Unknown filesystem group, ignoring: %s",
                          word); /* reported, dropped */
        return false;
}

static int parse_file_systems(const KindContext *context, Str text, Value *value) {
        static const FilterSyntax syntax = { .word_flags = WORD_UNQUOTE,
                                             .check = check_file_system };

        return parse_filter(context, &syntax, text, value);
}

static void print_unquoted(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_filter(row, value, WORD_UNQUOTE, out);
}

const Kind kind_file_systems = {
        .name = "types of file systems and groups of them",
        .shape = SHAPE_STRV,
        .bus_type = "(bas)",
        .parse = parse_file_systems,
        .print = print_unquoted,
};

/* --- network interfaces --- */

static bool check_interface(const KindContext *context, const char *word, bool inverted) {
        (void)inverted; /* the same names either way */
        if (kind_interface_is_valid(word) && *word != '~')
                return true;
        (void)kind_ignore(
                context, "Invalid interface name, ignoring: %s", word); /* reported, dropped */
        return false;
}

static int parse_interfaces(const KindContext *context, Str text, Value *value) {
        static const FilterSyntax syntax = { .word_flags = WORD_UNQUOTE, .check = check_interface };

        return parse_filter(context, &syntax, text, value);
}

const Kind kind_interfaces = {
        .name = "network interfaces",
        .shape = SHAPE_STRV,
        .bus_type = "(bas)",
        .parse = parse_interfaces,
        .print = print_unquoted,
};

/* --- architectures: a plain list --- */

static int add_architecture(const KindContext *context, const char *word, Value *value) {
        if (!architecture_is_known(str_of(word)))
                return kind_ignore(context,
                                   "Failed to parse system call architecture \"%s\", ignoring: %s",
                                   word,
                                   kind_error_text(EINVAL));
        return strv_add_unique(&value->strv, word) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_architectures(const KindContext *context, Str text, Value *value) {
        static const KindWords words = { .flags = WORD_UNQUOTE, .add = add_architecture };

        return kind_words(context, &words, text, value);
}

static void print_architectures(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        STRV_FOREACH(word, value->strv)
        strbuf_addf(out, "%s%s", word == value->strv ? "" : " ", *word);
        strbuf_add_char(out, '\n');
}

const Kind kind_architectures = {
        .name = "architectures",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_architectures,
        .print = print_architectures,
};
