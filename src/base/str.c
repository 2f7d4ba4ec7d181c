/* SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <stdlib.h>
#include <strings.h>

#include "base/macros.h"

/* Names longer than this are not worth a "did you mean". */
#define EDIT_DISTANCE_MAX_LENGTH 128

static bool is_space(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool str_equal(Str a, Str b) {
        return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool str_equal_c(Str a, const char *b) {
        return str_equal(a, str_of(b));
}

bool str_equal_nocase(Str a, Str b) {
        return a.length == b.length &&
               (a.length == 0 || strncasecmp(a.data, b.data, a.length) == 0);
}

bool str_has_prefix(Str s, const char *prefix) {
        size_t n = strlen(prefix);
        return s.length >= n && (n == 0 || memcmp(s.data, prefix, n) == 0);
}

bool str_has_suffix(Str s, const char *suffix) {
        size_t n = strlen(suffix);
        return s.length >= n && (n == 0 || memcmp(s.data + s.length - n, suffix, n) == 0);
}

bool str_skip_prefix(Str *s, const char *prefix) {
        if (!str_has_prefix(*s, prefix))
                return false;
        size_t n = strlen(prefix);
        if (n > 0)
                *s = (Str){ s->data + n, s->length - n };
        return true;
}

Str str_trim_front(Str s) {
        size_t i = 0;
        while (i < s.length && is_space(s.data[i]))
                i++;
        return i > 0 ? (Str){ s.data + i, s.length - i } : s;
}

Str str_trim_end(Str s) {
        while (s.length > 0 && is_space(s.data[s.length - 1]))
                s.length--;
        return s;
}

Str str_trim(Str s) {
        return str_trim_front(str_trim_end(s));
}

ssize_t str_find_char(Str s, char c) {
        const char *found = s.length > 0 ? memchr(s.data, c, s.length) : NULL;
        return found ? found - s.data : -1;
}

bool str_next_part(Str *rest, char separator, Str *ret_part) {
        if (!rest->data)
                return false;
        ssize_t at = str_find_char(*rest, separator);
        if (at < 0) {
                *ret_part = *rest;
                *rest = (Str){ NULL, 0 };
                return true;
        }
        *ret_part = (Str){ rest->data, (size_t)at };
        *rest = (Str){ rest->data + at + 1, rest->length - (size_t)at - 1 };
        return true;
}

bool str_next_word(Str *rest, Str *ret_word) {
        Str s = str_trim_front(*rest);
        size_t n = 0;
        while (n < s.length && !is_space(s.data[n]))
                n++;
        if (n == 0) {
                *rest = STR_EMPTY;
                return false;
        }
        *ret_word = (Str){ s.data, n };
        *rest = (Str){ s.data + n, s.length - n };
        return true;
}

Str str_next_digits(Str *rest) {
        Str digits = *rest;
        size_t n = 0;
        while (n < digits.length && digits.data[n] >= '0' && digits.data[n] <= '9')
                n++;
        digits.length = n;
        *rest = n > 0 ? (Str){ rest->data + n, rest->length - n } : *rest;
        return digits;
}

char *str_dup(Str s) {
        char *copy = malloc(s.length + 1);
        if (!copy)
                return NULL;
        if (s.length > 0)
                memcpy(copy, s.data, s.length);
        copy[s.length] = '\0';
        return copy;
}

/* Fills the next row of the distance matrix in place; returns its smallest number. */
static unsigned next_distance_row(unsigned *row, char c, Str b) {
        unsigned diagonal = row[0], smallest = ++row[0];
        for (size_t j = 1; j <= b.length; j++) {
                unsigned replace = diagonal + (c != b.data[j - 1]);
                diagonal = row[j];
                row[j] = MIN(replace, MIN(row[j], row[j - 1]) + 1);
                smallest = MIN(smallest, row[j]);
        }
        return smallest;
}

unsigned str_edit_distance(Str a, Str b, unsigned limit) {
        unsigned row[EDIT_DISTANCE_MAX_LENGTH + 1];
        size_t difference = a.length > b.length ? a.length - b.length : b.length - a.length;
        if (difference > limit || MAX(a.length, b.length) > EDIT_DISTANCE_MAX_LENGTH)
                return limit + 1;
        for (unsigned j = 0; j <= b.length; j++)
                row[j] = j;
        for (size_t i = 0; i < a.length; i++)
                if (next_distance_row(row, a.data[i], b) > limit)
                        return limit + 1;
        return MIN(row[b.length], limit + 1);
}

int str_compare(Str a, Str b) {
        size_t n = MIN(a.length, b.length);
        int r = n > 0 ? memcmp(a.data, b.data, n) : 0;
        if (r != 0)
                return r;
        return (a.length > b.length) - (a.length < b.length);
}
