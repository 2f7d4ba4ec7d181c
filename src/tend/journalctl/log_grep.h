/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A pattern for messages (pcre2pattern(3)). */

#include <stdbool.h>

#include "base/auto.h"
#include "base/str.h"

typedef struct LogGrep LogGrep;

typedef enum LogGrepCase {
        LOG_GREP_CASE_AUTO, /* insensitive when the pattern is all lower case */
        LOG_GREP_CASE_SENSITIVE,
        LOG_GREP_CASE_INSENSITIVE,
        LOG_GREP_CASE_COUNT
} LogGrepCase;

/* Compiles a pattern. -EINVAL after a message. */
int log_grep_new(const char *pattern, LogGrepCase letter_case, LogGrep **ret);

/* Whether the pattern is found in the text. */
bool log_grep_matches(LogGrep *grep, Str text);

/* Where in the text the pattern is found first. */
bool log_grep_find(LogGrep *grep, Str text, size_t *ret_begin, size_t *ret_end);

/* Releases it; NULL. */
LogGrep *log_grep_free(LogGrep *grep);
DEFINE_AUTO(LogGrep *, log_grep_free);
