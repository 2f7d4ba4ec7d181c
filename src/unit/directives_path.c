/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"

/* What makes a path unit trigger: one list. Sorted by name; numbers in the same order. */

/* clang-format off */
const DirectiveRow directives_path[] = {
};
const unsigned n_directives_path = ARRAY_LENGTH(directives_path);
/* clang-format on */
