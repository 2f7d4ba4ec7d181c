/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Enumerations that settings take, with systemd's names. Each has a table of names used by its row.
 */

typedef enum ServiceType {
        SERVICE_TYPE_SIMPLE,
        SERVICE_TYPE_EXEC,
        SERVICE_TYPE_FORKING,
        SERVICE_TYPE_ONESHOT,
        SERVICE_TYPE_DBUS,
        SERVICE_TYPE_NOTIFY,
        SERVICE_TYPE_NOTIFY_RELOAD,
        SERVICE_TYPE_IDLE,
        SERVICE_TYPE_COUNT
} ServiceType;

typedef enum ServiceRestart {
        RESTART_NO,
        RESTART_ON_SUCCESS,
        RESTART_ON_FAILURE,
        RESTART_ON_ABNORMAL,
        RESTART_ON_WATCHDOG,
        RESTART_ON_ABORT,
        RESTART_ALWAYS,
        SERVICE_RESTART_COUNT
} ServiceRestart;

typedef enum RestartMode {
        RESTART_MODE_NORMAL,
        RESTART_MODE_DIRECT,
        RESTART_MODE_COUNT
} RestartMode;

typedef enum ServiceExitType {
        EXIT_TYPE_MAIN,
        EXIT_TYPE_CGROUP,
        SERVICE_EXIT_TYPE_COUNT
} ServiceExitType;

typedef enum KillMode {
        KILL_MODE_CONTROL_GROUP,
        KILL_MODE_PROCESS,
        KILL_MODE_MIXED,
        KILL_MODE_NONE,
        KILL_MODE_COUNT
} KillMode;

typedef enum NotifyAccess {
        NOTIFY_ACCESS_NONE,
        NOTIFY_ACCESS_ALL,
        NOTIFY_ACCESS_EXEC,
        NOTIFY_ACCESS_MAIN,
        NOTIFY_ACCESS_COUNT
} NotifyAccess;

typedef enum OomPolicy {
        OOM_POLICY_CONTINUE,
        OOM_POLICY_STOP,
        OOM_POLICY_KILL,
        OOM_POLICY_COUNT
} OomPolicy;

typedef enum TimeoutFailureMode {
        TIMEOUT_FAILURE_TERMINATE,
        TIMEOUT_FAILURE_ABORT,
        TIMEOUT_FAILURE_KILL,
        TIMEOUT_FAILURE_COUNT
} TimeoutFailureMode;

typedef enum EmergencyAction {
        EMERGENCY_NONE,
        EMERGENCY_REBOOT,
        EMERGENCY_REBOOT_FORCE,
        EMERGENCY_REBOOT_IMMEDIATE,
        EMERGENCY_POWEROFF,
        EMERGENCY_POWEROFF_FORCE,
        EMERGENCY_POWEROFF_IMMEDIATE,
        EMERGENCY_EXIT,
        EMERGENCY_EXIT_FORCE,
        EMERGENCY_ACTION_COUNT
} EmergencyAction;

typedef enum JobMode {
        JOB_MODE_FAIL,
        JOB_MODE_REPLACE,
        JOB_MODE_REPLACE_IRREVERSIBLY,
        JOB_MODE_ISOLATE,
        JOB_MODE_FLUSH,
        JOB_MODE_IGNORE_DEPENDENCIES,
        JOB_MODE_IGNORE_REQUIREMENTS,
        JOB_MODE_TRIGGERING,
        JOB_MODE_COUNT
} JobMode;

typedef enum CollectMode {
        COLLECT_INACTIVE,
        COLLECT_INACTIVE_OR_FAILED,
        COLLECT_MODE_COUNT
} CollectMode;

typedef enum PreserveMode {
        PRESERVE_NO,
        PRESERVE_YES,
        PRESERVE_RESTART,
        PRESERVE_MODE_COUNT
} PreserveMode;

/* Name arrays, indexed by the enums, of length *_COUNT. */
extern const char *const service_type_names[SERVICE_TYPE_COUNT];
extern const char *const service_restart_names[SERVICE_RESTART_COUNT];
extern const char *const restart_mode_names[RESTART_MODE_COUNT];
extern const char *const service_exit_type_names[SERVICE_EXIT_TYPE_COUNT];
extern const char *const kill_mode_names[KILL_MODE_COUNT];
extern const char *const notify_access_names[NOTIFY_ACCESS_COUNT];
extern const char *const oom_policy_names[OOM_POLICY_COUNT];
extern const char *const timeout_failure_names[TIMEOUT_FAILURE_COUNT];
extern const char *const emergency_action_names[EMERGENCY_ACTION_COUNT];
extern const char *const job_mode_names[JOB_MODE_COUNT];
extern const char *const collect_mode_names[COLLECT_MODE_COUNT];
extern const char *const preserve_mode_names[PRESERVE_MODE_COUNT];
