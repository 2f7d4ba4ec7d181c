/* SPDX-License-Identifier: Apache-2.0 */
#include "host/terminal_release.h"

#include <stddef.h>

#include "base/str.h"
#include "base/terminal.h"
#include "unit/unit_spec.h"

#define TERMINAL_USUAL "/dev/console"

void terminal_release(const Unit *unit) {
        static const DirectiveId ids[TERMINAL_CARE_COUNT] = {
                [TERMINAL_HANG_UP] = DIRECTIVE_TTY_VHANGUP,
                [TERMINAL_RESET] = DIRECTIVE_TTY_RESET,
                [TERMINAL_DISALLOCATE] = DIRECTIVE_TTY_VT_DISALLOCATE,
        };
        const UnitSpec *spec = unit->spec;

        if (!spec)
                return;
        const char *path = unit_spec_text(spec, DIRECTIVE_TTY_PATH) ?: TERMINAL_USUAL;
        for (TerminalCare care = 0; care < TERMINAL_CARE_COUNT; care++)
                if (unit_spec_bool(spec, ids[care]))
                        (void)terminal_care(path, care, false); /* it may be gone */
        const char *input = unit_spec_text(spec, DIRECTIVE_STANDARD_INPUT);
        if (input && str_has_prefix(str_of(input), "tty"))
                (void)terminal_take_back(path); /* likewise */
}
