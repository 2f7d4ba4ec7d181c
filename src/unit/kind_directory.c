/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <inttypes.h>
#include <sys/mount.h>

#include "base/error.h"
#include "base/path_name.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Directories of a service, bind mounts, temporary file systems, mount propagation. */

#define TUPLE_WORDS (WORD_UNQUOTE | WORD_UNESCAPE | WORD_UNESCAPE_SEPARATOR)

/* --- RuntimeDirectory= and its sisters --- */

/* One path of a tuple, expanded and checked to be relative. */
static int directory_path(const KindContext *context, const char *word, char **ret) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r = kind_expand(context, str_of(word), EXPAND_DOUBLE, &expanded);

        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, PATH_RELATIVE, &path);
        if (r != KIND_OK)
                return r;
        if (path_is_below(path, "private"))
                return kind_ignore(context,
                                   "%.*s= path can't be 'private', ignoring assignment: %s",
                                   STR_ARG(context->key_written),
                                   word);
        *ret = STEAL(path);
        return KIND_OK;
}

static int add_directory(const KindContext *context, const char *tuple, Value *value) {
        AUTO(strbuf_done) StrBuf source = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf target = STRBUF_INIT;
        AUTO_FREE char *path = NULL, *link = NULL;
        Str rest = str_of(tuple);
        int r = word_next(&rest, ":", TUPLE_WORDS, &source), has_link = 0;

        if (r > 0)
                has_link = word_next(&rest, ":", TUPLE_WORDS, &target);
        if (r == -ENOMEM || has_link == -ENOMEM)
                return err_new(-ENOMEM);
        if (r <= 0 || has_link < 0)
                return kind_ignore(context,
                                   "Invalid syntax in %.*s=, ignoring: %s",
                                   STR_ARG(context->key_written),
                                   tuple);
        r = directory_path(context, strbuf_text(&source), &path);
        if (r != KIND_OK)
                return r;
        if (target.length > 0 && (kind_parameter(context)->flags & DIRECTORIES_NO_LINKS))
                return kind_ignore(context,
                                   "Destination parameter is not supported for %.*s, ignoring: %s",
                                   STR_ARG(context->key_written),
                                   tuple);
        if (target.length > 0) {
                r = directory_path(context, strbuf_text(&target), &link);
                if (r != KIND_OK)
                        return r;
        }
        return value_add_rule(value, (Rule){ .source = STEAL(path), .target = STEAL(link) });
}

static int parse_directories(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .flags = WORD_UNQUOTE | WORD_PLAIN_BACKSLASH,
                .add = add_directory,
        };
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_each_word(context, &words, text, value);
        if (r != -EINVAL)
                return r;
        return kind_ignore(context,
                           "Invalid syntax %.*s=%.*s, ignoring: %s",
                           STR_ARG(context->key_written),
                           STR_ARG(text),
                           kind_error_text(EINVAL));
}

static void print_directories(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                if (i > 0)
                        strbuf_add_char(out, ' ');
                kind_print_part(rule->source, out);
                if (rule->target) {
                        strbuf_add_char(out, ':');
                        kind_print_part(rule->target, out);
                }
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_directories = {
        .name = "relative paths",
        .shape = SHAPE_RULES,
        .bus_type = "as",
        .parse = parse_directories,
        .print = print_directories,
};

/* --- BindPaths= and BindReadOnlyPaths= (variant 1), one list --- */

#define BIND_SEPARATORS ": \t\n\r"

/* Takes a part up to a colon or blank; `ret_more` when it was a colon. 1, 0 at the end, -EINVAL. */
static int next_part(Str *rest, StrBuf *part, bool *ret_more) {
        const char *end = rest->data ? rest->data + rest->length : NULL;
        int r = word_next(rest, BIND_SEPARATORS, WORD_UNQUOTE | WORD_KEEP_EMPTY, part);

        *ret_more = r > 0 && rest->data && rest->data <= end && rest->data[-1] == ':';
        return r;
}

static int bind_path(const KindContext *context, const char *word, bool *optional, char **ret) {
        AUTO_FREE char *expanded = NULL;
        const char *path;
        int r = kind_expand(context, str_of(word), EXPAND_DOUBLE, &expanded);

        if (r != KIND_OK)
                return r;
        path = expanded;
        if (optional && *path == '-') {
                *optional = true;
                path++;
        }
        return kind_path(context, path, 0, ret);
}

static int read_bind_options(const KindContext *context, Str *rest, uint64_t *ret_recursive) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        int r = word_next(rest, NULL, WORD_UNQUOTE, &word);

        if (r < 0)
                return err_pass(r);
        if (r == 0 || word.length == 0 || streq(strbuf_text(&word), "rbind"))
                *ret_recursive = 1;
        else if (streq(strbuf_text(&word), "norbind"))
                *ret_recursive = 0;
        else
                return kind_ignore(
                        context, "Invalid option string, ignoring setting: %s", strbuf_text(&word));
        return KIND_OK;
}

/* Reads one bind from the front of `rest`. -EINVAL for bad quoting. */
static int read_bind(const KindContext *context, Str *rest, Rule *rule) {
        AUTO(strbuf_done) StrBuf part = STRBUF_INIT;
        bool more, optional = false;
        int r = next_part(rest, &part, &more);

        if (r < 0)
                return err_pass(r);
        r = bind_path(context, strbuf_text(&part), &optional, &rule->source);
        if (r != KIND_OK)
                return r;
        if (optional)
                rule->flags |= RULE_OPTIONAL;
        rule->number = 1;
        if (!more)
                return KIND_OK;
        r = next_part(rest, &part, &more);
        if (r < 0)
                return err_pass(r);
        r = bind_path(context, strbuf_text(&part), NULL, &rule->target);
        if (r != KIND_OK || !more)
                return r;
        return read_bind_options(context, rest, &rule->number);
}

static int parse_bind_paths(const KindContext *context, Str text, Value *value) {
        Str rest = text;
        bool ignored = false, half = false; /* half: a colon went in front of what comes */

        if (text.length == 0)
                return KIND_RESET;
        for (;;) {
                Rule rule = { .variant = context->row->variant };
                int r;

                rest = rest.data ? str_trim_front(rest) : rest;
                if (!rest.data || (rest.length == 0 && !half))
                        return ignored ? KIND_IGNORED : KIND_OK;
                r = read_bind(context, &rest, &rule);
                if (r != KIND_OK)
                        rule_done(&rule);
                if (r == -EINVAL)
                        return kind_ignore(context,
                                           "Failed to parse %.*s, ignoring: %.*s",
                                           STR_ARG(context->key_written),
                                           STR_ARG(text));
                if (r < 0)
                        return err_pass(r);
                if (r == KIND_OK && value_add_rule(value, rule) < 0)
                        return err_new(-ENOMEM);
                ignored |= r != KIND_OK;
                half = r != KIND_OK && rest.data && rest.data[-1] == ':';
        }
}

/* Appends a path with a backslash before what would end it, and blanks in quotes: a backslash would
 * not keep one at the end of a line. */
static void print_bind_path(const char *path, StrBuf *out) {
        for (const char *p = path; *p; p++) {
                if (strchr(" \t", *p)) {
                        strbuf_addf(out, "\"%c\"", *p);
                        continue;
                }
                if (strchr("\n\r\"'\\:", *p))
                        strbuf_add_char(out, '\\');
                if (*p == '%')
                        strbuf_add_char(out, '%');
                strbuf_add_char(out, *p);
        }
}

static void print_bind_paths(const DirectiveRow *row, const Value *value, StrBuf *out) {
        (void)row; /* the rule says which of the two settings it is */
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out,
                            "%s=%s",
                            rule->variant ? "BindReadOnlyPaths" : "BindPaths",
                            rule->flags & RULE_OPTIONAL ? "-" : "");
                print_bind_path(rule->source, out);
                if (rule->target) {
                        strbuf_add_char(out, ':');
                        print_bind_path(rule->target, out);
                }
                if (rule->target && rule->number == 0)
                        strbuf_add(out, ":norbind");
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_bind_paths = {
        .name = "paths with destination and options",
        .shape = SHAPE_RULES,
        .bus_type = "a(ssbt)",
        .parse = parse_bind_paths,
        .print = print_bind_paths,
};

/* --- TemporaryFileSystem= --- */

static int add_temporary(const KindContext *context, const char *word, Value *value) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FREE char *expanded = NULL, *simple = NULL, *options = NULL;
        Str rest = str_of(word);
        int r = word_next(&rest, ":", WORD_KEEP_EMPTY, &path);

        if (r < 0)
                return r == -ENOMEM ? err_pass(r)
                                    : kind_ignore(context,
                                                  "Failed to extract first word, ignoring: %s",
                                                  word);
        r = kind_expand(context, str_of(strbuf_text(&path)), EXPAND_BARE, &expanded);
        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, 0, &simple);
        if (r != KIND_OK)
                return r;
        if (rest.data && rest.length > 0) {
                r = kind_expand(context, rest, EXPAND_BARE, &options);
                if (r != KIND_OK)
                        return r;
        }
        return value_add_rule(value, (Rule){ .source = STEAL(simple), .options = STEAL(options) });
}

static int parse_temporary(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .flags = WORD_UNQUOTE,
                .add = add_temporary,
                .broken = "Failed to extract first word",
        };

        return kind_words(context, &words, text, value);
}

static void print_temporary(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];
                AUTO(strbuf_done) StrBuf word = STRBUF_INIT;

                for (const char *p = rule->source; *p; p++)
                        strbuf_addf(&word, *p == ':' || *p == '\\' ? "\\%c" : "%c", *p);
                if (rule->options)
                        strbuf_addf(&word, ":%s", rule->options);
                kind_print_key(row, out);
                kind_print_word(strbuf_text(&word), WORD_UNQUOTE, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_temporary_file_systems = {
        .name = "paths with mount options",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_temporary,
        .print = print_temporary,
};

/* --- MountFlags= --- */

static const struct {
        const char *name;
        uint64_t flag;
} propagation_names[] = { { "shared", MS_SHARED },
                          { "slave", MS_SLAVE },
                          { "private", MS_PRIVATE } };

static int parse_mount_flags(const KindContext *context, Str text, Value *value) {
        if (text.length == 0)
                return KIND_RESET;
        for (size_t i = 0; i < sizeof(propagation_names) / sizeof(propagation_names[0]); i++)
                if (str_equal_c(text, propagation_names[i].name)) {
                        value->number = propagation_names[i].flag;
                        return KIND_OK;
                }
        return kind_ignore(context, "Failed to parse mount flag, ignoring: %.*s", STR_ARG(text));
}

static void print_mount_flags(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (size_t i = 0; i < sizeof(propagation_names) / sizeof(propagation_names[0]); i++)
                if (value->number == propagation_names[i].flag)
                        kind_print_raw(row, propagation_names[i].name, out);
}

const Kind kind_mount_flags = {
        .name = "mount propagation",
        .shape = SHAPE_UNSIGNED,
        .bus_type = "t",
        .parse = parse_mount_flags,
        .print = print_mount_flags,
};
