/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "unit/base64.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* Standard streams and what is written to them. */

/* Forms without an argument, for input and for output. */
static const char *const input_words[] = {
        "null", "tty", "tty-force", "tty-fail", "socket", "data"
};
static const char *const output_words[] = { "inherit",         "null",        "tty",
                                            "journal",         "kmsg",        "socket",
                                            "journal+console", "kmsg+console" };
static const char *const file_prefixes[] = { "file:", "append:", "truncate:" };

static bool is_one_of(const char *const *words, size_t n_words, Str text) {
        for (size_t i = 0; i < n_words; i++)
                if (str_equal_c(text, words[i]))
                        return true;
        return false;
}

/* "fd" and "fd:NAME"; the stream's own name is the default. */
static int parse_descriptor(const KindContext *context, Str name, char **ret) {
        static const char *const own_names[] = { "stdin", "stdout", "stderr" };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE char *expanded = NULL;
        int r = kind_expand(context, name, EXPAND_BARE | EXPAND_NO_IGNORE, &expanded);

        if (r != KIND_OK)
                return r;
        if (!kind_fd_name_is_valid(expanded))
                return kind_ignore(context, "Invalid file descriptor name, ignoring: %s", expanded);
        strbuf_addf(&out, "fd:%s", *expanded ? expanded : own_names[context->row->variant]);
        *ret = strbuf_steal(&out);
        return *ret ? KIND_OK : err_new(-ENOMEM);
}

static int parse_file(const KindContext *context, const char *prefix, Str path, char **ret) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE char *expanded = NULL, *simple = NULL;
        bool input = context->row->variant == STREAM_INPUT;
        int r = kind_expand(context, path, input ? EXPAND_QUOTED : EXPAND_BARE, &expanded);

        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, PATH_REFUSE, &simple);
        if (r < 0)
                return err_pass(r);
        if (r != KIND_OK)
                return KIND_IGNORED; /* said as an error, yet the unit loads, as in systemd */
        strbuf_addf(&out, "%s%s", prefix, simple);
        *ret = strbuf_steal(&out);
        return *ret ? KIND_OK : err_new(-ENOMEM);
}

static int parse_obsolete(const KindContext *context, Str text, char **ret) {
        const char *instead = str_equal_c(text, "syslog") ? "journal" : "journal+console";

        (void)kind_ignore(context,
                          "Standard output type %.*s is obsolete, automatically updating to %s. "
                          "Please update your unit file, and consider removing the setting "
                          "altogether.",
                          STR_ARG(text),
                          instead); /* said only, the value counts */
        return kind_copy(str_of(instead), ret);
}

static int read_stream(const KindContext *context, Str text, char **ret) {
        bool input = context->row->variant == STREAM_INPUT;
        Str rest = text;

        if (input ? is_one_of(input_words, ARRAY_LENGTH(input_words), text)
                  : is_one_of(output_words, ARRAY_LENGTH(output_words), text))
                return kind_copy(text, ret);
        if (!input && (str_equal_c(text, "syslog") || str_equal_c(text, "syslog+console")))
                return parse_obsolete(context, text, ret);
        if (str_equal_c(text, "fd"))
                return parse_descriptor(context, STR_EMPTY, ret);
        if (str_skip_prefix(&rest, "fd:"))
                return parse_descriptor(context, rest, ret);
        for (size_t i = 0; i < (input ? 1 : ARRAY_LENGTH(file_prefixes)); i++)
                if (str_skip_prefix(&rest, file_prefixes[i]))
                        return parse_file(context, file_prefixes[i], rest, ret);
        return kind_ignore(context,
                           "Failed to parse %s specifier, ignoring: %.*s",
                           input ? "input" : "output",
                           STR_ARG(text));
}

static int parse_stream(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *stream = NULL;
        int r = read_stream(context, text, &stream);

        if (r == KIND_OK)
                kind_set_text(value, STEAL(stream));
        return r;
}

static void print_stream(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        kind_print_path(value->text, out);
        strbuf_add_char(out, '\n');
}

const Kind kind_stream = {
        .name = "standard stream",
        .shape = SHAPE_TEXT,
        .bus_type = "s",
        .parse = parse_stream,
        .print = print_stream,
};

/* --- StandardInputData= and StandardInputText= (variant 1): pieces one after another --- */

/* Text with C escapes and percent signs, ended by a newline. */
static int decode_text(const KindContext *context, Str text, StrBuf *out) {
        AUTO(strbuf_done) StrBuf plain = STRBUF_INIT;
        AUTO_FREE char *expanded = NULL;
        int r;

        for (size_t i = 0; i < text.length; i++) {
                if (text.data[i] != '\\') {
                        strbuf_add_char(&plain, text.data[i]);
                        continue;
                }
                r = word_unescape((Str){ text.data + i + 1, text.length - i - 1 }, false, &plain);
                if (r < 0)
                        return kind_ignore(context,
                                           "Failed to decode C escaped text '%.*s', ignoring: %s",
                                           STR_ARG(text),
                                           kind_error_text(EINVAL));
                i += (size_t)r;
        }
        if (strbuf_result(&plain) < 0)
                return err_new(-ENOMEM);
        r = kind_expand(context, str_of(strbuf_text(&plain)), EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        strbuf_add(out, expanded);
        strbuf_add_char(out, '\n');
        return KIND_OK;
}

static int parse_stream_data(const KindContext *context, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf data = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf encoded = STRBUF_INIT;
        char *piece;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        if (context->row->variant == 1) {
                r = decode_text(context, text, &data);
                if (r != KIND_OK)
                        return r;
        } else if (base64_decode(text, &data) < 0) {
                return kind_ignore(
                        context, "Failed to decode base64 data, ignoring: %.*s", STR_ARG(text));
        }
        base64_encode((Str){ strbuf_text(&data), data.length }, &encoded);
        piece = strbuf_steal(&encoded);
        if (!piece || data.failed) {
                free(piece);
                return err_new(-ENOMEM);
        }
        return value_add_rule(value, (Rule){ .options = piece });
}

static void print_stream_data(const DirectiveRow *row, const Value *value, StrBuf *out) {
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++)
                kind_print_raw(row, value->rules->rules[i].options, out);
}

const Kind kind_stream_data = {
        .name = "data of standard input",
        .shape = SHAPE_RULES,
        .bus_type = "ay",
        .parse = parse_stream_data,
        .print = print_stream_data,
};

/* --- LogExtraFields= --- */

#define FIELD_NAME_MAX 64

/* Names as programs may use them: capital letters, digits and "_", neither of the last two first.
 */
static bool field_name_is_valid(Str name) {
        if (name.length == 0 || name.length > FIELD_NAME_MAX || name.data[0] == '_' ||
            (name.data[0] >= '0' && name.data[0] <= '9'))
                return false;
        for (size_t i = 0; i < name.length; i++) {
                char c = name.data[i];

                if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
                        return false;
        }
        return true;
}

static int add_log_field(const KindContext *context, const char *word, Value *value) {
        AUTO_FREE char *expanded = NULL;
        const char *equals;
        int r = kind_expand(context, str_of(word), EXPAND_BARE, &expanded);

        if (r != KIND_OK)
                return r;
        equals = strchr(expanded, '=');
        if (!equals)
                return kind_ignore(
                        context, "Log field lacks '=' character, ignoring: %s", expanded);
        if (!field_name_is_valid((Str){ expanded, (size_t)(equals - expanded) }))
                return kind_ignore(context, "Log field name is invalid, ignoring: %s", expanded);
        return strv_add(&value->strv, expanded) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_log_fields(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .flags = WORD_UNQUOTE | WORD_UNESCAPE,
                .add = add_log_field,
        };

        return kind_words(context, &words, text, value);
}

static void print_log_fields(const DirectiveRow *row, const Value *value, StrBuf *out) {
        STRV_FOREACH(field, value->strv) {
                kind_print_key(row, out);
                kind_print_word(*field, WORD_UNQUOTE | WORD_UNESCAPE, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_log_fields = {
        .name = "fields of log entries",
        .shape = SHAPE_STRV,
        .bus_type = "aay",
        .parse = parse_log_fields,
        .print = print_log_fields,
};
