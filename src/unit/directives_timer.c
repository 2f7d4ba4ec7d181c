/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/duration.h"
#include "base/macros.h"
#include "unit/kinds.h"

/* Rows of [Timer] and [Path] other than what triggers. Sorted by name; numbers in the same order.
 */

/* clang-format off */
const DirectiveRow directives_timer[] = {
        { .id = DIRECTIVE_ACCURACY_SEC, .sections = SECTION_TIMER, .name = "AccuracySec", .kind = &kind_time_span, .default_number = USEC_PER_MINUTE, .since = 209, .support = SUPPORT_ENFORCED, .bus_name = "AccuracyUSec" },
        { .id = DIRECTIVE_FIXED_RANDOM_DELAY, .sections = SECTION_TIMER, .name = "FixedRandomDelay", .kind = &kind_boolean, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MAKE_DIRECTORY, .sections = SECTION_PATH, .name = "MakeDirectory", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ON_CLOCK_CHANGE, .sections = SECTION_TIMER, .name = "OnClockChange", .kind = &kind_boolean, .since = 242, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ON_TIMEZONE_CHANGE, .sections = SECTION_TIMER, .name = "OnTimezoneChange", .kind = &kind_boolean, .since = 242, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PERSISTENT, .sections = SECTION_TIMER, .name = "Persistent", .kind = &kind_boolean, .since = 212, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RANDOMIZED_DELAY_SEC, .sections = SECTION_TIMER, .name = "RandomizedDelaySec", .kind = &kind_time_span, .since = 229, .support = SUPPORT_ENFORCED, .bus_name = "RandomizedDelayUSec" },
        { .id = DIRECTIVE_REMAIN_AFTER_ELAPSE, .sections = SECTION_TIMER, .name = "RemainAfterElapse", .kind = &kind_boolean, .default_number = 1, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_UNIT, .sections = SECTION_TIMER | SECTION_PATH, .name = "Unit", .kind = &kind_triggered_unit, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_WAKE_SYSTEM, .sections = SECTION_TIMER, .name = "WakeSystem", .kind = &kind_boolean, .since = 212, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_timer = ARRAY_LENGTH(directives_timer);
/* clang-format on */
