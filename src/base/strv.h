/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lists of strings: NULL-terminated arrays of owned strings. A NULL list is an empty list. */

#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"
#include "base/macros.h"
#include "base/str.h"

/* How many strings there are. */
size_t strv_length(char *const *list);

/* Whether one of the strings is equal to `s`. */
bool strv_contains(char *const *list, const char *s);

/* Appends a copy; -ENOMEM leaves the list as it was. */
int strv_add(char ***list, const char *s);

/* Appends a copy of a slice; -ENOMEM leaves the list as it was. */
int strv_add_str(char ***list, Str s);

/* Appends `s` itself, which then belongs to the list; frees it on failure. NULL gives -ENOMEM. */
int strv_take(char ***list, char *s);

/* Appends formatted text. */
int strv_addf(char ***list, const char *format, ...) PRINTF_LIKE(2, 3);

/* Appends a copy unless it is there; 0 also then. */
int strv_add_unique(char ***list, const char *s);

/* Appends copies of all of `other`. */
int strv_extend(char ***list, char *const *other);

/* Removes every string equal to `s`. */
void strv_remove(char **list, const char *s);

/* Sorts bytewise. */
void strv_sort(char **list);

/* Removes strings that are equal to the one before; all doubles, when the list is sorted. */
void strv_uniq(char **list);

/* Whether both have equal strings in the same order. */
bool strv_equal(char *const *a, char *const *b);

/* A deep copy; NULL when out of memory or when `list` is NULL or empty (ask strv_length first). */
char **strv_copy(char *const *list);

/* The strings with `separator` between them in fresh memory; NULL when out of memory. */
char *strv_join(char *const *list, const char *separator);

/* Splits at white space, or at `separator` when it is not 0, dropping empty parts. */
int strv_split(char ***ret_list, Str text, char separator);

/* Releases the list and its strings; returns NULL. */
char **strv_free(char **list);

/* Walks a list that may be NULL. */
#define STRV_FOREACH(s, list) for (char *const *s = (list); s && *s; s++)

DEFINE_AUTO(char **, strv_free);
#define AUTO_STRV AUTO(strv_free)
