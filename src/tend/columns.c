/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/columns.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"

#define GAP 2

void columns_init(Columns *columns, const char *const *heading) {
        *columns = (Columns){ 0 };
        while (heading[columns->n_columns])
                columns->n_columns++;
        assert(columns->n_columns <= COLUMNS_MAX);
        for (unsigned i = 0; i < columns->n_columns; i++)
                columns_add(columns, heading[i], STYLE_STRONG);
}

void columns_add(Columns *columns, const char *text, Style style) {
        if ((columns->n_cells & (columns->n_cells - 1)) == 0) { /* full at each power of two */
                size_t n = columns->n_cells ? columns->n_cells * 2 : 1;
                ColumnsCell *cells = reallocarray(columns->cells, n, sizeof(*cells));
                if (!cells) {
                        columns->failed = true;
                        return;
                }
                columns->cells = cells;
        }
        ColumnsCell *cell = &columns->cells[columns->n_cells++];
        *cell = (ColumnsCell){ .text = strdup(text ? text : ""), .style = style };
        columns->failed = columns->failed || !cell->text;
}

size_t columns_n_rows(const Columns *columns) {
        return columns->n_cells / columns->n_columns - 1;
}

/* The bytes of `text` that fit into `width` display columns. */
static size_t fitting_length(const char *text, size_t width) {
        Str rest = str_of(text);
        size_t used = 0;

        while (rest.length > 0) {
                unsigned code_point;
                size_t n = MAX(utf8_decode(rest, &code_point), (size_t)1);
                size_t w = utf8_width((Str){ rest.data, n });
                if (used + w > width)
                        break;
                used += w;
                rest = (Str){ rest.data + n, rest.length - n };
        }
        return (size_t)(rest.data - text);
}

static void print_last(const ColumnsCell *cell, unsigned flags, size_t room, StrBuf *out) {
        size_t length = strlen(cell->text);

        if (utf8_width(str_of(cell->text)) > room)
                length = fitting_length(cell->text, room > 0 ? room - 1 : 0);
        style_addf(out, flags, cell->style, "%.*s", (int)length, cell->text);
        if (length < strlen(cell->text))
                strbuf_add(out, "\u2026");
}

int columns_print(const Columns *columns, unsigned flags, size_t width, StrBuf *out) {
        size_t widths[COLUMNS_MAX] = { 0 };

        if (columns->failed)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < columns->n_cells; i++) {
                size_t *widest = &widths[i % columns->n_columns];
                *widest = MAX(*widest, utf8_width(str_of(columns->cells[i].text)));
        }
        for (size_t i = 0, used = 0; i < columns->n_cells; i++) {
                const ColumnsCell *cell = &columns->cells[i];
                size_t column = i % columns->n_columns;
                if (column == columns->n_columns - 1) {
                        size_t room = width == 0 ? SIZE_MAX : width > used ? width - used : 0;
                        print_last(cell, flags, room, out);
                        while (out->length > 0 && out->data[out->length - 1] == ' ')
                                strbuf_truncate(out, out->length - 1);
                        strbuf_add_char(out, '\n');
                        used = 0;
                        continue;
                }
                size_t padding = widths[column] + GAP - utf8_width(str_of(cell->text));
                style_addf(out, flags, cell->style, "%s", cell->text);
                strbuf_addf(out, "%*s", (int)padding, "");
                used += widths[column] + GAP;
        }
        return err_pass(strbuf_result(out));
}

void columns_done(Columns *columns) {
        for (size_t i = 0; i < columns->n_cells; i++)
                free(columns->cells[i].text);
        free(columns->cells);
        *columns = (Columns){ 0 };
}
