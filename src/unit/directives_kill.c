/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include <signal.h>

#include "base/macros.h"
#include "unit/kinds.h"

/* Rows about stopping. Sorted by name; numbers in the same order. */

/* clang-format off */
const DirectiveRow directives_kill[] = {
        { .id = DIRECTIVE_SEND_SIGHUP, .sections = SECTIONS_KILL, .name = "SendSIGHUP", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SEND_SIGKILL, .sections = SECTIONS_KILL, .name = "SendSIGKILL", .kind = &kind_boolean, .default_number = 1, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_kill = ARRAY_LENGTH(directives_kill);
/* clang-format on */
