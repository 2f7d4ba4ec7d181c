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
static const KindParameter cpu_weight_parameter = { .message = "Invalid CPU weight", .flags = WEIGHT_IDLE, .minimum = 1, .maximum = 10000 };
static const KindParameter io_weight_parameter = { .message = "Invalid weight", .minimum = 1, .maximum = 10000 };
static const KindParameter cpu_shares_parameter = { .message = "Invalid CPU shares", .flags = WEIGHT_OLD_CPU, .minimum = 2, .maximum = 262144 };
static const KindParameter block_weight_parameter = { .message = "Invalid block IO weight", .minimum = 10, .maximum = 1000 };
static const KindParameter memory_positive_parameter = { .minimum = 1 };
static const KindParameter memory_old_parameter = { .flags = MEMORY_OLD, .minimum = 1 };

const DirectiveRow directives_resource[] = {
        { .id = DIRECTIVE_ALLOWED_CPUS, .sections = SECTIONS_RESOURCE, .name = "AllowedCPUs", .kind = &kind_cpu_set, .since = 244, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ALLOWED_MEMORY_NODES, .sections = SECTIONS_RESOURCE, .name = "AllowedMemoryNodes", .kind = &kind_cpu_set, .since = 244, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BPF_PROGRAM, .sections = SECTIONS_RESOURCE, .name = "BPFProgram", .kind = &kind_bpf_programs, .since = 249, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BLOCK_IO_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "BlockIOAccounting", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BLOCK_IO_DEVICE_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "BlockIODeviceWeight", .kind = &kind_device_limits, .variant = DEVICE_OLD_WEIGHT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BLOCK_IO_READ_BANDWIDTH, .sections = SECTIONS_RESOURCE, .name = "BlockIOReadBandwidth", .kind = &kind_device_limits, .variant = DEVICE_OLD_BANDWIDTH, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BLOCK_IO_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "BlockIOWeight", .kind = &kind_weight, .parameter = &block_weight_parameter, .default_number = UINT64_MAX, .since = 211, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BLOCK_IO_WRITE_BANDWIDTH, .sections = SECTIONS_RESOURCE, .name = "BlockIOWriteBandwidth", .kind = &kind_device_limits, .variant = DEVICE_OLD_BANDWIDTH, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "CPUAccounting", .kind = &kind_boolean, .since = 220, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_QUOTA, .sections = SECTIONS_RESOURCE, .name = "CPUQuota", .kind = &kind_cpu_quota, .default_number = UINT64_MAX, .since = 213, .support = SUPPORT_ENFORCED, .bus_name = "CPUQuotaPerSecUSec" },
        { .id = DIRECTIVE_CPU_QUOTA_PERIOD_SEC, .sections = SECTIONS_RESOURCE, .name = "CPUQuotaPeriodSec", .kind = &kind_time_span, .parameter = &quota_period_parameter, .default_number = UINT64_MAX, .since = 242, .support = SUPPORT_ENFORCED, .bus_name = "CPUQuotaPeriodUSec" },
        { .id = DIRECTIVE_CPU_SHARES, .sections = SECTIONS_RESOURCE, .name = "CPUShares", .kind = &kind_weight, .parameter = &cpu_shares_parameter, .default_number = UINT64_MAX, .since = 213, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "CPUWeight", .kind = &kind_weight, .parameter = &cpu_weight_parameter, .default_number = UINT64_MAX, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DEFAULT_MEMORY_LOW, .sections = SECTIONS_RESOURCE, .name = "DefaultMemoryLow", .kind = &kind_memory, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DEFAULT_MEMORY_MIN, .sections = SECTIONS_RESOURCE, .name = "DefaultMemoryMin", .kind = &kind_memory, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DELEGATE, .sections = SECTIONS_RESOURCE, .name = "Delegate", .kind = &kind_delegate, .since = 236, .support = SUPPORT_WEAKENED, .note = "controllers of version 1 are not handed down" },
        { .id = DIRECTIVE_DEVICE_ALLOW, .sections = SECTIONS_RESOURCE, .name = "DeviceAllow", .kind = &kind_device_allow, .since = 210, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DEVICE_POLICY, .sections = SECTIONS_RESOURCE, .name = "DevicePolicy", .kind = &kind_enum, .parameter = &device_policy_parameter, .since = 212, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DISABLE_CONTROLLERS, .sections = SECTIONS_RESOURCE, .name = "DisableControllers", .kind = &kind_controllers, .since = 240, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "IOAccounting", .kind = &kind_boolean, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_DEVICE_LATENCY_TARGET_SEC, .sections = SECTIONS_RESOURCE, .name = "IODeviceLatencyTargetSec", .kind = &kind_device_limits, .variant = DEVICE_LATENCY, .since = 240, .support = SUPPORT_ENFORCED, .bus_name = "IODeviceLatencyTargetUSec" },
        { .id = DIRECTIVE_IO_DEVICE_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "IODeviceWeight", .kind = &kind_device_limits, .variant = DEVICE_WEIGHT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_READ_BANDWIDTH_MAX, .sections = SECTIONS_RESOURCE, .name = "IOReadBandwidthMax", .kind = &kind_device_limits, .variant = DEVICE_BANDWIDTH, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_READ_IOPS_MAX, .sections = SECTIONS_RESOURCE, .name = "IOReadIOPSMax", .kind = &kind_device_limits, .variant = DEVICE_OPERATIONS, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "IOWeight", .kind = &kind_weight, .parameter = &io_weight_parameter, .default_number = UINT64_MAX, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_WRITE_BANDWIDTH_MAX, .sections = SECTIONS_RESOURCE, .name = "IOWriteBandwidthMax", .kind = &kind_device_limits, .variant = DEVICE_BANDWIDTH, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_WRITE_IOPS_MAX, .sections = SECTIONS_RESOURCE, .name = "IOWriteIOPSMax", .kind = &kind_device_limits, .variant = DEVICE_OPERATIONS, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "IPAccounting", .kind = &kind_boolean, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_ADDRESS_ALLOW, .sections = SECTIONS_RESOURCE, .name = "IPAddressAllow", .kind = &kind_ip_prefixes, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_ADDRESS_DENY, .sections = SECTIONS_RESOURCE, .name = "IPAddressDeny", .kind = &kind_ip_prefixes, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_EGRESS_FILTER_PATH, .sections = SECTIONS_RESOURCE, .name = "IPEgressFilterPath", .kind = &kind_path_lines, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IP_INGRESS_FILTER_PATH, .sections = SECTIONS_RESOURCE, .name = "IPIngressFilterPath", .kind = &kind_path_lines, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MANAGED_OOM_MEMORY_PRESSURE, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMMemoryPressure", .kind = &kind_enum, .parameter = &managed_oom_parameter, .since = 247, .support = SUPPORT_NONE, .note = "read and shown; there is no systemd-oomd to act on it" },
        { .id = DIRECTIVE_MANAGED_OOM_MEMORY_PRESSURE_LIMIT, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMMemoryPressureLimit", .kind = &kind_pressure_limit, .support = SUPPORT_NONE, .note = "read and shown; there is no systemd-oomd to act on it" },
        { .id = DIRECTIVE_MANAGED_OOM_PREFERENCE, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMPreference", .kind = &kind_enum, .parameter = &oom_preference_parameter, .since = 248, .support = SUPPORT_NONE, .note = "read and shown; there is no systemd-oomd to act on it" },
        { .id = DIRECTIVE_MANAGED_OOM_SWAP, .sections = SECTIONS_RESOURCE, .name = "ManagedOOMSwap", .kind = &kind_enum, .parameter = &managed_oom_parameter, .since = 247, .support = SUPPORT_NONE, .note = "read and shown; there is no systemd-oomd to act on it" },
        { .id = DIRECTIVE_MEMORY_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "MemoryAccounting", .kind = &kind_boolean, .default_number = 1, .since = 238, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_HIGH, .sections = SECTIONS_RESOURCE, .name = "MemoryHigh", .kind = &kind_memory, .parameter = &memory_positive_parameter, .default_number = UINT64_MAX, .since = 249, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_LIMIT, .sections = SECTIONS_RESOURCE, .name = "MemoryLimit", .kind = &kind_memory, .parameter = &memory_old_parameter, .default_number = UINT64_MAX, .since = 231, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_LOW, .sections = SECTIONS_RESOURCE, .name = "MemoryLow", .kind = &kind_memory, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_MAX, .sections = SECTIONS_RESOURCE, .name = "MemoryMax", .kind = &kind_memory, .parameter = &memory_positive_parameter, .default_number = UINT64_MAX, .since = 249, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_MIN, .sections = SECTIONS_RESOURCE, .name = "MemoryMin", .kind = &kind_memory, .since = 240, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_SWAP_MAX, .sections = SECTIONS_RESOURCE, .name = "MemorySwapMax", .kind = &kind_memory, .default_number = UINT64_MAX, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTRICT_NETWORK_INTERFACES, .sections = SECTIONS_RESOURCE, .name = "RestrictNetworkInterfaces", .kind = &kind_interfaces, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SLICE, .sections = SECTIONS_RESOURCE, .name = "Slice", .kind = &kind_slice, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SOCKET_BIND_ALLOW, .sections = SECTIONS_RESOURCE, .name = "SocketBindAllow", .kind = &kind_socket_bind, .since = 249, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SOCKET_BIND_DENY, .sections = SECTIONS_RESOURCE, .name = "SocketBindDeny", .kind = &kind_socket_bind, .since = 249, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STARTUP_ALLOWED_CPUS, .sections = SECTIONS_RESOURCE, .name = "StartupAllowedCPUs", .kind = &kind_cpu_set, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STARTUP_ALLOWED_MEMORY_NODES, .sections = SECTIONS_RESOURCE, .name = "StartupAllowedMemoryNodes", .kind = &kind_cpu_set, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STARTUP_BLOCK_IO_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "StartupBlockIOWeight", .kind = &kind_weight, .parameter = &block_weight_parameter, .default_number = UINT64_MAX, .since = 213, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STARTUP_CPU_SHARES, .sections = SECTIONS_RESOURCE, .name = "StartupCPUShares", .kind = &kind_weight, .parameter = &cpu_shares_parameter, .default_number = UINT64_MAX, .since = 213, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STARTUP_CPU_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "StartupCPUWeight", .kind = &kind_weight, .parameter = &cpu_weight_parameter, .default_number = UINT64_MAX, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STARTUP_IO_WEIGHT, .sections = SECTIONS_RESOURCE, .name = "StartupIOWeight", .kind = &kind_weight, .parameter = &io_weight_parameter, .default_number = UINT64_MAX, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TASKS_ACCOUNTING, .sections = SECTIONS_RESOURCE, .name = "TasksAccounting", .kind = &kind_boolean, .default_number = 1, .since = 227, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TASKS_MAX, .sections = SECTIONS_RESOURCE, .name = "TasksMax", .kind = &kind_tasks, .default_number = UINT64_MAX, .since = 227, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_resource = ARRAY_LENGTH(directives_resource);
/* clang-format on */
