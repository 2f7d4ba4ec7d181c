/* SPDX-License-Identifier: Apache-2.0 */
#include "host/version_compare.h"

#include <ctype.h>
#include <string.h>

#include "base/macros.h"

static const struct {
        const char *text;
        CompareOperator operator;
} operators[] = {
        { "<=", COMPARE_LESS_EQUAL }, { ">=", COMPARE_GREATER_EQUAL }, { "!=", COMPARE_NOT_EQUAL },
        { "<>", COMPARE_NOT_EQUAL },  { "==", COMPARE_EQUAL },         { "<", COMPARE_LESS },
        { ">", COMPARE_GREATER },     { "=", COMPARE_EQUAL },
};

CompareOperator compare_operator_skip(Str *text) {
        for (size_t i = 0; i < ARRAY_LENGTH(operators); i++)
                if (str_skip_prefix(text, operators[i].text))
                        return operators[i].operator;
        return COMPARE_NONE;
}

bool compare_operator_holds(CompareOperator operator, int order) {
        switch (operator) {
        case COMPARE_LESS_EQUAL:
                return order <= 0;
        case COMPARE_GREATER_EQUAL:
                return order >= 0;
        case COMPARE_NOT_EQUAL:
                return order != 0;
        case COMPARE_LESS:
                return order < 0;
        case COMPARE_GREATER:
                return order > 0;
        case COMPARE_NONE:
        case COMPARE_EQUAL:
        case COMPARE_OPERATOR_COUNT:
                break;
        }
        return order == 0;
}

static bool is_valid(char c) {
        return isalnum((unsigned char)c) || (c != '\0' && strchr("~-^.", c));
}

/* Separators that sort before everything else, in this order: the pre-release mark, then the end,
 * then the rest. */
static int compare_mark(const char **a, const char **b, char mark) {
        bool has_a = **a == mark, has_b = **b == mark;

        if (has_a && has_b) {
                (*a)++;
                (*b)++;
                return 0;
        }
        return has_a ? -1 : has_b ? 1 : 0;
}

static int compare_number(const char **a, const char **b) {
        while (**a == '0')
                (*a)++;
        while (**b == '0')
                (*b)++;
        size_t n_a = strspn(*a, "0123456789"), n_b = strspn(*b, "0123456789");
        int order = n_a != n_b ? (n_a < n_b ? -1 : 1) : strncmp(*a, *b, n_a);
        *a += n_a;
        *b += n_b;
        return order;
}

static size_t letters(const char *text) {
        size_t n = 0;
        while (isalpha((unsigned char)text[n]))
                n++;
        return n;
}

/* Letters one by one; capitals before small ones, the end before any letter. */
static int compare_letters(const char **a, const char **b) {
        size_t n_a = letters(*a), n_b = letters(*b);
        int order = strncmp(*a, *b, MIN(n_a, n_b));

        if (order == 0 && n_a != n_b)
                order = n_a < n_b ? -1 : 1;
        *a += n_a;
        *b += n_b;
        return order;
}

int version_compare(const char *a, const char *b) {
        for (;;) {
                int order;

                while (*a && !is_valid(*a))
                        a++;
                while (*b && !is_valid(*b))
                        b++;
                if ((order = compare_mark(&a, &b, '~')) != 0)
                        return order;
                if (*a == '\0' || *b == '\0')
                        return *a ? 1 : *b ? -1 : 0;
                if ((order = compare_mark(&a, &b, '-')) != 0 ||
                    (order = compare_mark(&a, &b, '^')) != 0 ||
                    (order = compare_mark(&a, &b, '.')) != 0)
                        return order;
                bool digits = isdigit((unsigned char)*a) || isdigit((unsigned char)*b);
                order = digits ? compare_number(&a, &b) : compare_letters(&a, &b);
                if (order != 0)
                        return order;
        }
}
