/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_source.h"

#include <errno.h>

#include "base/error.h"
#include "base/utf8.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define REPLACEMENT_CHARACTER "\xef\xbf\xbd"

void unit_source_init(
        UnitSource *source, Str text, const char *path, const char *unit, Diag *diag) {
        *source = (UnitSource){
                .path = path,
                .rest = text,
                .next_line = 1,
                .diag = diag,
                .unit = unit,
        };
}

void unit_source_done(UnitSource *source) {
        strbuf_done(&source->joined);
        strbuf_done(&source->section_joined);
}

static DiagPlace source_place(const UnitSource *source) {
        return (DiagPlace){ source->unit, source->path, source->end_line };
}

static unsigned end_of_line_bit(char c) {
        return c == '\n' ? 1u : c == '\r' ? 2u : c == '\0' ? 4u : 0u;
}

/* One line break is any of LF, CR and NUL, or a run of different ones with NUL at its end at most:
 * CRLF and LFCR count once, as in systemd. */
static size_t line_break_length(const char *data, size_t length) {
        unsigned seen = 0;
        size_t n = 0;

        while (n < length) {
                unsigned bit = end_of_line_bit(data[n]);
                if (bit == 0 || (seen & (bit | 4u)))
                        break;
                seen |= bit;
                n++;
        }
        return n;
}

static size_t line_length(Str rest) {
        size_t length = 0;

        while (length < rest.length && end_of_line_bit(rest.data[length]) == 0)
                length++;
        return length;
}

static int refuse_long_line(UnitSource *source) {
        DiagPlace place = source_place(source);

        diag_add(source->diag, &place, DIAG_ERROR, "Line too long");
        return err_new(-ENOBUFS);
}

/* Takes the next line without its break: 1, 0 at the end, or -ENOBUFS. */
static int take_line(UnitSource *source, Str *ret_line) {
        if (source->rest.length == 0)
                return 0;
        size_t length = line_length(source->rest);
        source->end_line = source->next_line;
        if (length > UNIT_LINE_MAX)
                return refuse_long_line(source);
        size_t taken = length +
                       line_break_length(source->rest.data + length, source->rest.length - length);
        *ret_line = (Str){ source->rest.data, length };
        source->rest.data += taken;
        source->rest.length -= taken;
        source->next_line++;
        return 1;
}

static bool is_comment(Str line) {
        Str trimmed = str_trim_front(line);

        return trimmed.length > 0 && (trimmed.data[0] == '#' || trimmed.data[0] == ';');
}

/* An odd number of backslashes at the end: the last one escapes the line break. */
static bool is_continued(Str line) {
        size_t n = 0;

        while (n < line.length && line.data[line.length - 1 - n] == '\\')
                n++;
        return n % 2 == 1;
}

static int join_line(UnitSource *source, Str line, bool continued) {
        if (source->joined.length + line.length > UNIT_LINE_MAX)
                return refuse_long_line(source);
        if (continued)
                line.length--;
        strbuf_add_str(&source->joined, line);
        if (continued)
                strbuf_add_char(&source->joined, ' ');
        return err_pass(strbuf_result(&source->joined));
}

/* Takes the next line with its continuations: 1, 0 at the end. */
static int take_joined_line(UnitSource *source, Str *ret_line) {
        bool joining = false, continued = false;
        Str line;
        int r;

        strbuf_clear(&source->joined);
        while ((r = take_line(source, &line)) > 0) {
                if (is_comment(line))
                        continue;
                if (!source->bom_seen)
                        source->bom_seen = str_skip_prefix(&line, BYTE_ORDER_MARK);
                continued = is_continued(line);
                if (!joining)
                        source->line = source->end_line;
                if (!joining && !continued) {
                        *ret_line = line;
                        return 1;
                }
                joining = true;
                r = join_line(source, line, continued);
                if (r < 0)
                        return r;
                if (!continued)
                        break;
        }
        if (r < 0 || !joining)
                return r;
        if (continued)
                source->end_line = source->next_line; /* the file ends in a continuation */
        *ret_line = (Str){ strbuf_text(&source->joined), source->joined.length };
        return 1;
}

static int junk(UnitSource *source, const char *text) {
        DiagPlace place = source_place(source);

        diag_add(source->diag, &place, DIAG_WARNING, "%s", text);
        return UNIT_SOURCE_JUNK;
}

static size_t utf8_character_length(Str rest) {
        for (size_t n = 1; n <= 4 && n <= rest.length; n++)
                if (utf8_is_valid((Str){ rest.data, n }))
                        return n;
        return 0;
}

static void add_with_replacements(StrBuf *out, Str line) {
        while (line.length > 0) {
                size_t n = utf8_character_length(line);
                if (n == 0)
                        strbuf_add(out, REPLACEMENT_CHARACTER);
                else
                        strbuf_add_str(out, (Str){ line.data, n });
                n = n == 0 ? 1 : n;
                line.data += n;
                line.length -= n;
        }
}

static int refuse_encoding(UnitSource *source, Str line) {
        AUTO(strbuf_done) StrBuf shown = STRBUF_INIT;
        DiagPlace place = source_place(source);

        add_with_replacements(&shown, line);
        diag_add(source->diag,
                 &place,
                 DIAG_ERROR,
                 "String is not UTF-8 clean, ignoring assignment: %s",
                 strbuf_text(&shown));
        return err_new(-EINVAL);
}

static int refuse_section(UnitSource *source, const char *what, Str line) {
        DiagPlace place = source_place(source);

        diag_add(source->diag, &place, DIAG_ERROR, "%s '%.*s'", what, STR_ARG(line));
        return err_new(-EBADMSG);
}

static bool is_safe_section_name(Str name) {
        for (size_t i = 0; i < name.length; i++) {
                unsigned char c = (unsigned char)name.data[i];
                if (c < ' ' || c == 0x7f || c == '"' || c == '\'' || c == '\\')
                        return false;
        }
        return true;
}

static int take_section(UnitSource *source, Str line) {
        if (line.data[line.length - 1] != ']' || line.length < 2)
                return refuse_section(source, "Invalid section header", line);
        Str name = { line.data + 1, line.length - 2 };
        if (!is_safe_section_name(name))
                return refuse_section(source, "Bad characters in section header", line);
        source->section_ignored = false;
        source->section = name;
        if (source->joined.length == 0)
                return UNIT_SOURCE_SECTION;
        strbuf_clear(&source->section_joined);
        strbuf_add_str(&source->section_joined, name);
        source->section = (Str){ strbuf_text(&source->section_joined), name.length };
        int r = err_pass(strbuf_result(&source->section_joined));
        return r < 0 ? r : UNIT_SOURCE_SECTION;
}

static int take_assignment(UnitSource *source, Str line) {
        if (!source->section.data)
                return junk(source, "Assignment outside of section. Ignoring.");
        ssize_t equals = str_find_char(line, '=');
        if (equals < 0)
                return junk(source, "Missing '=', ignoring line.");
        if (equals == 0)
                return junk(source, "Missing key name before '=', ignoring line.");
        size_t position = (size_t)equals;
        source->key = str_trim((Str){ line.data, position });
        source->value = str_trim((Str){ line.data + position + 1, line.length - position - 1 });
        return UNIT_SOURCE_ASSIGNMENT;
}

int unit_source_next(UnitSource *source) {
        Str line;
        int r;

        while ((r = take_joined_line(source, &line)) > 0) {
                line = str_trim(line);
                if (line.length == 0)
                        continue;
                if (!utf8_is_valid(line))
                        return refuse_encoding(source, line);
                if (line.data[0] == '[')
                        return take_section(source, line);
                if (!source->section_ignored)
                        return take_assignment(source, line);
        }
        return r < 0 ? r : UNIT_SOURCE_END;
}
