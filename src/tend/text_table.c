/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/text_table.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"

void text_table_init(TextTable *table, const TextColumn *columns) {
        *table = (TextTable){ .empty = "" };
        while (columns[table->n_columns].heading) {
                assert(table->n_columns < TEXT_TABLE_COLUMNS_MAX);
                table->columns[table->n_columns] = columns[table->n_columns];
                table->n_columns++;
        }
}

static TextCell *new_cell(TextTable *table) {
        if ((table->n_cells & (table->n_cells - 1)) == 0) { /* full at each power of two */
                size_t n = table->n_cells ? table->n_cells * 2 : 1;
                TextCell *cells = reallocarray(table->cells, n, sizeof(*cells));
                if (!cells) {
                        table->failed = true;
                        return NULL;
                }
                table->cells = cells;
        }
        TextCell *cell = &table->cells[table->n_cells++];
        *cell = (TextCell){ 0 };
        return cell;
}

static void set_text(TextTable *table, char **place, const char *text) {
        if (!text)
                return;
        *place = strdup(text);
        table->failed = table->failed || !*place;
}

void text_table_add_json(TextTable *table, const char *text, const char *json, Style style) {
        TextCell *cell = new_cell(table);

        if (!cell)
                return;
        cell->style = style;
        set_text(table, &cell->text, text);
        set_text(table, &cell->json, json);
}

void text_table_add(TextTable *table, const char *text, Style style) {
        text_table_add_json(table, text, NULL, style);
}

void text_table_addf(TextTable *table, Style style, const char *format, ...) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;

        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        text_table_add(table, strbuf_text(&text), style);
}

void text_table_add_number(TextTable *table, uint64_t number, Style style) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        strbuf_addf(&text, "%llu", (unsigned long long)number);
        text_table_add_json(table, strbuf_text(&text), strbuf_text(&text), style);
}

size_t text_table_n_rows(const TextTable *table) {
        return table->n_cells / table->n_columns;
}

/* --- order
 * ------------------------------------------------------------------------------------------------
 */

typedef struct SortContext {
        const TextTable *table;
        const int *columns;
} SortContext;

static const char *cell_text(const TextTable *table, const TextCell *cell) {
        return cell->text ? cell->text : table->empty;
}

static int compare_rows(const void *a, const void *b, void *userdata) {
        const SortContext *context = userdata;
        const size_t *x = a, *y = b;

        for (const int *column = context->columns; *column >= 0; column++) {
                const TextCell *cells = context->table->cells + *column;
                const char *left = cells[*x * context->table->n_columns].text;
                const char *right = cells[*y * context->table->n_columns].text;
                int order = strcmp(left ? left : "", right ? right : "");
                if (order != 0)
                        return order;
        }
        return *x < *y ? -1 : *x > *y;
}

void text_table_sort(TextTable *table, const int *columns) {
        size_t n_rows = text_table_n_rows(table), row_size = table->n_columns * sizeof(TextCell);
        SortContext context = { table, columns };

        if (n_rows < 2)
                return;
        AUTO_FREE size_t *order = calloc(n_rows, sizeof(*order));
        TextCell *sorted = calloc(n_rows, row_size);
        if (!order || !sorted) {
                free(sorted);
                table->failed = true;
                return;
        }
        for (size_t i = 0; i < n_rows; i++)
                order[i] = i;
        qsort_r(order, n_rows, sizeof(*order), compare_rows, &context);
        for (size_t i = 0; i < n_rows; i++)
                memcpy(sorted + i * table->n_columns,
                       table->cells + order[i] * table->n_columns,
                       row_size);
        memcpy(table->cells, sorted, n_rows * row_size);
        free(sorted);
}

/* --- JSON
 * -------------------------------------------------------------------------------------------------
 */

static void add_json_string(StrBuf *out, const char *text) {
        JsonWriter writer = { .out = out };
        json_string(&writer, NULL, text);
}

static void print_key(const TextColumn *column, StrBuf *out) {
        strbuf_add_char(out, '"');
        for (const char *p = column->key ? column->key : column->heading; *p; p++)
                strbuf_add_char(out, *p == ' ' ? '_' : column->key ? *p : (char)tolower(*p));
        strbuf_add_char(out, '"');
}

static void print_json_row(const TextTable *table, size_t row, bool pretty, StrBuf *out) {
        const char *separator = "";

        strbuf_add(out, pretty ? "\t{\n" : "{");
        for (unsigned i = 0; i < table->n_columns; i++) {
                const TextCell *cell = &table->cells[row * table->n_columns + i];
                if (table->columns[i].hidden)
                        continue;
                strbuf_addf(out, "%s%s", separator, pretty ? "\t\t" : "");
                separator = pretty ? ",\n" : ",";
                print_key(&table->columns[i], out);
                strbuf_add(out, pretty ? " : " : ":");
                if (cell->json)
                        strbuf_add(out, cell->json);
                else
                        add_json_string(out, cell->text);
        }
        strbuf_add(out, pretty ? "\n\t}" : "}");
}

static void print_json(const TextTable *table, bool pretty, StrBuf *out) {
        size_t n_rows = text_table_n_rows(table);

        strbuf_add(out, pretty && n_rows > 0 ? "[\n" : "[");
        for (size_t i = 0; i < n_rows; i++) {
                strbuf_add(out, i == 0 ? "" : pretty ? ",\n" : ",");
                print_json_row(table, i, pretty, out);
        }
        strbuf_add(out, pretty && n_rows > 0 ? "\n]\n" : "]\n");
}

/* --- lines
 * ------------------------------------------------------------------------------------------------
 */

typedef struct Printing {
        const TextTable *table;
        unsigned flags;
        size_t line_width; /* of the terminal; 0 = any */
        size_t widths[TEXT_TABLE_COLUMNS_MAX];
        StrBuf *out;
} Printing;

/* The bytes of `text` that fit into `room` columns. */
static size_t fitting_length(Str text, size_t room) {
        size_t length = 0, used = 0;

        while (length < text.length) {
                unsigned code_point;
                Str rest = { text.data + length, text.length - length };
                size_t n = MAX(utf8_decode(rest, &code_point), (size_t)1);
                used += utf8_width((Str){ rest.data, n });
                if (used > room)
                        break;
                length += n;
        }
        return length;
}

/* The last cell is cut where the terminal ends. */
static void print_last(const Printing *printing, const TextCell *cell, size_t used) {
        unsigned colour = printing->flags & TEXT_TABLE_COLOUR ? TEND_COLOUR : 0U;
        Str text = str_of(cell_text(printing->table, cell));
        size_t room = printing->line_width > used ? printing->line_width - used : 0;

        if (printing->line_width == 0 || utf8_width(text) <= room) {
                style_addf(printing->out, colour, cell->style, "%.*s", STR_ARG(text));
                return;
        }
        text.length = fitting_length(text, room > 0 ? room - 1 : 0);
        style_addf(printing->out, colour, cell->style, "%.*s\u2026", STR_ARG(text));
}

static void print_cell(const Printing *printing, unsigned i, const TextCell *cell) {
        unsigned colour = printing->flags & TEXT_TABLE_COLOUR ? TEND_COLOUR : 0U;
        const char *text = cell_text(printing->table, cell);
        int padding = (int)(printing->widths[i] - utf8_width(str_of(text)));
        bool right = printing->table->columns[i].right;

        strbuf_addf(printing->out, "%*s", right ? padding : 0, "");
        style_addf(printing->out, colour, cell->style, "%s", text);
        strbuf_addf(printing->out, "%*s ", right ? 0 : padding, "");
}

static void print_row(const Printing *printing, const TextCell *cells) {
        const TextTable *table = printing->table;
        size_t used = 0;
        unsigned last = table->n_columns - 1;

        while (last > 0 && table->columns[last].hidden)
                last--;
        for (unsigned i = 0; i < last; i++)
                if (!table->columns[i].hidden) {
                        print_cell(printing, i, &cells[i]);
                        used += printing->widths[i] + 1;
                }
        size_t width = utf8_width(str_of(cell_text(table, &cells[last])));
        if (table->columns[last].right && width < printing->widths[last] &&
            (width > 0 || !table->columns[last].bare))
                strbuf_addf(printing->out, "%*s", (int)(printing->widths[last] - width), "");
        print_last(printing, &cells[last], used);
        strbuf_add_char(printing->out, '\n');
}

static void measure(Printing *printing) {
        const TextTable *table = printing->table;

        for (unsigned i = 0; i < table->n_columns; i++)
                if (!(printing->flags & TEXT_TABLE_NO_HEADER))
                        printing->widths[i] = utf8_width(str_of(table->columns[i].heading));
        for (size_t i = 0; i < table->n_cells; i++) {
                size_t *widest = &printing->widths[i % table->n_columns];
                size_t width = utf8_width(str_of(cell_text(table, &table->cells[i])));
                *widest = MAX(*widest, width);
        }
}

int text_table_print(const TextTable *table, unsigned flags, size_t width, StrBuf *out) {
        Printing printing = { .table = table, .flags = flags, .line_width = width, .out = out };

        if (table->failed)
                return err_new(-ENOMEM);
        if (flags & TEXT_TABLE_JSON) {
                print_json(table, (flags & TEXT_TABLE_PRETTY) != 0, out);
                return err_pass(strbuf_result(out));
        }
        measure(&printing);
        if (!(flags & TEXT_TABLE_NO_HEADER)) {
                TextCell cells[TEXT_TABLE_COLUMNS_MAX] = { 0 };
                for (unsigned i = 0; i < table->n_columns; i++)
                        cells[i].text = (char *)(uintptr_t)table->columns[i].heading;
                print_row(&printing, cells);
        }
        for (size_t i = 0; i < text_table_n_rows(table); i++)
                print_row(&printing, table->cells + i * table->n_columns);
        return err_pass(strbuf_result(out));
}

void text_table_done(TextTable *table) {
        for (size_t i = 0; i < table->n_cells; i++) {
                free(table->cells[i].text);
                free(table->cells[i].json);
        }
        free(table->cells);
        *table = (TextTable){ 0 };
}
