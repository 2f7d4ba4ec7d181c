/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include <signal.h>

#include "base/duration.h"
#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Rows of [Service] about its life. Sorted by name; numbers in the same order. */

/* clang-format off */
static const KindParameter service_type_parameter = { .message = "Failed to parse service type", .names = service_type_names, .n_names = SERVICE_TYPE_COUNT };
static const KindParameter exit_type_parameter = { .message = "Failed to parse service exit type", .names = service_exit_type_names, .n_names = SERVICE_EXIT_TYPE_COUNT };
static const KindParameter restart_parameter = { .message = "Failed to parse service restart specifier", .names = service_restart_names, .n_names = SERVICE_RESTART_COUNT };
static const KindParameter restart_mode_parameter = { .message = "Failed to parse service restart mode", .names = restart_mode_names, .n_names = RESTART_MODE_COUNT };
static const KindParameter notify_access_parameter = { .message = "Failed to parse notify access specifier", .names = notify_access_names, .n_names = NOTIFY_ACCESS_COUNT };
static const KindParameter oom_policy_parameter = { .message = "Failed to parse OOM policy", .names = oom_policy_names, .n_names = OOM_POLICY_COUNT };
static const KindParameter timeout_failure_parameter = { .message = "Failed to parse timeout failure mode", .names = timeout_failure_names, .n_names = TIMEOUT_FAILURE_COUNT };
static const KindParameter timeout_start_parameter = { .message = "parameter", .flags = TIME_NAMES_KEY | TIME_ZERO_IS_INFINITY };
static const KindParameter timeout_stop_parameter = { .message = "Failed to parse time value", .flags = TIME_ZERO_IS_INFINITY };
static const KindParameter timeout_abort_parameter = { .message = "setting", .flags = TIME_NAMES_KEY | NUMBER_EMPTY_RESETS };

const DirectiveRow directives_service[] = {
        { .id = DIRECTIVE_BUS_NAME, .sections = SECTION_SERVICE, .name = "BusName", .kind = &kind_bus_name, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_CONDITION, .sections = SECTION_SERVICE, .name = "ExecCondition", .kind = &kind_commands, .since = 243, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_RELOAD, .sections = SECTION_SERVICE, .name = "ExecReload", .kind = &kind_commands, .since = 195, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_START, .sections = SECTION_SERVICE, .name = "ExecStart", .kind = &kind_commands, .since = 38, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_START_POST, .sections = SECTION_SERVICE | SECTION_SOCKET, .name = "ExecStartPost", .kind = &kind_commands, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_START_PRE, .sections = SECTION_SERVICE | SECTION_SOCKET, .name = "ExecStartPre", .kind = &kind_commands, .since = 199, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_STOP, .sections = SECTION_SERVICE, .name = "ExecStop", .kind = &kind_commands, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_STOP_POST, .sections = SECTION_SERVICE | SECTION_SOCKET, .name = "ExecStopPost", .kind = &kind_commands, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXIT_TYPE, .sections = SECTION_SERVICE, .name = "ExitType", .kind = &kind_enum, .parameter = &exit_type_parameter, .default_number = EXIT_TYPE_MAIN, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_FILE_DESCRIPTOR_STORE_MAX, .sections = SECTION_SERVICE, .name = "FileDescriptorStoreMax", .kind = &kind_unsigned, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_GUESS_MAIN_PID, .sections = SECTION_SERVICE, .name = "GuessMainPID", .kind = &kind_boolean, .default_number = 1, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NON_BLOCKING, .sections = SECTION_SERVICE, .name = "NonBlocking", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NOTIFY_ACCESS, .sections = SECTION_SERVICE, .name = "NotifyAccess", .kind = &kind_enum, .parameter = &notify_access_parameter, .default_number = NOTIFY_ACCESS_NONE, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_OOM_POLICY, .sections = SECTION_SERVICE | SECTION_SCOPE, .name = "OOMPolicy", .kind = &kind_enum, .parameter = &oom_policy_parameter, .default_number = OOM_POLICY_STOP, .since = 251, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PID_FILE, .sections = SECTION_SERVICE, .name = "PIDFile", .kind = &kind_pid_file, .since = 242, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PERMISSIONS_START_ONLY, .sections = SECTION_SERVICE, .name = "PermissionsStartOnly", .kind = &kind_boolean, .since = 231, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_RELOAD_SIGNAL, .sections = SECTION_SERVICE, .name = "ReloadSignal", .kind = &kind_signal, .default_number = SIGHUP, .since = 253, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_REMAIN_AFTER_EXIT, .sections = SECTION_SERVICE, .name = "RemainAfterExit", .kind = &kind_boolean, .since = 245, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTART, .sections = SECTION_SERVICE, .name = "Restart", .kind = &kind_enum, .parameter = &restart_parameter, .default_number = RESTART_NO, .since = 207, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTART_FORCE_EXIT_STATUS, .sections = SECTION_SERVICE, .name = "RestartForceExitStatus", .kind = &kind_exit_set, .since = 215, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTART_MAX_DELAY_SEC, .sections = SECTION_SERVICE, .name = "RestartMaxDelaySec", .kind = &kind_time_span, .default_number = UINT64_MAX, .since = 254, .support = SUPPORT_ENFORCED, .bus_name = "RestartMaxDelayUSec" },
        { .id = DIRECTIVE_RESTART_MODE, .sections = SECTION_SERVICE, .name = "RestartMode", .kind = &kind_enum, .parameter = &restart_mode_parameter, .default_number = RESTART_MODE_NORMAL, .since = 254, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTART_PREVENT_EXIT_STATUS, .sections = SECTION_SERVICE, .name = "RestartPreventExitStatus", .kind = &kind_exit_set, .since = 189, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTART_SEC, .sections = SECTION_SERVICE, .name = "RestartSec", .kind = &kind_time_span, .default_number = 100 * USEC_PER_MSEC, .support = SUPPORT_ENFORCED, .bus_name = "RestartUSec" },
        { .id = DIRECTIVE_RESTART_STEPS, .sections = SECTION_SERVICE, .name = "RestartSteps", .kind = &kind_unsigned, .since = 254, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ROOT_DIRECTORY_START_ONLY, .sections = SECTION_SERVICE, .name = "RootDirectoryStartOnly", .kind = &kind_boolean, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RUNTIME_MAX_SEC, .sections = SECTION_SERVICE | SECTION_SCOPE, .name = "RuntimeMaxSec", .kind = &kind_time_span, .default_number = UINT64_MAX, .since = 229, .support = SUPPORT_ENFORCED, .bus_name = "RuntimeMaxUSec" },
        { .id = DIRECTIVE_RUNTIME_RANDOMIZED_EXTRA_SEC, .sections = SECTION_SERVICE | SECTION_SCOPE, .name = "RuntimeRandomizedExtraSec", .kind = &kind_time_span, .since = 250, .support = SUPPORT_ENFORCED, .bus_name = "RuntimeRandomizedExtraUSec" },
        { .id = DIRECTIVE_SOCKETS, .sections = SECTION_SERVICE, .name = "Sockets", .kind = &kind_sockets, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_SUCCESS_EXIT_STATUS, .sections = SECTION_SERVICE, .name = "SuccessExitStatus", .kind = &kind_exit_set, .since = 189, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TIMEOUT_ABORT_SEC, .sections = SECTION_SERVICE, .name = "TimeoutAbortSec", .kind = &kind_time_span, .parameter = &timeout_abort_parameter, .default_number = 90 * USEC_PER_SEC, .since = 243, .support = SUPPORT_ENFORCED, .bus_name = "TimeoutAbortUSec" },
        { .id = DIRECTIVE_TIMEOUT_START_FAILURE_MODE, .sections = SECTION_SERVICE, .name = "TimeoutStartFailureMode", .kind = &kind_enum, .parameter = &timeout_failure_parameter, .default_number = TIMEOUT_FAILURE_TERMINATE, .since = 246, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TIMEOUT_START_SEC, .sections = SECTION_SERVICE, .name = "TimeoutStartSec", .kind = &kind_time_span, .parameter = &timeout_start_parameter, .default_number = 90 * USEC_PER_SEC, .since = 188, .support = SUPPORT_ENFORCED, .bus_name = "TimeoutStartUSec" },
        { .id = DIRECTIVE_TIMEOUT_STOP_FAILURE_MODE, .sections = SECTION_SERVICE, .name = "TimeoutStopFailureMode", .kind = &kind_enum, .parameter = &timeout_failure_parameter, .default_number = TIMEOUT_FAILURE_TERMINATE, .since = 246, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TIMEOUT_STOP_SEC, .sections = SECTION_SERVICE | SECTION_SCOPE, .name = "TimeoutStopSec", .kind = &kind_time_span, .parameter = &timeout_stop_parameter, .default_number = 90 * USEC_PER_SEC, .since = 188, .support = SUPPORT_ENFORCED, .bus_name = "TimeoutStopUSec" },
        { .id = DIRECTIVE_TYPE, .sections = SECTION_SERVICE, .name = "Type", .kind = &kind_enum, .parameter = &service_type_parameter, .default_number = SERVICE_TYPE_SIMPLE, .since = 183, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_USB_FUNCTION_DESCRIPTORS, .sections = SECTION_SERVICE, .name = "USBFunctionDescriptors", .kind = &kind_path_name, .support = SUPPORT_NONE, .note = "USB gadgets are not supported" },
        { .id = DIRECTIVE_USB_FUNCTION_STRINGS, .sections = SECTION_SERVICE, .name = "USBFunctionStrings", .kind = &kind_path_name, .support = SUPPORT_NONE, .note = "USB gadgets are not supported" },
        { .id = DIRECTIVE_WATCHDOG_SEC, .sections = SECTION_SERVICE, .name = "WatchdogSec", .kind = &kind_time_span, .since = 207, .support = SUPPORT_ENFORCED, .bus_name = "WatchdogUSec" },
};
const unsigned n_directives_service = ARRAY_LENGTH(directives_service);
/* clang-format on */
