/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/strv.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"
#include "unit/unit_name.h"

/* Kinds whose value is a list of strings. An empty assignment empties the list unless said
 * otherwise. */

static void
print_words(const DirectiveRow *row, const Value *value, unsigned word_flags, StrBuf *out) {
        kind_print_key(row, out);
        STRV_FOREACH(word, value->strv) {
                if (word != value->strv)
                        strbuf_add_char(out, ' ');
                kind_print_word(*word, word_flags, out);
        }
        strbuf_add_char(out, '\n');
}

/* --- names of units (dependencies); these cannot be emptied --- */

static int report_dependency(const KindContext *context, const char *name) {
        return kind_ignore(context,
                           "Failed to add dependency on %s, ignoring: %s",
                           name,
                           kind_error_text(EINVAL));
}

/* foo@.service in a@b.service means foo@b.service, in a.service foo@a.service. */
static int resolve_template(const KindContext *context, const char *name, char **ret) {
        AUTO_FREE char *instance = NULL;
        Str part;

        if (!unit_name_is_valid(name, UNIT_NAME_TEMPLATE))
                return kind_copy(str_of(name), ret);
        if (!context->unit_name)
                return err_new(-EINVAL);
        part = unit_name_instance(context->unit_name);
        if (!part.data)
                part = unit_name_prefix(context->unit_name);
        instance = str_dup(part);
        if (!instance)
                return err_new(-ENOMEM);
        return unit_name_instantiate(name, instance, ret);
}

int kind_add_unique(const KindContext *context, const char *word, Value *value) {
        if (!context->names)
                return strv_add_unique(&value->strv, word);
        return strv_index_add(context->names, value->id, &value->strv, word);
}

static int add_unit(const KindContext *context, Str word, Value *value) {
        AUTO_FREE char *expanded = NULL, *name = NULL;
        int r = kind_expand(context, word, EXPAND_QUOTED | EXPAND_NAME, &expanded);

        if (r != KIND_OK)
                return r;
        if (!unit_name_is_valid(expanded, UNIT_NAME_ANY))
                return report_dependency(context, expanded);
        r = resolve_template(context, expanded, &name);
        if (r == -EINVAL)
                return report_dependency(context, expanded);
        if (r < 0)
                return err_pass(r);
        return kind_add_unique(context, name, value) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_units(const KindContext *context, Str text, Value *value) {
        const KindParameter *parameter = kind_parameter(context);
        Str rest = text, word;
        bool ignored = text.length == 0;

        if (parameter->message)
                (void)kind_ignore(context,
                                  "Unit dependency type %.*s= is obsolete, replacing by %s, please "
                                  "update your unit file",
                                  STR_ARG(context->key_written),
                                  parameter->message); /* said only, the names count */
        while (str_next_word(&rest, &word)) {
                int r = add_unit(context, word, value);

                if (r < 0)
                        return err_pass(r);
                ignored |= r != KIND_OK;
        }
        return ignored ? KIND_IGNORED : KIND_OK;
}

static void print_units(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_words(row, value, WORD_PLAIN_BACKSLASH, out);
}

const Kind kind_units = {
        .name = "unit names",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_units,
        .print = print_units,
};

/* Sockets= of services. */
static int add_socket(const KindContext *context, const char *word, Value *value) {
        AUTO_FREE char *name = NULL;
        int r = kind_expand(context, str_of(word), EXPAND_QUOTED | EXPAND_NAME, &name);

        if (r != KIND_OK)
                return r;
        if (!str_has_suffix(str_of(name), ".socket"))
                return kind_ignore(context, "Unit must be of type socket, ignoring: %s", name);
        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return kind_ignore(context,
                                   "Failed to add dependency on %.*s=%s, ignoring: %s",
                                   STR_ARG(context->key_written),
                                   name,
                                   kind_error_text(EINVAL));
        return kind_add_unique(context, name, value) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_sockets(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .add = add_socket,
                .broken = "Trailing garbage in sockets",
        };

        return text.length == 0 ? KIND_IGNORED : kind_words(context, &words, text, value);
}

static void print_plain_words(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_words(row, value, 0, out);
}

const Kind kind_sockets = {
        .name = "socket units",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_sockets,
        .print = print_plain_words,
};

/* --- [Install]: kept as written, expanded when the unit is enabled --- */

static int parse_install(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        Str rest = text;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        while ((r = word_next(&rest, NULL, WORD_UNQUOTE | WORD_PLAIN_BACKSLASH, &word)) > 0)
                if (kind_add_unique(context, strbuf_text(&word), value) < 0)
                        return err_new(-ENOMEM);
        if (r == -ENOMEM)
                return err_pass(r);
        /* [Install] is judged by whoever enables the unit. */
        return r < 0 ? KIND_IGNORED : KIND_OK;
}

static void print_install(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        STRV_FOREACH(word, value->strv) {
                if (word != value->strv)
                        strbuf_add_char(out, ' ');
                word_print(*word, WORD_UNQUOTE | WORD_PLAIN_BACKSLASH, out);
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_install_names = {
        .name = "unit names",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_install,
        .print = print_install,
};

/* --- Documentation= --- */

static bool url_is_valid(const char *url) {
        static const char *const schemes[] = { "http://", "https://", "file:/",
                                               "info:",   "man:",     NULL };

        for (const char *const *scheme = schemes; *scheme; scheme++)
                if (str_has_prefix(str_of(url), *scheme))
                        return url[strlen(*scheme)] != '\0';
        return false;
}

static int add_urls(const KindContext *context, Str expanded, Str written, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        AUTO_STRV char **words = NULL;
        Str rest = expanded;
        bool ignored = false;
        int r;

        while ((r = word_next(&rest, NULL, WORD_UNQUOTE | WORD_PLAIN_BACKSLASH, &word)) > 0)
                if (strv_add(&words, strbuf_text(&word)) < 0)
                        return err_new(-ENOMEM);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                ignored = kind_ignore(context, "Invalid syntax, ignoring: %.*s", STR_ARG(written));
        STRV_FOREACH(url, words) {
                if (!url_is_valid(*url))
                        ignored = kind_ignore(context, "Invalid URL, ignoring: %s", *url);
                else if (strv_add(&value->strv, *url) < 0)
                        return err_new(-ENOMEM);
        }
        return ignored ? KIND_IGNORED : KIND_OK;
}

static int parse_documentation(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        return add_urls(context, str_of(expanded), text, value);
}

static void print_documentation(const DirectiveRow *row, const Value *value, StrBuf *out) {
        print_words(row, value, WORD_UNQUOTE | WORD_PLAIN_BACKSLASH, out);
}

const Kind kind_documentation = {
        .name = "URLs",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_documentation,
        .print = print_documentation,
};

/* --- SupplementaryGroups= --- */

static int add_group(const KindContext *context, const char *word, Value *value) {
        AUTO_FREE char *name = NULL;
        int r = kind_expand(context, str_of(word), EXPAND_BARE | EXPAND_REFUSE, &name);

        if (r != KIND_OK)
                return r;
        if (!kind_user_name_is_valid(name))
                return kind_refuse(context, "Invalid user/group name or numeric ID: %s", name);
        return strv_add(&value->strv, name) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_groups(const KindContext *context, Str text, Value *value) {
        static const KindWords words = { .add = add_group };
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_each_word(context, &words, text, value);
        return r == -EINVAL ? kind_refuse(context, "Invalid syntax: %.*s", STR_ARG(text)) : r;
}

const Kind kind_groups = {
        .name = "groups",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_groups,
        .print = print_plain_words,
};

/* --- lists of paths --- */

/* Takes "-" and "+" off the front of a path into `ret_prefix`. */
static void take_prefix(Str *path, unsigned flags, char ret_prefix[static 3]) {
        size_t n = 0;

        if (!(flags & PATHS_PREFIXED)) {
                ret_prefix[0] = '\0';
                return;
        }
        if (str_skip_prefix(path, "-"))
                ret_prefix[n++] = '-';
        if (str_skip_prefix(path, "+"))
                ret_prefix[n++] = '+';
        ret_prefix[n] = '\0';
}

static int add_path(const KindContext *context, const char *word, Value *value) {
        unsigned flags = kind_parameter(context)->flags;
        AUTO_FREE char *expanded = NULL, *path = NULL;
        char prefix[3];
        Str plain;
        int r = kind_expand(context,
                            str_of(word),
                            flags & PATHS_PREFIXED ? EXPAND_BARE | EXPAND_NO_IGNORE : EXPAND_QUOTED,
                            &expanded);

        if (r != KIND_OK)
                return r;
        if (flags & PATHS_COLONS)
                expanded[str_trim_end(str_of(expanded)).length] = '\0'; /* could not be printed */
        plain = str_of(expanded);
        take_prefix(&plain, flags, prefix);
        r = kind_path(context, plain.data, 0, &path);
        if (r != KIND_OK)
                return r;
        return strv_addf(&value->strv, "%s%s", prefix, path) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_paths(const KindContext *context, Str text, Value *value) {
        unsigned flags = kind_parameter(context)->flags;
        const KindWords words = {
                .separators = flags & PATHS_COLONS ? ":" : NULL,
                .flags = flags & PATHS_COLONS ? WORD_KEEP_EMPTY : WORD_UNQUOTE,
                .add = add_path,
                .stops = flags & PATHS_STOP,
                .broken = flags & PATHS_PREFIXED ? "Failed to extract first word" : NULL,
        };

        if (text.length == 0 && (flags & PATHS_KEPT))
                return KIND_IGNORED;
        return kind_words(context, &words, text, value);
}

static void print_paths(const DirectiveRow *row, const Value *value, StrBuf *out) {
        const KindParameter *parameter = row->parameter;

        if (!parameter || !(parameter->flags & PATHS_COLONS)) {
                print_words(row, value, WORD_UNQUOTE, out);
                return;
        }
        kind_print_key(row, out);
        STRV_FOREACH(path, value->strv) {
                if (path != value->strv)
                        strbuf_add_char(out, ':');
                for (const char *p = *path; *p; p++) {
                        if (*p == '\\' || *p == ':')
                                strbuf_add_char(out, '\\');
                        if (*p == '%')
                                strbuf_add_char(out, '%');
                        strbuf_add_char(out, *p);
                }
                if (str_trim_end(str_of(*path)).length != strlen(*path))
                        strbuf_add_char(out, '/'); /* keeps the blank from the end of the line */
        }
        strbuf_add_char(out, '\n');
}

const Kind kind_paths = {
        .name = "absolute paths",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_paths,
        .print = print_paths,
};

/* One path per assignment, which may hold blanks. */
static int parse_single_paths(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, 0, &path);
        if (r != KIND_OK)
                return r;
        return strv_add(&value->strv, path) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static void print_lines(const DirectiveRow *row, const Value *value, StrBuf *out) {
        STRV_FOREACH(line, value->strv) {
                kind_print_key(row, out);
                kind_print_path(*line, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_path_lines = {
        .name = "absolute path, several times",
        .shape = SHAPE_STRV,
        .bus_type = "as",
        .parse = parse_single_paths,
        .print = print_lines,
};
