/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/kind.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/utf8.h"
#include "unit/kind_support.h"

static void
add_finding(const KindContext *context, DiagSeverity severity, const char *format, va_list args)
        PRINTF_LIKE(3, 0);

static void
add_finding(const KindContext *context, DiagSeverity severity, const char *format, va_list args) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (!context->diag)
                return;
        strbuf_addf_va(&text, format, args);
        diag_add(context->diag, &context->place, severity, "%s", strbuf_text(&text));
}

int kind_ignore(const KindContext *context, const char *format, ...) {
        va_list args;

        va_start(args, format);
        add_finding(context, DIAG_WARNING, format, args);
        va_end(args);
        return KIND_IGNORED;
}

void kind_note(const KindContext *context, const char *format, ...) {
        va_list args;

        va_start(args, format);
        add_finding(context, DIAG_NOTE, format, args);
        va_end(args);
}

int kind_refuse(const KindContext *context, const char *format, ...) {
        va_list args;

        va_start(args, format);
        add_finding(context, DIAG_ERROR, format, args);
        va_end(args);
        return KIND_REFUSED;
}

const KindParameter *kind_parameter(const KindContext *context) {
        static const KindParameter none = { 0 };

        return context->row->parameter ? context->row->parameter : &none;
}

const char *kind_error_text(int error) {
        const char *text = strerrordesc_np(error < 0 ? -error : error);

        return text ? text : "Unknown error";
}

int kind_copy(Str text, char **ret) {
        char *copy = NULL;

        if (text.data) {
                copy = str_dup(text);
                if (!copy)
                        return err_new(-ENOMEM);
        }
        *ret = copy;
        return 0;
}

int kind_parse_size(Str text, uint64_t *ret) {
        ssize_t minus = str_find_char(text, '-');
        bool digit = minus >= 0 && (size_t)minus + 1 < text.length && text.data[minus + 1] >= '0' &&
                     text.data[minus + 1] <= '9';
        uint64_t before;

        if (minus < 0)
                return parse_size(text, ret);
        if (digit && (minus == 0 || parse_size((Str){ text.data, (size_t)minus }, &before) == 0))
                return err_new(-ERANGE);
        return err_new(-EINVAL);
}

static int report_expansion(const KindContext *context, Str text, unsigned flags, int error) {
        const char *quote = flags & EXPAND_DOUBLE ? "\"" : flags & EXPAND_BARE ? "" : "'";
        const char *what = flags & EXPAND_SHORT ? "specifiers" : "unit specifiers";

        if (flags & EXPAND_REFUSE)
                return kind_refuse(context,
                                   "Failed to resolve %s in %s%.*s%s: %s",
                                   what,
                                   quote,
                                   STR_ARG(text),
                                   quote,
                                   kind_error_text(error));
        return kind_ignore(context,
                           "Failed to resolve %s in %s%.*s%s%s: %s",
                           what,
                           quote,
                           STR_ARG(text),
                           quote,
                           flags & EXPAND_NO_IGNORE ? "" : ", ignoring",
                           kind_error_text(error));
}

int kind_each_word(const KindContext *context, const KindWords *words, Str text, Value *value) {
        AUTO(strbuf_done) StrBuf word = STRBUF_INIT;
        bool ignored = false;
        int r;

        while ((r = word_next(&text, words->separators, words->flags, &word)) > 0) {
                r = words->add(context, strbuf_text(&word), value);
                if (r < 0 || r == KIND_REFUSED)
                        return r;
                ignored |= r != KIND_OK;
                if (ignored && words->stops)
                        break;
        }
        return r < 0 ? err_pass(r) : ignored ? KIND_IGNORED : KIND_OK;
}

int kind_words(const KindContext *context, const KindWords *words, Str text, Value *value) {
        Str key = words->broken_key ? context->key_written : STR_EMPTY;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_each_word(context, words, text, value);
        if (r != -EINVAL)
                return r;
        return kind_ignore(context,
                           "%s%s%.*s, ignoring: %.*s",
                           words->broken ?: "Invalid syntax",
                           words->broken_key ? " " : "",
                           STR_ARG(key),
                           STR_ARG(text));
}

/* Whether text can stand as the value of one line and be read back: instance names can expand to
 * line breaks, blanks at the ends, bytes that are not UTF-8 and a backslash that would continue the
 * line. */
static bool fits_line(Str text) {
        size_t n_backslashes = 0;

        if (memchr(text.data, '\n', text.length) || memchr(text.data, '\r', text.length) ||
            str_trim(text).length != text.length || !utf8_is_valid(text))
                return false;
        while (n_backslashes < text.length && text.data[text.length - n_backslashes - 1] == '\\')
                n_backslashes++;
        return n_backslashes % 2 == 0;
}

int kind_expand(const KindContext *context, Str text, unsigned flags, char **ret) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int r;

        if (!context->specifiers || !memchr(text.data, '%', text.length))
                return kind_copy(text, ret);
        r = flags & EXPAND_NAME ? specifier_expand_name(context->specifiers, text, &out)
                                : specifier_expand(context->specifiers, text, &out);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r == 0 && fits_line(text) && !fits_line(str_of(strbuf_text(&out))))
                r = -EINVAL;
        if (r < 0)
                return report_expansion(context, text, flags, r);
        *ret = strbuf_steal(&out);
        return *ret ? KIND_OK : err_new(-ENOMEM);
}

static int
bad_path(const KindContext *context, unsigned flags, const char *problem, const char *text) {
        if (flags & PATH_REFUSE)
                return kind_refuse(
                        context, "%.*s= path %s: %s", STR_ARG(context->key_written), problem, text);
        return kind_ignore(context,
                           "%.*s= path %s, ignoring: %s",
                           STR_ARG(context->key_written),
                           problem,
                           text);
}

/* Whether a component is "..". */
static bool leaves_parent(const char *path) {
        Str rest = str_of(path), part;

        while (str_next_part(&rest, '/', &part))
                if (str_equal_c(part, ".."))
                        return true;
        return false;
}

/* Longer than the kernel takes, as a whole or in one component. */
static bool is_too_long(const char *path) {
        Str rest = str_of(path), part;

        if (rest.length >= PATH_MAX)
                return true;
        while (str_next_part(&rest, '/', &part))
                if (part.length > NAME_MAX)
                        return true;
        return false;
}

int kind_path(const KindContext *context, const char *text, unsigned flags, char **ret) {
        AUTO_FREE char *simple = NULL;
        bool absolute = path_is_absolute(str_of(text));

        if (!absolute && !(flags & (PATH_RELATIVE | PATH_ANY)))
                return bad_path(context, flags, "is not absolute", text);
        if (absolute && (flags & PATH_RELATIVE))
                return bad_path(context, flags, "is absolute", text);
        simple = path_simplify(str_of(text));
        if (!simple)
                return err_new(-ENOMEM);
        if (*simple == '\0' || is_too_long(simple)) {
                if (flags & PATH_REFUSE)
                        return kind_refuse(context,
                                           "%.*s= path has invalid length (%zu bytes).",
                                           STR_ARG(context->key_written),
                                           strlen(simple));
                return kind_ignore(context,
                                   "%.*s= path has invalid length (%zu bytes), ignoring.",
                                   STR_ARG(context->key_written),
                                   strlen(simple));
        }
        if (!(flags & PATH_KEEP_PARENTS) && leaves_parent(simple))
                return bad_path(context, flags, "is not normalized", simple);
        *ret = STEAL(simple);
        return KIND_OK;
}

void kind_set_text(Value *value, char *text) {
        value_clear(value);
        value->text = text;
}

void kind_print_key(const DirectiveRow *row, StrBuf *out) {
        strbuf_add(out, row->name);
        strbuf_add_char(out, '=');
}

void kind_print_text(const DirectiveRow *row, const char *text, StrBuf *out) {
        kind_print_key(row, out);
        specifier_escape(str_of(text), out);
        strbuf_add_char(out, '\n');
}

void kind_print_raw(const DirectiveRow *row, const char *text, StrBuf *out) {
        kind_print_key(row, out);
        strbuf_add(out, text);
        strbuf_add_char(out, '\n');
}

void kind_print_path(const char *path, StrBuf *out) {
        specifier_escape(str_of(path), out);
        if (!fits_line(str_of(path)))
                strbuf_add_char(out, '/');
}

void kind_print_part(const char *text, StrBuf *out) {
        bool is_text = utf8_is_valid(str_of(text));

        for (const char *p = text; *p; p++) {
                unsigned byte = (unsigned char)*p;

                if (byte < ' ' || byte == 0x7f || strchr(" \"'\\:", *p) ||
                    (byte >= 0x80 && !is_text))
                        strbuf_addf(out, "\\x%02x", byte);
                else if (*p == '%')
                        strbuf_add(out, "%%");
                else
                        strbuf_add_char(out, *p);
        }
}

void kind_print_word(const char *word, unsigned word_flags, StrBuf *out) {
        AUTO(strbuf_done) StrBuf doubled = STRBUF_INIT;

        specifier_escape(str_of(word), &doubled);
        if (strbuf_result(&doubled) < 0)
                out->failed = true;
        word_print(strbuf_text(&doubled), word_flags, out);
}
