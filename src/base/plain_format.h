/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The conversions that nearly all texts are made with, as printf(3) has them but several times as
 * fast: %s %.*s %c %% and %d %i %u, also with l, ll and z in front. strbuf_addf() comes here by
 * itself. */

#include <stdarg.h>
#include <stdbool.h>

#include "base/strbuf.h"

/* Whether a format has none but these. */
bool plain_format_is(const char *format);

/* Appends the text of such a format. */
void plain_format_add(StrBuf *b, const char *format, va_list args);
