/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_enums.h"

/* clang-format off */
const char *const service_type_names[SERVICE_TYPE_COUNT] = {
        [SERVICE_TYPE_SIMPLE]        = "simple",
        [SERVICE_TYPE_EXEC]          = "exec",
        [SERVICE_TYPE_FORKING]       = "forking",
        [SERVICE_TYPE_ONESHOT]       = "oneshot",
        [SERVICE_TYPE_DBUS]          = "dbus",
        [SERVICE_TYPE_NOTIFY]        = "notify",
        [SERVICE_TYPE_NOTIFY_RELOAD] = "notify-reload",
        [SERVICE_TYPE_IDLE]          = "idle",
};

const char *const service_restart_names[SERVICE_RESTART_COUNT] = {
        [RESTART_NO]          = "no",
        [RESTART_ON_SUCCESS]  = "on-success",
        [RESTART_ON_FAILURE]  = "on-failure",
        [RESTART_ON_ABNORMAL] = "on-abnormal",
        [RESTART_ON_WATCHDOG] = "on-watchdog",
        [RESTART_ON_ABORT]    = "on-abort",
        [RESTART_ALWAYS]      = "always",
};

const char *const restart_mode_names[RESTART_MODE_COUNT] = {
        [RESTART_MODE_NORMAL] = "normal",
        [RESTART_MODE_DIRECT] = "direct",
};

const char *const service_exit_type_names[SERVICE_EXIT_TYPE_COUNT] = {
        [EXIT_TYPE_MAIN]   = "main",
        [EXIT_TYPE_CGROUP] = "cgroup",
};

const char *const kill_mode_names[KILL_MODE_COUNT] = {
        [KILL_MODE_CONTROL_GROUP] = "control-group",
        [KILL_MODE_PROCESS]       = "process",
        [KILL_MODE_MIXED]         = "mixed",
        [KILL_MODE_NONE]          = "none",
};

const char *const notify_access_names[NOTIFY_ACCESS_COUNT] = {
        [NOTIFY_ACCESS_NONE] = "none",
        [NOTIFY_ACCESS_ALL]  = "all",
        [NOTIFY_ACCESS_EXEC] = "exec",
        [NOTIFY_ACCESS_MAIN] = "main",
};

const char *const oom_policy_names[OOM_POLICY_COUNT] = {
        [OOM_POLICY_CONTINUE] = "continue",
        [OOM_POLICY_STOP]     = "stop",
        [OOM_POLICY_KILL]     = "kill",
};

const char *const timeout_failure_names[TIMEOUT_FAILURE_COUNT] = {
        [TIMEOUT_FAILURE_TERMINATE] = "terminate",
        [TIMEOUT_FAILURE_ABORT]     = "abort",
        [TIMEOUT_FAILURE_KILL]      = "kill",
};

const char *const emergency_action_names[EMERGENCY_ACTION_COUNT] = {
        [EMERGENCY_NONE]               = "none",
        [EMERGENCY_REBOOT]             = "reboot",
        [EMERGENCY_REBOOT_FORCE]       = "reboot-force",
        [EMERGENCY_REBOOT_IMMEDIATE]   = "reboot-immediate",
        [EMERGENCY_POWEROFF]           = "poweroff",
        [EMERGENCY_POWEROFF_FORCE]     = "poweroff-force",
        [EMERGENCY_POWEROFF_IMMEDIATE] = "poweroff-immediate",
        [EMERGENCY_EXIT]               = "exit",
        [EMERGENCY_EXIT_FORCE]         = "exit-force",
};

const char *const job_mode_names[JOB_MODE_COUNT] = {
        [JOB_MODE_FAIL]                 = "fail",
        [JOB_MODE_REPLACE]              = "replace",
        [JOB_MODE_REPLACE_IRREVERSIBLY] = "replace-irreversibly",
        [JOB_MODE_ISOLATE]              = "isolate",
        [JOB_MODE_FLUSH]                = "flush",
        [JOB_MODE_IGNORE_DEPENDENCIES]  = "ignore-dependencies",
        [JOB_MODE_IGNORE_REQUIREMENTS]  = "ignore-requirements",
        [JOB_MODE_TRIGGERING]           = "triggering",
};

const char *const collect_mode_names[COLLECT_MODE_COUNT] = {
        [COLLECT_INACTIVE]           = "inactive",
        [COLLECT_INACTIVE_OR_FAILED] = "inactive-or-failed",
};

const char *const preserve_mode_names[PRESERVE_MODE_COUNT] = {
        [PRESERVE_NO]      = "no",
        [PRESERVE_YES]     = "yes",
        [PRESERVE_RESTART] = "restart",
};
/* clang-format on */
