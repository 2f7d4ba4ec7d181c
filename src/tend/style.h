/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Colour on terminals, nothing elsewhere. */

#include "base/strbuf.h"
#include "tend/tend.h"

typedef enum Style {
        STYLE_PLAIN,
        STYLE_GOOD,
        STYLE_BAD,
        STYLE_BUSY,  /* on its way, or wants attention */
        STYLE_FAINT, /* beside the matter */
        STYLE_STRONG,
        STYLE_COUNT
} Style;

/* The sequence that begins a style, "" without TEND_COLOUR. */
const char *style_begin(unsigned flags, Style style);

/* The sequence that ends it. */
const char *style_end(unsigned flags, Style style);

/* Appends formatted text in a style. */
void style_addf(StrBuf *out, unsigned flags, Style style, const char *format, ...)
        PRINTF_LIKE(4, 5);

/* What an ActiveState looks like. */
Style style_of_state(const char *active_state);

/* One sign for an ActiveState: a dot in the colour of the state, a cross for "failed". */
const char *style_mark(const char *active_state);
