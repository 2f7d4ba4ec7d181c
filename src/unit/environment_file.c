/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/environment_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/utf8.h"

typedef struct Reader {
        Str rest;
        StrBuf value;
        size_t solid; /* length of the value up to which blanks are not trimmed away */
} Reader;

static bool at_end(const Reader *reader) {
        return reader->rest.length == 0;
}

static char next_char(Reader *reader) {
        char c = reader->rest.data[0];
        reader->rest.data++;
        reader->rest.length--;
        return c;
}

/* Skips to the line after this one; a backslash hides the end of a line, also in comments. */
static void skip_line(Reader *reader) {
        while (!at_end(reader)) {
                char c = next_char(reader);
                if (c == '\n' || c == '\r')
                        return;
                if (c == '\\' && !at_end(reader))
                        (void)next_char(reader); /* the hidden character */
        }
}

static void add_solid(Reader *reader, char c) {
        strbuf_add_char(&reader->value, c);
        reader->solid = reader->value.length;
}

static void read_single_quoted(Reader *reader) {
        while (!at_end(reader)) {
                char c = next_char(reader);
                if (c == '\'')
                        return;
                add_solid(reader, c);
        }
}

/* In double quotes a backslash takes the meaning of quote, backslash, backtick and dollar, joins
 * lines, and stands for itself otherwise. */
static void read_double_quoted(Reader *reader) {
        while (!at_end(reader)) {
                char c = next_char(reader);
                if (c == '"')
                        return;
                if (c != '\\' || at_end(reader)) {
                        add_solid(reader, c);
                        continue;
                }
                char hidden = next_char(reader);
                if (hidden == '\n')
                        continue;
                if (!strchr("\"\\`$", hidden))
                        add_solid(reader, '\\');
                add_solid(reader, hidden);
        }
}

/* Outside quotes blanks are kept inside a word and dropped around it; quotes mean something only
 * where a word could begin, also right after other quotes. */
static void read_value(Reader *reader) {
        bool in_word = false;

        strbuf_clear(&reader->value);
        reader->solid = 0;
        while (!at_end(reader)) {
                char c = next_char(reader);
                if (c == '\n' || c == '\r')
                        break;
                if (c == ' ' || c == '\t') {
                        if (in_word)
                                strbuf_add_char(&reader->value, c);
                } else if (c == '\'' && !in_word) {
                        read_single_quoted(reader);
                } else if (c == '"' && !in_word) {
                        read_double_quoted(reader);
                } else {
                        in_word = true;
                        if (c == '\\')
                                c = at_end(reader) ? '\n' : next_char(reader);
                        if (c != '\n')
                                add_solid(reader, c);
                }
        }
        if (reader->value.length > reader->solid)
                strbuf_truncate(&reader->value, reader->solid);
}

/* Letters, digits and underscores, not a digit first (environ(7)). */
static bool name_is_valid(Str name) {
        if (name.length == 0 || isdigit((unsigned char)name.data[0]))
                return false;
        for (size_t i = 0; i < name.length; i++)
                if (name.data[i] != '_' && !isalnum((unsigned char)name.data[i]))
                        return false;
        return true;
}

static void remove_name(char **assignments, size_t begin, Str name) {
        size_t kept = begin;
        for (size_t i = begin; assignments && assignments[i]; i++) {
                if (strncmp(assignments[i], name.data, name.length) == 0 &&
                    assignments[i][name.length] == '=')
                        free(assignments[i]);
                else
                        assignments[kept++] = assignments[i];
        }
        if (assignments)
                assignments[kept] = NULL;
}

static int add_assignment(Reader *reader, Str name, char ***assignments, size_t begin) {
        Str value = str_of(strbuf_text(&reader->value));

        int r = strbuf_result(&reader->value);
        if (r < 0)
                return err_pass(r);
        if (!name_is_valid(name) || !utf8_is_valid(value))
                return 1;
        remove_name(*assignments, begin, name);
        return err_pass(strv_addf(assignments, "%.*s=%s", STR_ARG(name), value.data));
}

int environment_file_parse(Str text, char ***assignments, unsigned *ret_n_ignored) {
        Reader reader = { .rest = text };
        size_t begin = strv_length(*assignments);
        unsigned n_ignored = 0;
        int r = memchr(text.data, '\0', text.length) ? err_new(-EBADMSG) : 0;

        while (r >= 0 && !at_end(&reader)) {
                char first = reader.rest.data[0];
                if (isspace((unsigned char)first)) {
                        (void)next_char(&reader); /* blank lines and indentation */
                        continue;
                }
                if (first == '#' || first == ';') {
                        skip_line(&reader);
                        continue;
                }
                Str name = { reader.rest.data, 0 };
                while (!at_end(&reader) && !strchr("=\n\r", reader.rest.data[0])) {
                        (void)next_char(&reader); /* part of the name */
                        name.length++;
                }
                if (at_end(&reader) || reader.rest.data[0] != '=')
                        continue;
                (void)next_char(&reader); /* the equals sign */
                read_value(&reader);
                r = add_assignment(&reader, str_trim_end(name), assignments, begin);
                n_ignored += r > 0;
        }
        strbuf_done(&reader.value);
        *ret_n_ignored = n_ignored;
        return r < 0 ? err_pass(r) : 0;
}
