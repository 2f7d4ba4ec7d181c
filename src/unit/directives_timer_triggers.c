/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"

/* What makes a timer elapse: one list. Sorted by name; numbers in the same order. */

/* clang-format off */
const DirectiveRow directives_timer_triggers[] = {
        { .id = DIRECTIVE_TIMERS, .sections = SECTION_TIMER, .name = "OnActiveSec", .kind = &kind_timers, .variant = TIMER_ON_ACTIVE, .support = SUPPORT_ENFORCED, .bus_name = "TimersMonotonic" },
        { .id = DIRECTIVE_TIMERS, .sections = SECTION_TIMER, .name = "OnBootSec", .kind = &kind_timers, .variant = TIMER_ON_BOOT, .support = SUPPORT_ENFORCED, .bus_name = "TimersMonotonic" },
        { .id = DIRECTIVE_TIMERS, .sections = SECTION_TIMER, .name = "OnCalendar", .kind = &kind_calendars, .variant = TIMER_ON_CALENDAR, .since = 209, .support = SUPPORT_ENFORCED, .bus_name = "TimersCalendar" },
        { .id = DIRECTIVE_TIMERS, .sections = SECTION_TIMER, .name = "OnStartupSec", .kind = &kind_timers, .variant = TIMER_ON_STARTUP, .support = SUPPORT_ENFORCED, .bus_name = "TimersMonotonic" },
        { .id = DIRECTIVE_TIMERS, .sections = SECTION_TIMER, .name = "OnUnitActiveSec", .kind = &kind_timers, .variant = TIMER_ON_UNIT_ACTIVE, .support = SUPPORT_ENFORCED, .bus_name = "TimersMonotonic" },
        { .id = DIRECTIVE_TIMERS, .sections = SECTION_TIMER, .name = "OnUnitInactiveSec", .kind = &kind_timers, .variant = TIMER_ON_UNIT_INACTIVE, .support = SUPPORT_ENFORCED, .bus_name = "TimersMonotonic" },
};
const unsigned n_directives_timer_triggers = ARRAY_LENGTH(directives_timer_triggers);
/* clang-format on */
