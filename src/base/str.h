/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Text slices: pointer and length, not owned, not terminated. Parsers work on these and never in
 * place. ASCII white space is space, tab, CR, LF. */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

typedef struct Str {
        const char *data;
        size_t length;
} Str;

#define STR_EMPTY ((Str){ "", 0 })
#define STR_LITERAL(s) ((Str){ (s), sizeof(s) - 1 })
/* printf arguments for "%.*s". */
#define STR_ARG(s) (int)(s).length, (s).data

/* The slice over a terminated string; NULL gives an empty slice. */
static inline Str str_of(const char *s) {
        return s ? (Str){ s, strlen(s) } : STR_EMPTY;
}

/* Whether both are the same string; two NULL pointers are equal. */
static inline bool streq_null(const char *a, const char *b) {
        return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether both are the same string; neither may be NULL. */
static inline bool streq(const char *a, const char *b) {
        return strcmp(a, b) == 0;
}

/* Whether both have the same bytes; NUL is a byte like others. */
bool str_equal(Str a, Str b);

/* The same against a terminated string. */
bool str_equal_c(Str a, const char *b);

/* The same, but ASCII letters are equal to their other case. */
bool str_equal_nocase(Str a, Str b);

/* Whether `s` begins with `prefix`. */
bool str_has_prefix(Str s, const char *prefix);

/* Whether `s` ends with `suffix`. */
bool str_has_suffix(Str s, const char *suffix);

/* If `s` begins with `prefix`, removes it and says true. */
bool str_skip_prefix(Str *s, const char *prefix);

/* Without white space at both ends. */
Str str_trim(Str s);

/* Without white space at the front. */
Str str_trim_front(Str s);

/* Without white space at the end. */
Str str_trim_end(Str s);

/* Position of the first `c`, or -1. */
ssize_t str_find_char(Str s, char c);

/* Takes the part before the first `separator` (or everything) from the front of `rest`. False when
 * `rest->data` is NULL, i.e. after the last part. An empty `rest` gives one empty part. */
bool str_next_part(Str *rest, char separator, Str *ret_part);

/* Takes the next run of characters other than ASCII white space; false at the end. */
bool str_next_word(Str *rest, Str *ret_word);

/* Takes the run of decimal digits at the front, which may be empty. */
Str str_next_digits(Str *rest);

/* Terminated copy, NULL when out of memory. Embedded NUL bytes are kept as they are. */
char *str_dup(Str s);

/* The number of edits between two names, at most `limit` + 1; for "did you mean". */
unsigned str_edit_distance(Str a, Str b, unsigned limit);

/* Orders like strcmp; for sorting slices. */
int str_compare(Str a, Str b);
