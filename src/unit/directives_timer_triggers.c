/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"

/* What makes a timer elapse: one list. Sorted by name; numbers in the same order. */

/* clang-format off */
const DirectiveRow directives_timer_triggers[] = {
};
const unsigned n_directives_timer_triggers = ARRAY_LENGTH(directives_timer_triggers);
/* clang-format on */
