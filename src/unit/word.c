/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/word.h"

#include <errno.h>
#include <stdint.h>

#include "base/error.h"
#include "base/utf8.h"

#define WHITE_SPACE " \t\n\r"

static int digit_value(char c, unsigned base) {
        unsigned value;

        if (c >= '0' && c <= '9')
                value = (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
                value = (unsigned)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
                value = (unsigned)(c - 'A') + 10;
        else
                return -1;
        return value < base ? (int)value : -1;
}

/* `n` digits in `base` at the start of `text`; -EINVAL. */
static int64_t read_digits(Str text, size_t n, unsigned base) {
        uint64_t number = 0;

        if (text.length < n)
                return -EINVAL;
        for (size_t i = 0; i < n; i++) {
                int digit = digit_value(text.data[i], base);

                if (digit < 0)
                        return -EINVAL;
                number = number * base + (unsigned)digit;
        }
        return (int64_t)number;
}

/* The character a one-letter escape stands for, 0 when it is none. */
static char simple_escape(char c) {
        static const char letters[] = "abfnrtvs\\\"'", meanings[] = "\a\b\f\n\r\t\v \\\"'";
        const char *found = c ? strchr(letters, c) : NULL;

        return found ? meanings[found - letters] : '\0';
}

static int unescape_bytes(Str text, bool allow_nul, StrBuf *out) {
        bool hex = text.data[0] == 'x';
        int64_t byte = hex ? read_digits((Str){ text.data + 1, text.length - 1 }, 2, 16)
                           : read_digits(text, 3, 8);

        if (byte < 0 || byte > 255 || (byte == 0 && !allow_nul))
                return err_new(-EINVAL);
        strbuf_add_char(out, (char)byte);
        return 3;
}

static int unescape_code_point(Str text, StrBuf *out) {
        size_t n_digits = text.data[0] == 'u' ? 4 : 8, length;
        int64_t code = read_digits((Str){ text.data + 1, text.length - 1 }, n_digits, 16);
        char bytes[4];

        if (code <= 0 || code > 0x10ffff)
                return err_new(-EINVAL);
        length = utf8_encode(bytes, (unsigned)code);
        if (length == 0)
                return err_new(-EINVAL);
        strbuf_add_bytes(out, bytes, length);
        return (int)n_digits + 1;
}

int word_unescape(Str text, bool allow_nul, StrBuf *out) {
        char simple;

        if (text.length == 0)
                return err_new(-EINVAL);
        simple = simple_escape(text.data[0]);
        if (simple) {
                strbuf_add_char(out, simple);
                return 1;
        }
        if (text.data[0] == 'x' || (text.data[0] >= '0' && text.data[0] <= '7'))
                return unescape_bytes(text, allow_nul, out);
        if (text.data[0] == 'u' || text.data[0] == 'U')
                return unescape_code_point(text, out);
        return err_new(-EINVAL);
}

int word_unescape_all(Str text, StrBuf *out) {
        for (size_t i = 0; i < text.length; i++) {
                int r = 0;

                if (text.data[i] != '\\')
                        strbuf_add_char(out, text.data[i]);
                else
                        r = word_unescape(
                                (Str){ text.data + i + 1, text.length - i - 1 }, true, out);
                if (r < 0)
                        return err_pass(r);
                i += (size_t)r;
        }
        return err_pass(strbuf_result(out));
}

static bool is_separator(char c, const char *separators) {
        return c != '\0' && strchr(separators, c) != NULL;
}

/* A backslash at rest[0]; gives the number of bytes taken or -EINVAL. */
static int take_escape(Str rest, const char *separators, unsigned flags, StrBuf *out) {
        Str after = { rest.data + 1, rest.length - 1 };
        int r;

        if (after.length == 0) {
                if (!(flags & WORD_KEEP_UNKNOWN))
                        return err_new(-EINVAL);
                strbuf_add_char(out, '\\');
                return 1;
        }
        if (!(flags & WORD_UNESCAPE) ||
            ((flags & WORD_UNESCAPE_SEPARATOR) && is_separator(after.data[0], separators))) {
                strbuf_add_char(out, after.data[0]);
                return 2;
        }
        r = word_unescape(after, false, out);
        if (r >= 0)
                return r + 1;
        if (!(flags & WORD_KEEP_UNKNOWN))
                return err_pass(r);
        strbuf_add_bytes(out, rest.data, 2);
        return 2;
}

/* Position after the separators that follow a word. */
static size_t skip_separators(Str text, size_t at, const char *separators) {
        while (at < text.length && is_separator(text.data[at], separators))
                at++;
        return at;
}

static bool is_quote(char c) {
        return c == '"' || c == '\'';
}

/* Ends of a word: position after it, or -EINVAL. */
static ssize_t take_word(Str text, const char *separators, unsigned flags, StrBuf *out) {
        char quote = '\0';
        size_t i = 0;

        while (i < text.length) {
                char c = text.data[i];

                if (c == '\\' && !(flags & WORD_PLAIN_BACKSLASH)) {
                        int r = take_escape(
                                (Str){ text.data + i, text.length - i }, separators, flags, out);

                        if (r < 0)
                                return err_pass(r);
                        i += (size_t)r;
                        continue;
                }
                if (quote == '\0' && is_separator(c, separators))
                        break;
                i++;
                if (quote == '\0' && (flags & WORD_UNQUOTE) && is_quote(c))
                        quote = c;
                else if (quote != '\0' && c == quote)
                        quote = '\0';
                else
                        strbuf_add_char(out, c);
        }
        if (quote != '\0' && !(flags & WORD_RELAX))
                return err_new(-EINVAL);
        return (ssize_t)i;
}

int word_next(Str *rest, const char *separators, unsigned flags, StrBuf *out) {
        const char *set = separators ? separators : WHITE_SPACE;
        Str text = *rest;
        ssize_t end;
        size_t next;

        strbuf_clear(out);
        if (!text.data)
                return 0;
        if (!(flags & WORD_KEEP_EMPTY)) {
                size_t skip = skip_separators(text, 0, set);

                text = (Str){ text.data + skip, text.length - skip };
                if (text.length == 0) {
                        *rest = (Str){ NULL, 0 };
                        return 0;
                }
        }
        end = take_word(text, set, flags, out);
        if (end < 0)
                return err_pass((int)end);
        next = (size_t)end;
        if (next == text.length) {
                *rest = (Str){ NULL, 0 };
        } else {
                next = flags & WORD_KEEP_EMPTY ? next + 1 : skip_separators(text, next, set);
                *rest = (Str){ text.data + next, text.length - next };
        }
        return strbuf_result(out) < 0 ? err_new(-ENOMEM) : 1;
}

/* Whether a byte can stand in a word as it is. */
static bool is_plain(char c, const char *also) {
        return (unsigned char)c >= ' ' && c != 0x7f && c != '\\' && !strchr(also, c);
}

void word_escape(Str text, const char *also, StrBuf *out) {
        static const char letters[] = "abfnrtv", meanings[] = "\a\b\f\n\r\t\v";
        bool text_is_utf8 = utf8_is_valid(text);

        for (size_t i = 0; i < text.length; i++) {
                char c = text.data[i];
                const char *found = c ? strchr(meanings, c) : NULL;
                bool high = (unsigned char)c >= 0x80;

                if (found)
                        strbuf_addf(out, "\\%c", letters[found - meanings]);
                else if (c == '\\' || c == '"' || c == '\'')
                        strbuf_addf(out, "%s%c", is_plain(c, also) ? "" : "\\", c);
                else if (is_plain(c, also) && (!high || text_is_utf8))
                        strbuf_add_char(out, c);
                else
                        strbuf_addf(out, "\\x%02x", (unsigned)(unsigned char)c);
        }
}

/* Backslash before each character that would end the word or begin an escape. */
static void print_with_backslashes(const char *word, unsigned flags, StrBuf *out) {
        for (const char *p = word; *p; p++) {
                bool special = is_separator(*p, WHITE_SPACE) ||
                               (*p == '\\' && !(flags & WORD_PLAIN_BACKSLASH));

                if (special)
                        strbuf_add_char(out, '\\');
                strbuf_add_char(out, *p);
        }
}

static bool needs_quotes(const char *word) {
        if (*word == '\0')
                return true;
        for (const char *p = word; *p; p++)
                if (!is_plain(*p, " \t\n\r\"';"))
                        return true;
        return !utf8_is_valid(str_of(word));
}

/* Between quotes where a backslash is an ordinary character: the quote that does not occur. */
static void print_plainly_quoted(const char *word, StrBuf *out) {
        char quote = strchr(word, '"') ? '\'' : '"';

        strbuf_addf(out, "%c%s%c", quote, word, quote);
}

/* Between double quotes, where a backslash makes the next character ordinary. */
static void print_quoted(const char *word, StrBuf *out) {
        strbuf_add_char(out, '"');
        for (const char *p = word; *p; p++) {
                if (*p == '"' || *p == '\\')
                        strbuf_add_char(out, '\\');
                strbuf_add_char(out, *p);
        }
        strbuf_add_char(out, '"');
}

void word_print(const char *word, unsigned flags, StrBuf *out) {
        if (!(flags & WORD_UNQUOTE)) {
                print_with_backslashes(word, flags, out);
        } else if (!needs_quotes(word)) {
                strbuf_add(out, word);
        } else if (flags & WORD_PLAIN_BACKSLASH) {
                print_plainly_quoted(word, out);
        } else if (flags & WORD_UNESCAPE) {
                strbuf_add_char(out, '"');
                word_escape(str_of(word), "\"", out);
                strbuf_add_char(out, '"');
        } else {
                print_quoted(word, out);
        }
}
