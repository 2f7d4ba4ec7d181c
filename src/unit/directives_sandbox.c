/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/directive_tables.h"

#include <sys/mount.h>

#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"

/* Rows about isolation. Sorted by name; numbers in the same order. */

/* clang-format off */
static const char *const protect_proc_names[] = {
        "default", "noaccess", "invisible", "ptraceable",
};
static const char *const proc_subset_names[] = {
        "all", "pid",
};
static const char *const protect_system_names[] = {
        "no", "yes", "full", "strict",
};
static const char *const protect_home_names[] = {
        "no", "yes", "read-only", "tmpfs",
};

static const KindParameter protect_proc_parameter = { .message = "Failed to parse /proc/ protection mode", .names = protect_proc_names, .n_names = ARRAY_LENGTH(protect_proc_names) };
static const KindParameter proc_subset_parameter = { .message = "Failed to parse /proc/ subset mode", .names = proc_subset_names, .n_names = ARRAY_LENGTH(proc_subset_names) };
static const KindParameter protect_system_parameter = { .message = "Failed to parse protect system value", .names = protect_system_names, .n_names = ARRAY_LENGTH(protect_system_names), .flags = ENUM_BOOLEAN };
static const KindParameter protect_home_parameter = { .message = "Failed to parse protect home value", .names = protect_home_names, .n_names = ARRAY_LENGTH(protect_home_names), .flags = ENUM_BOOLEAN };
static const KindParameter refused_path_parameter = { .flags = PATH_KIND_REFUSE };
static const KindParameter prefixed_paths_parameter = { .flags = PATHS_PREFIXED };
static const KindParameter optional_boolean_parameter = { .flags = NUMBER_EMPTY_RESETS };

const DirectiveRow directives_sandbox[] = {
        { .id = DIRECTIVE_APP_ARMOR_PROFILE, .sections = SECTIONS_EXEC, .name = "AppArmorProfile", .kind = &kind_label, .since = 210, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BIND_PATHS, .sections = SECTIONS_EXEC, .name = "BindPaths", .kind = &kind_bind_paths, .variant = 0, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_BIND_PATHS, .sections = SECTIONS_EXEC, .name = "BindReadOnlyPaths", .kind = &kind_bind_paths, .variant = 1, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXEC_PATHS, .sections = SECTIONS_EXEC, .name = "ExecPaths", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 248, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_EXTENSION_DIRECTORIES, .sections = SECTIONS_EXEC, .name = "ExtensionDirectories", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 251, .support = SUPPORT_REFUSED, .note = "no overlay of extensions is made" },
        { .id = DIRECTIVE_EXTENSION_IMAGES, .sections = SECTIONS_EXEC, .name = "ExtensionImages", .kind = &kind_extension_images, .variant = 0, .since = 248, .support = SUPPORT_REFUSED, .note = "disk images are not mounted" },
        { .id = DIRECTIVE_IPC_NAMESPACE_PATH, .sections = SECTIONS_EXEC, .name = "IPCNamespacePath", .kind = &kind_path_name, .since = 248, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_IMPORT_CREDENTIAL, .sections = SECTIONS_EXEC, .name = "ImportCredential", .kind = &kind_import_credential, .since = 254, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_INACCESSIBLE_PATHS, .sections = SECTIONS_EXEC, .name = "InaccessiblePaths", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 248, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOAD_CREDENTIAL, .sections = SECTIONS_EXEC, .name = "LoadCredential", .kind = &kind_load_credential, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_LOAD_CREDENTIAL_ENCRYPTED, .sections = SECTIONS_EXEC, .name = "LoadCredentialEncrypted", .kind = &kind_load_credential, .since = 250, .support = SUPPORT_REFUSED, .note = "credentials that systemd encrypted cannot be opened" },
        { .id = DIRECTIVE_LOCK_PERSONALITY, .sections = SECTIONS_EXEC, .name = "LockPersonality", .kind = &kind_boolean, .since = 235, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MEMORY_DENY_WRITE_EXECUTE, .sections = SECTIONS_EXEC, .name = "MemoryDenyWriteExecute", .kind = &kind_boolean, .since = 231, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MOUNT_APIVFS, .sections = SECTIONS_EXEC, .name = "MountAPIVFS", .kind = &kind_boolean, .parameter = &optional_boolean_parameter, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MOUNT_FLAGS, .sections = SECTIONS_EXEC, .name = "MountFlags", .kind = &kind_mount_flags, .since = 239, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_MOUNT_IMAGES, .sections = SECTIONS_EXEC, .name = "MountImages", .kind = &kind_images, .variant = 1, .since = 247, .support = SUPPORT_REFUSED, .note = "disk images are not mounted" },
        { .id = DIRECTIVE_NETWORK_NAMESPACE_PATH, .sections = SECTIONS_EXEC, .name = "NetworkNamespacePath", .kind = &kind_path_name, .since = 242, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_NO_EXEC_PATHS, .sections = SECTIONS_EXEC, .name = "NoExecPaths", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 248, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIVATE_DEVICES, .sections = SECTIONS_EXEC, .name = "PrivateDevices", .kind = &kind_boolean, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIVATE_IPC, .sections = SECTIONS_EXEC, .name = "PrivateIPC", .kind = &kind_boolean, .since = 248, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIVATE_MOUNTS, .sections = SECTIONS_EXEC, .name = "PrivateMounts", .kind = &kind_boolean, .since = 239, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIVATE_NETWORK, .sections = SECTIONS_EXEC, .name = "PrivateNetwork", .kind = &kind_boolean, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIVATE_TMP, .sections = SECTIONS_EXEC, .name = "PrivateTmp", .kind = &kind_boolean, .since = 183, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PRIVATE_USERS, .sections = SECTIONS_EXEC, .name = "PrivateUsers", .kind = &kind_boolean, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROC_SUBSET, .sections = SECTIONS_EXEC, .name = "ProcSubset", .kind = &kind_enum, .parameter = &proc_subset_parameter, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_CLOCK, .sections = SECTIONS_EXEC, .name = "ProtectClock", .kind = &kind_boolean, .since = 245, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_CONTROL_GROUPS, .sections = SECTIONS_EXEC, .name = "ProtectControlGroups", .kind = &kind_boolean, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_HOME, .sections = SECTIONS_EXEC, .name = "ProtectHome", .kind = &kind_enum, .parameter = &protect_home_parameter, .since = 214, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_HOSTNAME, .sections = SECTIONS_EXEC, .name = "ProtectHostname", .kind = &kind_boolean, .since = 242, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_KERNEL_LOGS, .sections = SECTIONS_EXEC, .name = "ProtectKernelLogs", .kind = &kind_boolean, .since = 244, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_KERNEL_MODULES, .sections = SECTIONS_EXEC, .name = "ProtectKernelModules", .kind = &kind_boolean, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_KERNEL_TUNABLES, .sections = SECTIONS_EXEC, .name = "ProtectKernelTunables", .kind = &kind_boolean, .since = 232, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_PROC, .sections = SECTIONS_EXEC, .name = "ProtectProc", .kind = &kind_enum, .parameter = &protect_proc_parameter, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_PROTECT_SYSTEM, .sections = SECTIONS_EXEC, .name = "ProtectSystem", .kind = &kind_enum, .parameter = &protect_system_parameter, .since = 214, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_READ_ONLY_PATHS, .sections = SECTIONS_EXEC, .name = "ReadOnlyPaths", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 231, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_READ_WRITE_PATHS, .sections = SECTIONS_EXEC, .name = "ReadWritePaths", .kind = &kind_paths, .parameter = &prefixed_paths_parameter, .since = 231, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTRICT_ADDRESS_FAMILIES, .sections = SECTIONS_EXEC, .name = "RestrictAddressFamilies", .kind = &kind_address_families, .since = 211, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTRICT_FILE_SYSTEMS, .sections = SECTIONS_EXEC, .name = "RestrictFileSystems", .kind = &kind_file_systems, .since = 250, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTRICT_NAMESPACES, .sections = SECTIONS_EXEC, .name = "RestrictNamespaces", .kind = &kind_namespaces, .default_number = UINT64_MAX, .since = 233, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTRICT_REALTIME, .sections = SECTIONS_EXEC, .name = "RestrictRealtime", .kind = &kind_boolean, .since = 231, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_RESTRICT_SUID_SGID, .sections = SECTIONS_EXEC, .name = "RestrictSUIDSGID", .kind = &kind_boolean, .since = 242, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ROOT_DIRECTORY, .sections = SECTIONS_EXEC, .name = "RootDirectory", .kind = &kind_path_name, .parameter = &refused_path_parameter, .since = 227, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_ROOT_HASH, .sections = SECTIONS_EXEC, .name = "RootHash", .kind = &kind_root_hash, .since = 246, .support = SUPPORT_REFUSED, .note = "images with checked blocks (dm-verity) cannot be opened" },
        { .id = DIRECTIVE_ROOT_HASH_SIGNATURE, .sections = SECTIONS_EXEC, .name = "RootHashSignature", .kind = &kind_root_hash_signature, .since = 246, .support = SUPPORT_REFUSED, .note = "images with checked blocks (dm-verity) cannot be opened" },
        { .id = DIRECTIVE_ROOT_IMAGE, .sections = SECTIONS_EXEC, .name = "RootImage", .kind = &kind_path_name, .parameter = &refused_path_parameter, .since = 233, .support = SUPPORT_REFUSED, .note = "disk images are not mounted" },
        { .id = DIRECTIVE_ROOT_IMAGE_OPTIONS, .sections = SECTIONS_EXEC, .name = "RootImageOptions", .kind = &kind_image_options, .since = 247, .support = SUPPORT_NONE, .note = "name spaces and mounts are not made yet" },
        { .id = DIRECTIVE_ROOT_VERITY, .sections = SECTIONS_EXEC, .name = "RootVerity", .kind = &kind_path_name, .parameter = &refused_path_parameter, .since = 246, .support = SUPPORT_REFUSED, .note = "images with checked blocks (dm-verity) cannot be opened" },
        { .id = DIRECTIVE_SE_LINUX_CONTEXT, .sections = SECTIONS_EXEC, .name = "SELinuxContext", .kind = &kind_label, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SET_CREDENTIAL, .sections = SECTIONS_EXEC, .name = "SetCredential", .kind = &kind_set_credential, .variant = 0, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SET_CREDENTIAL_ENCRYPTED, .sections = SECTIONS_EXEC, .name = "SetCredentialEncrypted", .kind = &kind_set_credential, .variant = 1, .since = 250, .support = SUPPORT_REFUSED, .note = "credentials that systemd encrypted cannot be opened" },
        { .id = DIRECTIVE_SMACK_PROCESS_LABEL, .sections = SECTIONS_EXEC, .name = "SmackProcessLabel", .kind = &kind_label, .since = 218, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSTEM_CALL_ARCHITECTURES, .sections = SECTIONS_EXEC, .name = "SystemCallArchitectures", .kind = &kind_architectures, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSTEM_CALL_ERROR_NUMBER, .sections = SECTIONS_EXEC, .name = "SystemCallErrorNumber", .kind = &kind_error_number, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSTEM_CALL_FILTER, .sections = SECTIONS_EXEC, .name = "SystemCallFilter", .kind = &kind_system_calls, .since = 209, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_SYSTEM_CALL_LOG, .sections = SECTIONS_EXEC, .name = "SystemCallLog", .kind = &kind_system_calls, .variant = 1, .since = 247, .support = SUPPORT_ENFORCED },
        { .id = DIRECTIVE_TEMPORARY_FILE_SYSTEM, .sections = SECTIONS_EXEC, .name = "TemporaryFileSystem", .kind = &kind_temporary_file_systems, .since = 238, .support = SUPPORT_ENFORCED },
};
const unsigned n_directives_sandbox = ARRAY_LENGTH(directives_sandbox);
/* clang-format on */
