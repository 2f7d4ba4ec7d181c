/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Old names and places that still work: rows that store where the present setting does. Sorted by
 * name; numbers in the same order. */

/* clang-format off */
static const KindParameter requires_obsolete_parameter = { .message = "Requires=" };
static const KindParameter requisite_obsolete_parameter = { .message = "Requisite=" };
static const KindParameter emergency_action_parameter = { .names = emergency_action_names, .n_names = EMERGENCY_ACTION_COUNT };
static const KindParameter timeout_parameter = { .message = "parameter", .flags = TIME_NAMES_KEY | TIME_ZERO_IS_INFINITY };
static const KindParameter prefixed_paths_parameter = { .flags = PATHS_PREFIXED };

const DirectiveRow directives_old[] = {
        { .id = DIRECTIVE_BINDS_TO, .sections = SECTION_UNIT, .name = "BindTo", .kind = &kind_units, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_FAILURE_ACTION, .sections = SECTION_SERVICE, .name = "FailureAction", .kind = &kind_enum, .parameter = &emergency_action_parameter, .since = 213, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_INACCESSIBLE_PATHS, .sections = SECTIONS_EXEC, .name = "InaccessibleDirectories", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 199, .support = SUPPORT_NONE, .note = "name spaces and mounts are not made yet", .bus_name = "" },
        { .id = DIRECTIVE_ON_FAILURE_JOB_MODE, .sections = SECTION_UNIT, .name = "OnFailureIsolate", .kind = &kind_isolate_mode, .variant = JOB_MODE_ISOLATE, .default_number = JOB_MODE_REPLACE, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_RELOAD_PROPAGATED_FROM, .sections = SECTION_UNIT, .name = "PropagateReloadFrom", .kind = &kind_units, .since = 38, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PROPAGATES_RELOAD_TO, .sections = SECTION_UNIT, .name = "PropagateReloadTo", .kind = &kind_units, .since = 38, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_READ_ONLY_PATHS, .sections = SECTIONS_EXEC, .name = "ReadOnlyDirectories", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 199, .support = SUPPORT_NONE, .note = "name spaces and mounts are not made yet", .bus_name = "" },
        { .id = DIRECTIVE_READ_WRITE_PATHS, .sections = SECTIONS_EXEC, .name = "ReadWriteDirectories", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 199, .support = SUPPORT_NONE, .note = "name spaces and mounts are not made yet", .bus_name = "" },
        { .id = DIRECTIVE_REBOOT_ARGUMENT, .sections = SECTION_SERVICE, .name = "RebootArgument", .kind = &kind_text, .since = 213, .support = SUPPORT_NONE, .note = "tend does not reboot the machine", .bus_name = "" },
        { .id = DIRECTIVE_REQUIRES, .sections = SECTION_UNIT, .name = "RequiresOverridable", .kind = &kind_units, .parameter = &requires_obsolete_parameter, .since = 228, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_REQUISITE, .sections = SECTION_UNIT, .name = "RequisiteOverridable", .kind = &kind_units, .parameter = &requisite_obsolete_parameter, .since = 228, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_START_LIMIT_ACTION, .sections = SECTION_SERVICE, .name = "StartLimitAction", .kind = &kind_enum, .parameter = &emergency_action_parameter, .since = 213, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_START_LIMIT_BURST, .sections = SECTION_SERVICE, .name = "StartLimitBurst", .kind = &kind_unsigned, .since = 229, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_START_LIMIT_INTERVAL_SEC, .sections = SECTION_UNIT | SECTION_SERVICE, .name = "StartLimitInterval", .kind = &kind_time_span, .since = 229, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_TIMEOUT_START_SEC, .sections = SECTION_SERVICE, .name = "TimeoutSec", .kind = &kind_time_span, .parameter = &timeout_parameter, .also = DIRECTIVE_TIMEOUT_STOP_SEC, .since = 188, .support = SUPPORT_ENFORCED, .bus_name = "" },
};
const unsigned n_directives_old = ARRAY_LENGTH(directives_old);
/* clang-format on */
