/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Rows about control groups. Sorted by name; numbers in the same order. */

/* clang-format off */
static const char *const device_policy_names[] = {
        "auto", "closed", "strict",
};
static const char *const managed_oom_names[] = {
        "auto", "kill",
};
static const char *const oom_preference_names[] = {
        "none", "avoid", "omit",
};

static const KindParameter device_policy_parameter = { .message = "Failed to parse device policy", .names = device_policy_names, .n_names = ARRAY_LENGTH(device_policy_names) };
static const KindParameter managed_oom_parameter = { .message = "Invalid syntax", .names = managed_oom_names, .n_names = ARRAY_LENGTH(managed_oom_names), .flags = NUMBER_EMPTY_RESETS };
static const KindParameter oom_preference_parameter = { .names = oom_preference_names, .n_names = ARRAY_LENGTH(oom_preference_names) };
static const KindParameter quota_period_parameter = { .message = "Failed to parse sec_def_infinity value", .flags = NUMBER_EMPTY_RESETS };

const DirectiveRow directives_resource[] = {
        { .id = DIRECTIVE_BLOCK_IO_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "BlockIOAccounting", .kind = &kind_boolean, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_CPU_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "CPUAccounting", .kind = &kind_boolean, .since = 220, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_CPU_QUOTA_PERIOD_SEC, .sections = SECTIONS_RESOURCE, .name = "CPUQuotaPeriodSec", .kind = &kind_time_span, .parameter = &quota_period_parameter, .default_number = UINT64_MAX, .since = 242, .support = SUPPORT_NONE, .note = "control group limits are not set yet", .bus_name = "CPUQuotaPeriodUSec" },
        { .id = DIRECTIVE_DEVICE_POLICY, .sections = SECTIONS_RESOURCE, .name = "DevicePolicy", .kind = &kind_enum, .parameter = &device_policy_parameter, .since = 212, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_IO_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "IOAccounting", .kind = &kind_boolean, .since = 243, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_IP_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "IPAccounting", .kind = &kind_boolean, .since = 235, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_IP_EGRESS_FILTER_PATH, .sections = SECTIONS_RESOURCE, .name = "IPEgressFilterPath", .kind = &kind_path_lines, .since = 243, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_IP_INGRESS_FILTER_PATH, .sections = SECTIONS_RESOURCE, .name = "IPIngressFilterPath", .kind = &kind_path_lines, .since = 243, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_MANAGED_OOM_MEMORY_PRESSURE, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMMemoryPressure", .kind = &kind_enum, .parameter = &managed_oom_parameter, .since = 247, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_MANAGED_OOM_PREFERENCE, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMPreference", .kind = &kind_enum, .parameter = &oom_preference_parameter, .since = 248, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_MANAGED_OOM_SWAP, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMSwap", .kind = &kind_enum, .parameter = &managed_oom_parameter, .since = 247, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_MEMORY_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "MemoryAccounting", .kind = &kind_boolean, .default_number = 1, .since = 238, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
        { .id = DIRECTIVE_SLICE, .sections = SECTIONS_RESOURCE, .name = "Slice", .kind = &kind_slice, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TASKS_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "TasksAccounting", .kind = &kind_boolean, .default_number = 1, .since = 227, .support = SUPPORT_NONE, .note = "control group limits are not set yet" },
};
const unsigned n_directives_resource = ARRAY_LENGTH(directives_resource);
/* clang-format on */
