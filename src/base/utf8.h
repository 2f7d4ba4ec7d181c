/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* UTF-8: validity and display width. */

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Valid UTF-8 without NUL, surrogates, overlong forms or noncharacters. */
bool utf8_is_valid(Str text);

/* Decodes the code point at the front; returns its length 1 to 4, 0 when there is no valid one. */
size_t utf8_decode(Str text, unsigned *ret_code_point);

/* Columns the text takes on a terminal (wcwidth-like; wide East Asian count 2, marks 0,
 * bytes that are not UTF-8 count 1). */
size_t utf8_width(Str text);

/* Encodes one code point; returns its length 1 to 4, 0 when it is not a scalar value. */
size_t utf8_encode(char out[static 4], unsigned code_point);
