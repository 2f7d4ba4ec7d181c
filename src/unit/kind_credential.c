/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/base64.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Credentials: an id and where it comes from, or an id and its data. A later assignment of the same
 * id takes the place of the earlier. */

/* A file name that can also be a name of a descriptor. */
static bool credential_name_is_valid(const char *name) {
        return file_name_is_valid(name) && kind_fd_name_is_valid(name);
}

/* Puts the rule in place of the one with its id, or at the end. */
static int replace_rule(Value *value, Rule rule) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++)
                if (streq(value->rules->rules[i].source, rule.source)) {
                        rule_done(&value->rules->rules[i]);
                        value->rules->rules[i] = rule;
                        return 0;
                }
        return value_add_rule(value, rule);
}

/* The expanded id in front of the colon; `rest` goes on behind it. */
static int read_id(const KindContext *context, Str *rest, char **ret) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        AUTO_FREE char *expanded = NULL;
        int r = word_next(rest, ":", WORD_KEEP_EMPTY, &word);

        if (r < 0)
                return err_pass(r);
        r = kind_expand(context, str_of(strbuf_text(&word)), EXPAND_DOUBLE, &expanded);
        if (r != KIND_OK)
                return r;
        if (!credential_name_is_valid(expanded))
                return kind_ignore(
                        context, "Credential name \"%s\" not valid, ignoring.", expanded);
        *ret = STEAL(expanded);
        return KIND_OK;
}

static bool source_is_valid(const char *source) {
        return *source == '/' ? path_is_normalized(source) : credential_name_is_valid(source);
}

static int parse_load(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *id = NULL, *source = NULL;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = read_id(context, &rest, &id);
        if (r == -EINVAL)
                return kind_ignore(context, "Invalid syntax, ignoring: %.*s", STR_ARG(text));
        if (r != KIND_OK)
                return r;
        if (!rest.data || rest.length == 0)
                rest = str_of(id);
        else
                r = KIND_OK;
        if (rest.data == id)
                r = kind_copy(rest, &source);
        else
                r = kind_expand(context, rest, EXPAND_DOUBLE, &source);
        if (r != KIND_OK)
                return r;
        if (!source_is_valid(source))
                return kind_ignore(
                        context, "Credential source \"%s\" not valid, ignoring.", source);
        return replace_rule(value, (Rule){ .source = STEAL(id), .target = STEAL(source) });
}

/* Appends the id with what would end it escaped. */
static void print_id(const char *id, StrBuf *out) {
        for (const char *p = id; *p; p++) {
                if (*p == '\\' || *p == ':')
                        strbuf_add_char(out, '\\');
                if (*p == '%')
                        strbuf_add_char(out, '%');
                strbuf_add_char(out, *p);
        }
        strbuf_add_char(out, ':');
}

static void print_load(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                kind_print_key(row, out);
                print_id(rule->source, out);
                if (!streq(rule->source, rule->target)) /* the id itself is the default */
                        specifier_escape(str_of(rule->target), out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_load_credential = {
        .name = "id and path of a credential",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_load,
        .print = print_load,
};

/* --- SetCredential=, SetCredentialEncrypted= (variant 1) --- */

/* Bytes as they are kept and printed: with C escapes. */
static int read_plain(const KindContext *context, Str text, StrBuf *out) {
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;

        for (size_t i = 0; i < text.length; i++) {
                int r;

                if (text.data[i] != '\\') {
                        strbuf_add_char(&bytes, text.data[i]);
                        continue;
                }
                r = word_unescape((Str){ text.data + i + 1, text.length - i - 1 }, true, &bytes);
                if (r < 0)
                        return kind_ignore(context,
                                           "Can't unescape \"%.*s\", ignoring: %s",
                                           STR_ARG(text),
                                           kind_error_text(EINVAL));
                i += (size_t)r;
        }
        word_escape((Str){ strbuf_text(&bytes), bytes.length }, " ", out);
        return strbuf_result(&bytes) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int read_encrypted(const KindContext *context, Str text, StrBuf *out) {
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;

        if (base64_decode(text, &bytes) < 0)
                return kind_ignore(context,
                                   "Encrypted credential data not valid Base64 data, ignoring.");
        base64_encode((Str){ strbuf_text(&bytes), bytes.length }, out);
        return strbuf_result(&bytes) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_set(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
        AUTO_FREE char *id = NULL, *options = NULL;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        if (str_find_char(text, ':') < 0 || str_has_suffix(text, ":"))
                return kind_ignore(context, "Invalid syntax, ignoring: %.*s", STR_ARG(text));
        r = read_id(context, &rest, &id);
        if (r == -EINVAL || (r == KIND_OK && (!rest.data || rest.length == 0)))
                return kind_ignore(context, "Invalid syntax, ignoring: %.*s", STR_ARG(text));
        if (r != KIND_OK)
                return r;
        r = context->row->variant ? read_encrypted(context, rest, &data)
                                  : read_plain(context, rest, &data);
        if (r != KIND_OK)
                return r;
        options = strbuf_steal(&data);
        if (!options)
                return err_new(-ENOMEM);
        return replace_rule(value, (Rule){ .source = STEAL(id), .options = STEAL(options) });
}

static void print_set(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                kind_print_key(row, out);
                print_id(value->rules->rules[i].source, out);
                strbuf_addf(out, "%s\n", value->rules->rules[i].options);
        }
}

const Kind kind_set_credential = {
        .name = "id and data of a credential",
        .shape = SHAPE_RULES,
        .bus_type = "a(say)",
        .parse = parse_set,
        .print = print_set,
};

/* --- ImportCredential=: a name, or the beginning of names before "*" --- */

static bool pattern_is_valid(const char *pattern) {
        AUTO_FREE char *name = strdup(pattern);
        size_t length = strlen(pattern);

        if (!name || length == 0)
                return false;
        if (name[length - 1] == '*')
                name[--length] = '\0';
        return length == 0 || (credential_name_is_valid(name) && !strpbrk(name, "*?["));
}

static int parse_import(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_DOUBLE, &expanded);
        if (r != KIND_OK)
                return r;
        if (!pattern_is_valid(expanded))
                return kind_ignore(
                        context, "Credential name \"%s\" not valid, ignoring.", expanded);
        return kind_add_unique(context, expanded, value) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static void print_import(const DirectiveRow *row, const Value *value, StrBuf *out) {
        STRV_FOREACH(pattern, value->strv) {
                kind_print_key(row, out);
                specifier_escape(str_of(*pattern), out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_import_credential = {
        .name = "name of a credential, or its beginning and a star",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_import,
        .print = print_import,
};
