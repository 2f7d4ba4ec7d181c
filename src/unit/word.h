/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Words of a value: quotes, escapes and separators (systemd.syntax(7), "Quoting"). Settings differ
 * in which of these they know; the flags say so. */

#include "base/str.h"
#include "base/strbuf.h"

typedef enum WordFlags {
        WORD_UNQUOTE = 1 << 0,         /* "..." and '...' group and disappear */
        WORD_UNESCAPE = 1 << 1,        /* backslash begins a C escape; unknown ones are an error */
        WORD_KEEP_UNKNOWN = 1 << 2,    /* with WORD_UNESCAPE: unknown escapes stay as they stand */
        WORD_PLAIN_BACKSLASH = 1 << 3, /* a backslash is an ordinary character */
        WORD_KEEP_EMPTY = 1 << 4,      /* each separator ends a word, also an empty one */
        WORD_UNESCAPE_SEPARATOR = 1 << 5, /* with WORD_UNESCAPE: backslash before a separator */
        WORD_RELAX = 1 << 6,              /* a missing closing quote is forgiven */
} WordFlags;

/* Takes the next word of `rest` into `out` (emptied first). `separators` NULL is white space.
 * Without WORD_UNESCAPE and WORD_PLAIN_BACKSLASH a backslash makes the next character ordinary. 1
 * with a word, 0 at the end, -EINVAL for bad quoting or escapes (`rest` is then where it was),
 * -ENOMEM. */
int word_next(Str *rest, const char *separators, unsigned flags, StrBuf *out);

/* Reads the escape after a backslash at the start of `text` and appends what it means; the number
 * of bytes it took, or -EINVAL. NUL is refused unless `allow_nul`. */
int word_unescape(Str text, bool allow_nul, StrBuf *out);

/* Appends a whole text with its C escapes undone, which may stand for any byte. -EINVAL. */
int word_unescape_all(Str text, StrBuf *out);

/* Appends `word` so that word_next with these flags and white space gives it back. */
void word_print(const char *word, unsigned flags, StrBuf *out);

/* Appends with C escapes for everything that is not printable ASCII or UTF-8, and for backslash and
 * the characters in `also`. */
void word_escape(Str text, const char *also, StrBuf *out);
