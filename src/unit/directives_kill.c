/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include <signal.h>

#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Rows about stopping. Sorted by name; numbers in the same order. */

/* clang-format off */
static const KindParameter kill_mode_parameter = { .message = "Failed to parse kill mode specification", .names = kill_mode_names, .n_names = KILL_MODE_COUNT, .flags = NUMBER_EMPTY_RESETS };

const DirectiveRow directives_kill[] = {
        { .id = DIRECTIVE_FINAL_KILL_SIGNAL, .sections = SECTIONS_KILL, .name = "FinalKillSignal", .kind = &kind_signal, .default_number = SIGKILL, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_KILL_MODE, .sections = SECTIONS_KILL, .name = "KillMode", .kind = &kind_kill_mode, .parameter = &kill_mode_parameter, .default_number = KILL_MODE_CONTROL_GROUP, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_KILL_SIGNAL, .sections = SECTIONS_KILL, .name = "KillSignal", .kind = &kind_signal, .default_number = SIGTERM, .since = 240, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTART_KILL_SIGNAL, .sections = SECTIONS_KILL, .name = "RestartKillSignal", .kind = &kind_signal, .since = 244, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SEND_SIGHUP, .sections = SECTIONS_KILL, .name = "SendSIGHUP", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SEND_SIGKILL, .sections = SECTIONS_KILL, .name = "SendSIGKILL", .kind = &kind_boolean, .default_number = 1, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_WATCHDOG_SIGNAL, .sections = SECTIONS_KILL, .name = "WatchdogSignal", .kind = &kind_signal, .default_number = SIGABRT, .since = 240, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_kill = ARRAY_LENGTH(directives_kill);
/* clang-format on */
