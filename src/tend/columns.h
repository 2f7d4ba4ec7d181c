/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tables of text: cells go in row by row, columns come out as wide as they must be. */

#include "base/auto.h"
#include "base/strbuf.h"
#include "tend/style.h"

#define COLUMNS_MAX 8U

typedef struct ColumnsCell {
        char *text; /* owned; NULL when out of memory */
        Style style;
} ColumnsCell;

typedef struct Columns {
        unsigned n_columns;
        ColumnsCell *cells; /* owned, row by row */
        size_t n_cells;
        bool failed; /* out of memory */
} Columns;

/* Starts a table whose first row is this heading (NULL-terminated). */
void columns_init(Columns *columns, const char *const *heading);

/* Adds the next cell; NULL counts as "". */
void columns_add(Columns *columns, const char *text, Style style);

/* Appends the table to `out`: two spaces between columns, none at the end of lines; the last column
 * is cut to `width` display columns in all (0 = never). */
int columns_print(const Columns *columns, unsigned flags, size_t width, StrBuf *out);

/* Number of rows without the heading. */
size_t columns_n_rows(const Columns *columns);

/* Releases the cells. */
void columns_done(Columns *columns);
DEFINE_AUTO_DONE(Columns, columns_done);
