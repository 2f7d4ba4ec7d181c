/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include <sched.h>

#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Rows about user, environment, streams, limits and scheduling. Sorted by name; numbers in the same
 * order. */

/* clang-format off */
static const char *const io_class_names[] = {
        "none", "realtime", "best-effort", "idle",
};
static const char *const cpu_policy_names[] = {
        [SCHED_OTHER] = "other", [SCHED_FIFO] = "fifo", [SCHED_RR] = "rr",
        [SCHED_BATCH] = "batch", [SCHED_IDLE] = "idle",
};
static const char *const keyring_mode_names[] = {
        "inherit", "private", "shared",
};
static const char *const utmp_mode_names[] = {
        "init", "login", "user",
};
static const char *const numa_policy_names[] = {
        [0] = "default", [1] = "preferred", [2] = "bind", [3] = "interleave", [4] = "local",
};
static const char *const facility_names[] = {
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron",
        "authpriv", "ftp", [16] = "local0", [17] = "local1", [18] = "local2", [19] = "local3",
        [20] = "local4", [21] = "local5", [22] = "local6", [23] = "local7",
};
static const char *const level_names[] = {
        "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
};
static const char *const personality_names[] = {
        "x86", "x86-64",
};

static const KindParameter io_class_parameter = { .message = "Failed to parse IO scheduling class", .names = io_class_names, .n_names = ARRAY_LENGTH(io_class_names), .flags = NUMBER_EMPTY_RESETS | ENUM_NUMBERS, .maximum = 7 };
static const KindParameter cpu_policy_parameter = { .message = "Failed to parse CPU scheduling policy", .names = cpu_policy_names, .n_names = ARRAY_LENGTH(cpu_policy_names), .flags = NUMBER_EMPTY_RESETS | ENUM_NUMBERS, .maximum = INT32_MAX };
static const KindParameter numa_policy_parameter = { .message = "Invalid NUMA policy type", .names = numa_policy_names, .n_names = ARRAY_LENGTH(numa_policy_names), .flags = NUMBER_EMPTY_RESETS };
static const KindParameter keyring_mode_parameter = { .message = "Failed to parse keyring mode", .names = keyring_mode_names, .n_names = ARRAY_LENGTH(keyring_mode_names) };
static const KindParameter utmp_mode_parameter = { .message = "Failed to parse utmp mode", .names = utmp_mode_names, .n_names = ARRAY_LENGTH(utmp_mode_names) };
static const KindParameter facility_parameter = { .message = "Failed to parse log facility", .names = facility_names, .n_names = ARRAY_LENGTH(facility_names), .flags = ENUM_NUMBERS, .maximum = 127 };
static const KindParameter level_parameter = { .message = "Failed to parse log level", .names = level_names, .n_names = ARRAY_LENGTH(level_names), .flags = ENUM_NUMBERS, .maximum = 7 };
static const KindParameter personality_parameter = { .message = "Failed to parse personality", .names = personality_names, .n_names = ARRAY_LENGTH(personality_names), .flags = NUMBER_EMPTY_RESETS };
static const KindParameter preserve_parameter = { .message = "Failed to parse runtime directory preserve mode", .names = preserve_mode_names, .n_names = PRESERVE_MODE_COUNT, .flags = ENUM_BOOLEAN };
static const KindParameter refused_boolean_parameter = { .flags = NUMBER_REFUSE };
static const KindParameter resettable_number_parameter = { .flags = NUMBER_EMPTY_RESETS };
static const KindParameter warn_nobody_parameter = { .flags = USER_WARN_NOBODY };
static const KindParameter names_or_assignments_parameter = { .flags = NAMES_OR_ASSIGNMENTS };
static const KindParameter search_path_parameter = { .flags = PATHS_COLONS | PATHS_STOP };
static const KindParameter no_links_parameter = { .flags = DIRECTORIES_NO_LINKS };

const DirectiveRow directives_exec[] = {
        { .id = DIRECTIVE_AMBIENT_CAPABILITIES, .sections = SECTIONS_EXEC, .name = "AmbientCapabilities", .kind = &kind_capabilities, .since = 229, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_AFFINITY, .sections = SECTIONS_EXEC, .name = "CPUAffinity", .kind = &kind_cpu_set, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_SCHEDULING_POLICY, .sections = SECTIONS_EXEC, .name = "CPUSchedulingPolicy", .kind = &kind_enum_number, .parameter = &cpu_policy_parameter, .default_number = SCHED_OTHER, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_SCHEDULING_PRIORITY, .sections = SECTIONS_EXEC, .name = "CPUSchedulingPriority", .kind = &kind_cpu_priority, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CPU_SCHEDULING_RESET_ON_FORK, .sections = SECTIONS_EXEC, .name = "CPUSchedulingResetOnFork", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CACHE_DIRECTORY, .sections = SECTIONS_EXEC, .name = "CacheDirectory", .kind = &kind_directories, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CACHE_DIRECTORY_MODE, .sections = SECTIONS_EXEC, .name = "CacheDirectoryMode", .kind = &kind_mode, .default_number = 0755, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CAPABILITY_BOUNDING_SET, .sections = SECTIONS_EXEC, .name = "CapabilityBoundingSet", .kind = &kind_capabilities, .default_number = KIND_ALL_CAPABILITIES, .since = 183, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CONFIGURATION_DIRECTORY, .sections = SECTIONS_EXEC, .name = "ConfigurationDirectory", .kind = &kind_directories, .parameter = &no_links_parameter, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_CONFIGURATION_DIRECTORY_MODE, .sections = SECTIONS_EXEC, .name = "ConfigurationDirectoryMode", .kind = &kind_mode, .default_number = 0755, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_COREDUMP_FILTER, .sections = SECTIONS_EXEC, .name = "CoredumpFilter", .kind = &kind_coredump_filter, .default_number = 0x33, .since = 246, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_DYNAMIC_USER, .sections = SECTIONS_EXEC, .name = "DynamicUser", .kind = &kind_boolean, .parameter = &refused_boolean_parameter, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ENVIRONMENT, .sections = SECTIONS_EXEC, .name = "Environment", .kind = &kind_environment, .since = 198, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ENVIRONMENT_FILE, .sections = SECTIONS_EXEC, .name = "EnvironmentFile", .kind = &kind_environment_files, .since = 197, .support = SUPPORT_ENFORCED, .bus_name = "EnvironmentFiles" },
        { .id = DIRECTIVE_EXEC_SEARCH_PATH, .sections = SECTIONS_EXEC, .name = "ExecSearchPath", .kind = &kind_paths, .parameter = &search_path_parameter, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_GROUP, .sections = SECTIONS_EXEC, .name = "Group", .kind = &kind_user, .since = 211, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_SCHEDULING_CLASS, .sections = SECTIONS_EXEC, .name = "IOSchedulingClass", .kind = &kind_enum_number, .parameter = &io_class_parameter, .default_number = 2, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IO_SCHEDULING_PRIORITY, .sections = SECTIONS_EXEC, .name = "IOSchedulingPriority", .kind = &kind_io_priority, .default_number = 4, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IGNORE_SIGPIPE, .sections = SECTIONS_EXEC, .name = "IgnoreSIGPIPE", .kind = &kind_boolean, .default_number = 1, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_KEYRING_MODE, .sections = SECTIONS_EXEC, .name = "KeyringMode", .kind = &kind_enum, .parameter = &keyring_mode_parameter, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_AS, .sections = SECTIONS_EXEC, .name = "LimitAS", .kind = &kind_limit, .variant = LIMIT_BYTES, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_CORE, .sections = SECTIONS_EXEC, .name = "LimitCORE", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_CPU, .sections = SECTIONS_EXEC, .name = "LimitCPU", .kind = &kind_limit, .variant = LIMIT_SECONDS, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_DATA, .sections = SECTIONS_EXEC, .name = "LimitDATA", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_FSIZE, .sections = SECTIONS_EXEC, .name = "LimitFSIZE", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_LOCKS, .sections = SECTIONS_EXEC, .name = "LimitLOCKS", .kind = &kind_limit, .variant = LIMIT_COUNT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_MEMLOCK, .sections = SECTIONS_EXEC, .name = "LimitMEMLOCK", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_MSGQUEUE, .sections = SECTIONS_EXEC, .name = "LimitMSGQUEUE", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_NICE, .sections = SECTIONS_EXEC, .name = "LimitNICE", .kind = &kind_limit, .variant = LIMIT_NICE, .since = 230, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_NOFILE, .sections = SECTIONS_EXEC, .name = "LimitNOFILE", .kind = &kind_limit, .variant = LIMIT_COUNT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_NPROC, .sections = SECTIONS_EXEC, .name = "LimitNPROC", .kind = &kind_limit, .variant = LIMIT_COUNT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_RSS, .sections = SECTIONS_EXEC, .name = "LimitRSS", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_RTPRIO, .sections = SECTIONS_EXEC, .name = "LimitRTPRIO", .kind = &kind_limit, .variant = LIMIT_COUNT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_RTTIME, .sections = SECTIONS_EXEC, .name = "LimitRTTIME", .kind = &kind_limit, .variant = LIMIT_USEC, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_SIGPENDING, .sections = SECTIONS_EXEC, .name = "LimitSIGPENDING", .kind = &kind_limit, .variant = LIMIT_COUNT, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LIMIT_STACK, .sections = SECTIONS_EXEC, .name = "LimitSTACK", .kind = &kind_limit, .variant = LIMIT_BYTES, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOG_EXTRA_FIELDS, .sections = SECTIONS_EXEC, .name = "LogExtraFields", .kind = &kind_log_fields, .since = 236, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOG_LEVEL_MAX, .sections = SECTIONS_EXEC, .name = "LogLevelMax", .kind = &kind_enum_number, .parameter = &level_parameter, .default_number = (uint64_t)-1, .since = 236, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOG_NAMESPACE, .sections = SECTIONS_EXEC, .name = "LogNamespace", .kind = &kind_log_namespace, .since = 245, .support = SUPPORT_EMULATED },
        { .id = DIRECTIVE_LOG_RATE_LIMIT_BURST, .sections = SECTIONS_EXEC, .name = "LogRateLimitBurst", .kind = &kind_unsigned, .since = 240, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOG_RATE_LIMIT_INTERVAL_SEC, .sections = SECTIONS_EXEC, .name = "LogRateLimitIntervalSec", .kind = &kind_time_span, .since = 240, .support = SUPPORT_ENFORCED, .bus_name = "LogRateLimitIntervalUSec" },
        { .id = DIRECTIVE_LOGS_DIRECTORY, .sections = SECTIONS_EXEC, .name = "LogsDirectory", .kind = &kind_directories, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOGS_DIRECTORY_MODE, .sections = SECTIONS_EXEC, .name = "LogsDirectoryMode", .kind = &kind_mode, .default_number = 0755, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NUMA_MASK, .sections = SECTIONS_EXEC, .name = "NUMAMask", .kind = &kind_numa_mask, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NUMA_POLICY, .sections = SECTIONS_EXEC, .name = "NUMAPolicy", .kind = &kind_enum_number, .parameter = &numa_policy_parameter, .default_number = (uint64_t)-1, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NICE, .sections = SECTIONS_EXEC, .name = "Nice", .kind = &kind_nice, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NO_NEW_PRIVILEGES, .sections = SECTIONS_EXEC, .name = "NoNewPrivileges", .kind = &kind_boolean, .since = 227, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_OOM_SCORE_ADJUST, .sections = SECTIONS_EXEC, .name = "OOMScoreAdjust", .kind = &kind_oom_score, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PAM_NAME, .sections = SECTIONS_EXEC, .name = "PAMName", .kind = &kind_text, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PASS_ENVIRONMENT, .sections = SECTIONS_EXEC, .name = "PassEnvironment", .kind = &kind_variable_names, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PERSONALITY, .sections = SECTIONS_EXEC, .name = "Personality", .kind = &kind_enum, .parameter = &personality_parameter, .default_number = (uint64_t)-1, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_REMOVE_IPC, .sections = SECTIONS_EXEC, .name = "RemoveIPC", .kind = &kind_boolean, .since = 212, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RUNTIME_DIRECTORY, .sections = SECTIONS_EXEC, .name = "RuntimeDirectory", .kind = &kind_directories, .since = 211, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RUNTIME_DIRECTORY_MODE, .sections = SECTIONS_EXEC, .name = "RuntimeDirectoryMode", .kind = &kind_mode, .default_number = 0755, .since = 211, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RUNTIME_DIRECTORY_PRESERVE, .sections = SECTIONS_EXEC, .name = "RuntimeDirectoryPreserve", .kind = &kind_enum, .parameter = &preserve_parameter, .default_number = PRESERVE_NO, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SECURE_BITS, .sections = SECTIONS_EXEC, .name = "SecureBits", .kind = &kind_secure_bits, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STANDARD_ERROR, .sections = SECTIONS_EXEC, .name = "StandardError", .kind = &kind_stream, .variant = STREAM_ERROR, .default_text = "inherit", .since = 236, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STANDARD_INPUT, .sections = SECTIONS_EXEC, .name = "StandardInput", .kind = &kind_stream, .variant = STREAM_INPUT, .default_text = "null", .since = 236, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STANDARD_INPUT_DATA, .sections = SECTIONS_EXEC, .name = "StandardInputData", .kind = &kind_stream_data, .variant = 0, .since = 236, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STANDARD_INPUT_DATA, .sections = SECTIONS_EXEC, .name = "StandardInputText", .kind = &kind_stream_data, .variant = 1, .since = 236, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_STANDARD_OUTPUT, .sections = SECTIONS_EXEC, .name = "StandardOutput", .kind = &kind_stream, .variant = STREAM_OUTPUT, .default_text = "journal", .since = 236, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STATE_DIRECTORY, .sections = SECTIONS_EXEC, .name = "StateDirectory", .kind = &kind_directories, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_STATE_DIRECTORY_MODE, .sections = SECTIONS_EXEC, .name = "StateDirectoryMode", .kind = &kind_mode, .default_number = 0755, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SUPPLEMENTARY_GROUPS, .sections = SECTIONS_EXEC, .name = "SupplementaryGroups", .kind = &kind_groups, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSLOG_FACILITY, .sections = SECTIONS_EXEC, .name = "SyslogFacility", .kind = &kind_enum_number, .parameter = &facility_parameter, .default_number = 3, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSLOG_IDENTIFIER, .sections = SECTIONS_EXEC, .name = "SyslogIdentifier", .kind = &kind_text, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSLOG_LEVEL, .sections = SECTIONS_EXEC, .name = "SyslogLevel", .kind = &kind_enum_number, .parameter = &level_parameter, .default_number = 6, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSLOG_LEVEL_PREFIX, .sections = SECTIONS_EXEC, .name = "SyslogLevelPrefix", .kind = &kind_boolean, .default_number = 1, .since = 228, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TTY_COLUMNS, .sections = SECTIONS_EXEC, .name = "TTYColumns", .kind = &kind_terminal_size, .parameter = &resettable_number_parameter, .default_number = UINT32_MAX, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TTY_PATH, .sections = SECTIONS_EXEC, .name = "TTYPath", .kind = &kind_path_name, .default_text = "/dev/console", .since = 227, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TTY_RESET, .sections = SECTIONS_EXEC, .name = "TTYReset", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TTY_ROWS, .sections = SECTIONS_EXEC, .name = "TTYRows", .kind = &kind_terminal_size, .parameter = &resettable_number_parameter, .default_number = UINT32_MAX, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TTY_VHANGUP, .sections = SECTIONS_EXEC, .name = "TTYVHangup", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TTY_VT_DISALLOCATE, .sections = SECTIONS_EXEC, .name = "TTYVTDisallocate", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TIMEOUT_CLEAN_SEC, .sections = SECTIONS_EXEC, .name = "TimeoutCleanSec", .kind = &kind_time_span, .default_number = UINT64_MAX, .support = SUPPORT_ENFORCED, .bus_name = "TimeoutCleanUSec" },
        { .id = DIRECTIVE_TIMER_SLACK_N_SEC, .sections = SECTIONS_EXEC, .name = "TimerSlackNSec", .kind = &kind_nanoseconds, .default_number = 50000, .since = 185, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_UMASK, .sections = SECTIONS_EXEC, .name = "UMask", .kind = &kind_mode, .default_number = 0022, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_UNSET_ENVIRONMENT, .sections = SECTIONS_EXEC, .name = "UnsetEnvironment", .kind = &kind_variable_names, .parameter = &names_or_assignments_parameter, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_USER, .sections = SECTIONS_EXEC, .name = "User", .kind = &kind_user, .parameter = &warn_nobody_parameter, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_UTMP_IDENTIFIER, .sections = SECTIONS_EXEC, .name = "UtmpIdentifier", .kind = &kind_text, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_UTMP_MODE, .sections = SECTIONS_EXEC, .name = "UtmpMode", .kind = &kind_enum, .parameter = &utmp_mode_parameter, .since = 225, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_WORKING_DIRECTORY, .sections = SECTIONS_EXEC, .name = "WorkingDirectory", .kind = &kind_working_directory, .since = 227, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_exec = ARRAY_LENGTH(directives_exec);
/* clang-format on */
