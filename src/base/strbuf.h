/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A growing text buffer with sticky failure: appends after a failed one do nothing, and the end of
 * the work asks once. The text is always NUL-terminated once something was appended. */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/macros.h"
#include "base/str.h"

typedef struct StrBuf {
        char *data; /* owned; NULL until the first append */
        size_t length;
        size_t capacity;
        bool failed; /* out of memory, or above 1 GiB */
} StrBuf;

#define STRBUF_INIT ((StrBuf){ 0 })

/* Appends a terminated string. */
void strbuf_add(StrBuf *b, const char *text);

/* Appends a slice. */
void strbuf_add_str(StrBuf *b, Str s);

/* Appends any bytes, NUL included. */
void strbuf_add_bytes(StrBuf *b, const void *data, size_t length);

/* Appends one byte. */
void strbuf_add_char(StrBuf *b, char c);

/* Appends as printf(3) does. */
void strbuf_addf(StrBuf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends as vprintf(3) does. */
void strbuf_addf_va(StrBuf *b, const char *format, va_list args) PRINTF_LIKE(2, 0);

/* Makes room for `more` bytes behind the text, and a NUL behind them; where they go, NULL without
 * memory or above the limit (failed then). Who writes there adds to `length` and sets the NUL. */
char *strbuf_reserve(StrBuf *b, size_t more);

/* Cuts to `length` (which is not above the present length). */
void strbuf_truncate(StrBuf *b, size_t length);

/* Empties, keeps the memory and forgets a failure. */
void strbuf_clear(StrBuf *b);

/* Gives the text away ("" when nothing was appended); NULL when something failed. The buffer is
 * empty after. */
char *strbuf_steal(StrBuf *b);

/* The text so far, "" when empty; valid until the next append. */
const char *strbuf_text(const StrBuf *b);

/* 0, or -ENOMEM when an append failed. */
int strbuf_result(const StrBuf *b);

/* Releases the memory; the buffer can be used again. */
void strbuf_done(StrBuf *b);

DEFINE_AUTO_DONE(StrBuf, strbuf_done);
