/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tables as systemd's programs print them: one space between columns, or JSON with the names of the
 * columns as keys. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "tend/style.h"

#define TEXT_TABLE_COLUMNS_MAX 16U

typedef enum TextTableFlags {
        TEXT_TABLE_JSON = 1 << 0,
        TEXT_TABLE_PRETTY = 1 << 1, /* JSON over many lines */
        TEXT_TABLE_NO_HEADER = 1 << 2,
        TEXT_TABLE_COLOUR = 1 << 3,
} TextTableFlags;

typedef struct TextCell {
        char *text; /* owned; NULL = empty, or the number */
        char *json; /* owned: the value in JSON where it is not the text; NULL */
        Style style;
} TextCell;

typedef struct TextColumn {
        const char *heading;
        const char *key; /* in JSON; NULL = the heading in small letters with _ for spaces */
        bool right;      /* aligned */
        bool hidden;
        bool bare; /* right and last: cells without text take no room */
} TextColumn;

typedef struct TextTable {
        TextColumn columns[TEXT_TABLE_COLUMNS_MAX];
        unsigned n_columns;
        const char *empty; /* what stands for cells without text */
        TextCell *cells;   /* owned, row by row, without heading */
        size_t n_cells;
        bool failed;
} TextTable;

/* Starts a table with these columns, up to one without heading. */
void text_table_init(TextTable *table, const TextColumn *columns);

/* Adds the next cell of the row; NULL is an empty cell (null in JSON). */
void text_table_add(TextTable *table, const char *text, Style style);

/* The same with formatted text. */
void text_table_addf(TextTable *table, Style style, const char *format, ...) PRINTF_LIKE(3, 4);

/* A number, which is one in JSON, too. */
void text_table_add_number(TextTable *table, uint64_t number, Style style);

/* A cell that is text for people and `json` (text of a JSON value) for machines. */
void text_table_add_json(TextTable *table, const char *text, const char *json, Style style);

/* Number of rows. */
size_t text_table_n_rows(const TextTable *table);

/* Orders rows by the text of columns, most important first; columns ends with -1. */
void text_table_sort(TextTable *table, const int *columns);

/* Appends the table, lines no longer than `width` (0 = any). -ENOMEM. */
int text_table_print(const TextTable *table, unsigned flags, size_t width, StrBuf *out);

/* Releases the cells. */
void text_table_done(TextTable *table);
DEFINE_AUTO_DONE(TextTable, text_table_done);
