/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* The letter behind the backslash, or 0. */
static char short_escape(char c) {
        static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        const char *at = c ? strchr(plain, c) : NULL;
        return at ? letters[at - plain] : '\0';
}

/* Writes the code point at the front of `rest` and takes it. */
static void write_character(StrBuf *out, Str *rest) {
        unsigned code;
        size_t n = utf8_decode(*rest, &code);
        char c = rest->data[0];
        if (n == 0)
                strbuf_add(out, REPLACEMENT);
        else if (short_escape(c))
                strbuf_addf(out, "\\%c", short_escape(c));
        else if ((unsigned char)c < 0x20 || c == 0x7f)
                strbuf_addf(out, "\\u%04x", code);
        else
                strbuf_add_bytes(out, rest->data, n);
        n = n > 0 ? n : 1;
        *rest = (Str){ rest->data + n, rest->length - n };
}

/* Takes what stands for itself off the front. */
static Str next_plain(Str *rest) {
        Str plain = { rest->data, 0 };
        while (plain.length < rest->length) {
                char c = rest->data[plain.length];
                if (c < ' ' || c > '~' || c == '"' || c == '\\')
                        break;
                plain.length++;
        }
        rest->data += plain.length;
        rest->length -= plain.length;
        return plain;
}

static void write_text(StrBuf *out, const char *text) {
        Str rest = str_of(text);
        strbuf_add_char(out, '"');
        while (rest.length > 0) {
                strbuf_add_str(out, next_plain(&rest));
                if (rest.length > 0)
                        write_character(out, &rest);
        }
        strbuf_add_char(out, '"');
}

static void new_line(JsonWriter *w) {
        if (!w->pretty)
                return;
        strbuf_add_char(w->out, '\n');
        for (unsigned i = 0; i < w->depth; i++)
                strbuf_add(w->out, w->tabs ? "\t" : "  ");
}

/* Writes what stands before a value: comma, line break, key. */
static void begin_value(JsonWriter *w, const char *key) {
        if (w->need_comma)
                strbuf_add_char(w->out, ',');
        if (w->depth > 0)
                new_line(w);
        if (key) {
                write_text(w->out, key);
                strbuf_add(w->out, !w->pretty ? ":" : w->tabs ? " : " : ": ");
        }
        w->need_comma = true;
}

static void begin_container(JsonWriter *w, const char *key, char bracket) {
        begin_value(w, key);
        strbuf_add_char(w->out, bracket);
        w->need_comma = false;
        w->depth++;
}

static void end_container(JsonWriter *w, char bracket) {
        w->depth--;
        if (w->need_comma) /* not empty */
                new_line(w);
        strbuf_add_char(w->out, bracket);
        w->need_comma = true;
}

void json_begin_object(JsonWriter *w, const char *key) {
        begin_container(w, key, '{');
}

void json_end_object(JsonWriter *w) {
        end_container(w, '}');
}

void json_begin_array(JsonWriter *w, const char *key) {
        begin_container(w, key, '[');
}

void json_end_array(JsonWriter *w) {
        end_container(w, ']');
}

void json_string(JsonWriter *w, const char *key, const char *value) {
        begin_value(w, key);
        if (value)
                write_text(w->out, value);
        else
                strbuf_add(w->out, "null");
}

void json_number(JsonWriter *w, const char *key, int64_t value) {
        begin_value(w, key);
        strbuf_addf(w->out, "%lld", (long long)value);
}

void json_unsigned(JsonWriter *w, const char *key, uint64_t value) {
        begin_value(w, key);
        strbuf_addf(w->out, "%llu", (unsigned long long)value);
}

void json_boolean(JsonWriter *w, const char *key, bool value) {
        begin_value(w, key);
        strbuf_add(w->out, value ? "true" : "false");
}

void json_raw(JsonWriter *w, const char *key, Str value) {
        begin_value(w, key);
        strbuf_add_str(w->out, value);
}

void json_null(JsonWriter *w, const char *key) {
        begin_value(w, key);
        strbuf_add(w->out, "null");
}
