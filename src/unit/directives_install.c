/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include "base/macros.h"
#include "unit/kinds.h"

/* Rows of [Install], [X-Tend] and the executor's plan. Sorted by name; numbers in the same order.
 */

/* clang-format off */
const DirectiveRow directives_install[] = {
        { .id = DIRECTIVE_ALIAS, .sections = SECTION_INSTALL, .name = "Alias", .kind = &kind_install_names, .support = SUPPORT_INFORMATION, .bus_name = "" },
        { .id = DIRECTIVE_ALSO, .sections = SECTION_INSTALL, .name = "Also", .kind = &kind_install_names, .since = 218, .support = SUPPORT_INFORMATION, .bus_name = "" },
        { .id = DIRECTIVE_DEFAULT_INSTANCE, .sections = SECTION_INSTALL, .name = "DefaultInstance", .kind = &kind_plain_text, .since = 215, .support = SUPPORT_INFORMATION, .bus_name = "" },
        { .id = DIRECTIVE_REQUIRED_BY, .sections = SECTION_INSTALL, .name = "RequiredBy", .kind = &kind_install_names, .since = 249, .support = SUPPORT_INFORMATION, .bus_name = "" },
        { .id = DIRECTIVE_WANTED_BY, .sections = SECTION_INSTALL, .name = "WantedBy", .kind = &kind_install_names, .since = 249, .support = SUPPORT_INFORMATION, .bus_name = "" },
};
const unsigned n_directives_install = ARRAY_LENGTH(directives_install);

const DirectiveRow directives_x_tend[] = {
        { .id = DIRECTIVE_CREDENTIAL_ENVIRONMENT, .sections = SECTION_X_TEND, .name = "CredentialEnvironment", .kind = &kind_environment, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_ENFORCE, .sections = SECTION_X_TEND, .name = "Enforce", .kind = &kind_enforce, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_LOG_MAX_USE, .sections = SECTION_X_TEND, .name = "LogMaxUse", .kind = &kind_size, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_LOG_RETENTION_SEC, .sections = SECTION_X_TEND, .name = "LogRetentionSec", .kind = &kind_time_span, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_ON_MISSED, .sections = SECTION_X_TEND, .name = "OnMissed", .kind = &kind_triggered_unit, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_RESTART_RESET_SEC, .sections = SECTION_X_TEND, .name = "RestartResetSec", .kind = &kind_time_span, .default_number = UINT64_MAX, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_RETRY_DEPENDENTS, .sections = SECTION_X_TEND, .name = "RetryDependents", .kind = &kind_boolean, .support = SUPPORT_ENFORCED, .bus_name = "" },
};
const unsigned n_directives_x_tend = ARRAY_LENGTH(directives_x_tend);

const DirectiveRow directives_plan[] = {
        { .id = DIRECTIVE_PLAN_CACHE_ROOT, .sections = SECTION_PLAN, .name = "CacheRoot", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_CONFIGURATION_ROOT, .sections = SECTION_PLAN, .name = "ConfigurationRoot", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_CONTROL_GROUP, .sections = SECTION_PLAN, .name = "ControlGroup", .kind = &kind_path_lines, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_CREDENTIAL_ENVIRONMENT, .sections = SECTION_PLAN, .name = "CredentialEnvironment", .kind = &kind_environment, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_DYNAMIC_UID, .sections = SECTION_PLAN, .name = "DynamicUid", .kind = &kind_unsigned, .default_number = UINT32_MAX, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_ENFORCE, .sections = SECTION_PLAN, .name = "Enforce", .kind = &kind_enforce, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_INACCESSIBLE, .sections = SECTION_PLAN, .name = "InaccessibleNode", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_IPC, .sections = SECTION_PLAN, .name = "IpcNameSpace", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_LOG_FILE, .sections = SECTION_PLAN, .name = "LogFile", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_LOG_SOCKET, .sections = SECTION_PLAN, .name = "LogSocket", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_LOGS_ROOT, .sections = SECTION_PLAN, .name = "LogsRoot", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_NETWORK, .sections = SECTION_PLAN, .name = "NetworkNameSpace", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_POLICY, .sections = SECTION_PLAN, .name = "Policy", .kind = &kind_plain_text, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_PRIVATE_TMP, .sections = SECTION_PLAN, .name = "PrivateTmpDirectory", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_PRIVATE_VAR_TMP, .sections = SECTION_PLAN, .name = "PrivateVarTmpDirectory", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_RECEIVED_CREDENTIALS, .sections = SECTION_PLAN, .name = "ReceivedCredentials", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_RUNTIME_ROOT, .sections = SECTION_PLAN, .name = "RuntimeRoot", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_SCOPE, .sections = SECTION_PLAN, .name = "Scope", .kind = &kind_plain_text, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_STATE_ROOT, .sections = SECTION_PLAN, .name = "StateRoot", .kind = &kind_path_name, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_SYSTEM_CALL_PROGRAM, .sections = SECTION_PLAN, .name = "SystemCallProgram", .kind = &kind_plain_text, .support = SUPPORT_ENFORCED, .bus_name = "" },
        { .id = DIRECTIVE_PLAN_UNIT, .sections = SECTION_PLAN, .name = "Unit", .kind = &kind_plain_text, .support = SUPPORT_ENFORCED, .bus_name = "" },
};
const unsigned n_directives_plan = ARRAY_LENGTH(directives_plan);
/* clang-format on */
