/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Versions by the rules of the UAPI version format specification, and comparison operators in front
 * of them. */

#include <stdbool.h>

#include "base/str.h"

typedef enum CompareOperator {
        COMPARE_NONE,
        COMPARE_LESS_EQUAL,
        COMPARE_GREATER_EQUAL,
        COMPARE_NOT_EQUAL,
        COMPARE_LESS,
        COMPARE_GREATER,
        COMPARE_EQUAL,
        COMPARE_OPERATOR_COUNT
} CompareOperator;

/* Takes an operator off the front ("<=", ">=", "!=", "<>", "<", ">", "=", "=="); COMPARE_NONE when
 * there is none. */
CompareOperator compare_operator_skip(Str *text);

/* Whether `order` (below, at, above 0) satisfies it. */
bool compare_operator_holds(CompareOperator operator, int order);

/* Below, at or above 0 as `a` is older than, the same as or newer than `b`. */
int version_compare(const char *a, const char *b);
