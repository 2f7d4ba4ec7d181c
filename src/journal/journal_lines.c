/* SPDX-License-Identifier: Apache-2.0 */

/* The lines of a message: their colour, what is highlighted in them, and how they are shortened. */

#include "base/utf8.h"
#include "journal/journal_renderer.h"

#define LINES_MAX 3   /* of a shortened message */
#define BYTES_MAX 300 /* likewise */
#define OFF "\033[0m"
#define STRONG "\033[0;1;39m"
#define RED "\033[0;1;31m"
#define ELLIPSIS "\u2026"

typedef struct Colour {
        const char *on, *highlight;
} Colour;

static Colour colour_of(const JournalRenderer *renderer) {
        /* clang-format off */
        static const Colour by_priority[] = {
                { RED, STRONG }, { RED, STRONG }, { RED, STRONG }, { RED, STRONG }, /* to err */
                { "\033[0;1;38;5;185m", STRONG }, { STRONG, RED }, { "", NULL },
                { "\033[0;38;5;245m", RED },
        };
        /* clang-format on */
        Str priority = renderer->values[FIELD_PRIORITY];
        Colour colour = { "", NULL };

        if (priority.length == 1 && priority.data[0] >= '0' && priority.data[0] <= '7')
                colour = by_priority[priority.data[0] - '0'];
        if (!colour.highlight && (renderer->flags & JOURNAL_RENDER_HIGHLIGHT_ALL))
                colour.highlight = RED;
        return colour;
}

/* A part of a message, and where in it something is highlighted. */
typedef struct Part {
        Colour colour;
        Str message;
        size_t begin, end; /* what is highlighted; empty = nothing */
} Part;

static Part part_of(const JournalRenderer *renderer, Str message) {
        Part part = { { "", NULL }, message, 0, 0 };

        if (!(renderer->flags & JOURNAL_RENDER_COLOUR))
                return part;
        part.colour = colour_of(renderer);
        if (!renderer->find || !part.colour.highlight ||
            !renderer->find(renderer->find_userdata, message, &part.begin, &part.end) ||
            part.end > message.length || part.begin > part.end)
                part.begin = part.end = 0;
        return part;
}

/* A slice of the message, from byte `from` of it on. */
static void add_slice(const Part *part, Str slice, StrBuf *out) {
        size_t from = (size_t)(slice.data - part->message.data);
        size_t begin = part->begin > from ? part->begin - from : 0;
        size_t end = part->end > from ? part->end - from : 0;
        bool is_plain = part->colour.on[0] == '\0';

        if (is_plain && end <= begin) { /* nearly always */
                strbuf_add_str(out, slice);
                return;
        }
        begin = MIN(begin, slice.length);
        end = MIN(end, slice.length);
        strbuf_add(out, part->colour.on);
        if (begin < end) {
                strbuf_add_bytes(out, slice.data, begin);
                strbuf_add(out, part->colour.highlight);
                strbuf_add_bytes(out, slice.data + begin, end - begin);
                strbuf_add(out, is_plain ? OFF : part->colour.on);
                slice = (Str){ slice.data + end, slice.length - end };
        }
        strbuf_add_str(out, slice);
        if (!is_plain)
                strbuf_add(out, OFF);
}

void journal_lines_add_plain(const JournalRenderer *renderer, Str value, StrBuf *out) {
        Part part = part_of(renderer, value);

        add_slice(&part, value, out);
        strbuf_add_char(out, '\n');
}

/* As many bytes at the front of a text as take so many columns. */
static size_t bytes_of(Str text, size_t columns) {
        size_t n = 0;

        while (n < text.length) {
                unsigned c;
                Str rest = { text.data + n, text.length - n };
                size_t length = utf8_decode(rest, &c);
                length = length > 0 ? length : 1;
                size_t width = utf8_width((Str){ rest.data, length });
                if (width > columns)
                        break;
                columns -= width;
                n += length;
        }
        return n;
}

/* A line in `room` columns; the last one of a message that goes on, or might, says so. */
static void add_shortened(const Part *part, Str line, size_t room, bool is_last, StrBuf *out) {
        size_t width = utf8_width(line);

        if (room < 3 || width + (is_last ? 3 : 0) <= room) {
                add_slice(part, line, out);
                strbuf_add(out, is_last ? "..." : "");
                return;
        }
        size_t front = is_last ? room - 1 : ((room - 1) * 9 + 5) / 10;
        size_t n = bytes_of(line, front);
        size_t behind = bytes_of(line, width - (room - 1 - front));
        add_slice(part, (Str){ line.data, n }, out);
        strbuf_add(out, ELLIPSIS);
        if (!is_last)
                add_slice(part, (Str){ line.data + behind, line.length - behind }, out);
}

void journal_lines_add(const JournalRenderer *renderer, Str text, size_t indent, StrBuf *out) {
        Part part = part_of(renderer, text);
        unsigned n_lines = 0;
        bool is_last = false;
        Str line;

        if (text.length > 0 && text.data[text.length - 1] == '\n')
                text.length--;
        while (!is_last && str_next_part(&text, '\n', &line)) {
                for (size_t i = 0; n_lines > 0 && i < indent; i++)
                        strbuf_add_char(out, ' ');
                n_lines++;
                const char *nul = memchr(line.data, '\0', line.length);
                if (nul) /* as far as journalctl shows it */
                        line.length = (size_t)(nul - line.data);
                if (renderer->columns == 0) {
                        add_slice(&part, line, out);
                } else {
                        size_t end = (size_t)(line.data - part.message.data) + line.length;
                        size_t room = renderer->columns > indent ? renderer->columns - indent : 0;
                        is_last = n_lines >= LINES_MAX || end + 1 >= BYTES_MAX;
                        add_shortened(&part, line, room, is_last, out);
                }
                strbuf_add_char(out, '\n');
        }
}

/* --- explanations -----------------------------------------------------------------------------*/

typedef struct Filling {
        JournalRenderer *renderer;
        const JournalPlace *place;
} Filling;

static bool value_of(void *userdata, const char *field, Str *ret) {
        const Filling *filling = userdata;

        return journal_renderer_field(filling->renderer, filling->place, field, ret);
}

void journal_lines_add_catalog(JournalRenderer *renderer, const JournalPlace *place, StrBuf *out) {
        bool colour = (renderer->flags & JOURNAL_RENDER_COLOUR) != 0;
        const char *mark = renderer->flags & JOURNAL_RENDER_ASCII ? "--" : "\u2591\u2591";
        AUTO(strbuf_done) StrBuf filled = STRBUF_INIT;
        Filling filling = { renderer, place };
        Str text, line;
        Id128 id;

        if (!renderer->catalog || !journal_renderer_field(renderer, place, "MESSAGE_ID", &text) ||
            id128_parse(text, &id) < 0 || !journal_catalog_find(renderer->catalog, id, &text))
                return;
        journal_catalog_fill(text, value_of, &filling, &filled);
        text = (Str){ strbuf_text(&filled), filled.length };
        while (text.length > 0 && text.data[text.length - 1] == '\n')
                text.length--;
        for (bool first = true; str_next_part(&text, '\n', &line); first = false) {
                if (colour)
                        strbuf_addf(out,
                                    "\033[0;38;5;245m%s%s\033[0m%s\033[0;32m",
                                    mark,
                                    first ? " " : "",
                                    first ? "" : " ");
                else
                        strbuf_addf(out, "%s ", mark);
                strbuf_add_str(out, line);
                strbuf_add(out, colour ? OFF "\n" : "\n");
        }
}
