/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"

/* Rows of [Mount], [Automount] and [Swap]. Sorted by name; numbers in the same order. */

/* clang-format off */
static const KindParameter idle_timeout_parameter = { .message = "Failed to parse time value", .flags = TIME_ZERO_IS_INFINITY };

const DirectiveRow directives_mount[] = {
        { .id = DIRECTIVE_EXTRA_OPTIONS, .sections = SECTION_AUTOMOUNT, .name = "ExtraOptions", .kind = &kind_text, .since = 250, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_FORCE_UNMOUNT, .sections = SECTION_MOUNT, .name = "ForceUnmount", .kind = &kind_boolean, .since = 232, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_LAZY_UNMOUNT, .sections = SECTION_MOUNT, .name = "LazyUnmount", .kind = &kind_boolean, .since = 232, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_OPTIONS, .sections = SECTION_MOUNT | SECTION_SWAP, .name = "Options", .kind = &kind_text, .since = 217, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_SWAP_PRIORITY, .sections = SECTION_SWAP, .name = "Priority", .kind = &kind_swap_priority, .default_number = (uint64_t)-1, .since = 232, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_READ_WRITE_ONLY, .sections = SECTION_MOUNT, .name = "ReadWriteOnly", .kind = &kind_boolean, .since = 246, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_SLOPPY_OPTIONS, .sections = SECTION_MOUNT, .name = "SloppyOptions", .kind = &kind_boolean, .since = 215, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_TIMEOUT_IDLE_SEC, .sections = SECTION_AUTOMOUNT, .name = "TimeoutIdleSec", .kind = &kind_time_span, .parameter = &idle_timeout_parameter, .default_number = UINT64_MAX, .since = 220, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted", .bus_name = "TimeoutIdleUSec" },
        { .id = DIRECTIVE_MOUNT_TYPE, .sections = SECTION_MOUNT, .name = "Type", .kind = &kind_text, .since = 183, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_WHAT, .sections = SECTION_MOUNT, .name = "What", .kind = &kind_text, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_WHAT, .sections = SECTION_SWAP, .name = "What", .kind = &kind_path_name, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
        { .id = DIRECTIVE_WHERE, .sections = SECTION_MOUNT | SECTION_AUTOMOUNT, .name = "Where", .kind = &kind_path_name, .support = SUPPORT_NONE, .note = "the kernel's mount table is watched, nothing is mounted" },
};
const unsigned n_directives_mount = ARRAY_LENGTH(directives_mount);
/* clang-format on */
