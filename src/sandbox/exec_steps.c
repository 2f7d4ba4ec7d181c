/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_steps.h"

#include "base/macros.h"
#include "sandbox/exec_step_functions.h"
#include "sandbox/exit_code.h"

/* In order of application. Identity is found before anything lasting happens, as that may have to
 * be done over by the executor that knows name services. Bounding capabilities come before the
 * change of user, which takes the right to drop them; ambient ones after it, which would clear
 * them. Behind the filter of system calls only execve(2) is left. */
/* clang-format off */
static const ExecStep exec_steps[] = {
        { .name = "CGROUP",            .apply = step_join_groups,        .exit_code = EXEC_EXIT_CGROUP },
        { .name = "USER",              .apply = step_find_user,          .exit_code = EXEC_EXIT_USER,              .flags = STEP_ESSENTIAL },
        { .name = "GROUP",             .apply = step_find_groups,        .exit_code = EXEC_EXIT_GROUP,             .flags = STEP_ESSENTIAL },
        { .name = "PAM",               .apply = step_find_session,       .exit_code = EXEC_EXIT_PAM,               .flags = STEP_USER },
        { .name = "CGROUP",            .apply = step_delegate_group,     .exit_code = EXEC_EXIT_CGROUP },
        { .name = "PLAN",              .apply = step_report_unsupported, .exit_code = EXEC_EXIT_CONFIG },
        { .name = "SIGNAL_MASK",       .apply = step_reset_signals,      .exit_code = EXEC_EXIT_SIGNAL_MASK,       .flags = STEP_ESSENTIAL },
        { .name = "FDS",               .apply = step_mark_descriptors,   .exit_code = EXEC_EXIT_FDS,               .flags = STEP_ESSENTIAL },
        { .name = "SETSID",            .apply = step_new_session,        .exit_code = EXEC_EXIT_SETSID },
        { .name = "UMASK",             .apply = step_open_umask,         .exit_code = EXEC_EXIT_MEMORY },
        { .name = "STDIN",             .apply = step_plan_streams,       .exit_code = EXEC_EXIT_STDIN,             .flags = STEP_ESSENTIAL },
        { .name = "STDIN",             .apply = step_prepare_terminal,   .exit_code = EXEC_EXIT_STDIN },
        { .name = "STDIN",             .apply = step_input,              .exit_code = EXEC_EXIT_STDIN,             .flags = STEP_ESSENTIAL },
        { .name = "STDOUT",            .apply = step_output,             .exit_code = EXEC_EXIT_STDOUT,            .flags = STEP_ESSENTIAL },
        { .name = "STDERR",            .apply = step_error_output,       .exit_code = EXEC_EXIT_STDERR,            .flags = STEP_ESSENTIAL },
        { .name = "OOM_ADJUST",        .apply = step_oom_score,          .exit_code = EXEC_EXIT_OOM_ADJUST },
        { .name = "LIMITS",            .apply = step_coredump_filter,    .exit_code = EXEC_EXIT_LIMITS },
        { .name = "NICE",              .apply = step_nice,               .exit_code = EXEC_EXIT_NICE },
        { .name = "SETSCHEDULER",      .apply = step_cpu_policy,         .exit_code = EXEC_EXIT_SETSCHEDULER },
        { .name = "CPUAFFINITY",       .apply = step_cpu_affinity,       .exit_code = EXEC_EXIT_CPUAFFINITY },
        { .name = "NUMA_POLICY",       .apply = step_memory_policy,      .exit_code = EXEC_EXIT_NUMA_POLICY },
        { .name = "IOPRIO",            .apply = step_io_class,           .exit_code = EXEC_EXIT_IOPRIO },
        { .name = "TIMERSLACK",        .apply = step_timer_slack,        .exit_code = EXEC_EXIT_TIMERSLACK },
        { .name = "PERSONALITY",       .apply = step_personality,        .exit_code = EXEC_EXIT_PERSONALITY },
        { .name = "STDIN",             .apply = step_give_terminal,      .exit_code = EXEC_EXIT_STDIN },
        { .name = "STDIN",             .apply = step_login_record,       .exit_code = EXEC_EXIT_STDIN },
        { .name = "RUNTIME_DIRECTORY", .apply = step_runtime_directories, .exit_code = EXEC_EXIT_RUNTIME_DIRECTORY, .flags = STEP_ESSENTIAL },
        { .name = "STATE_DIRECTORY",   .apply = step_state_directories,  .exit_code = EXEC_EXIT_STATE_DIRECTORY,   .flags = STEP_ESSENTIAL },
        { .name = "CACHE_DIRECTORY",   .apply = step_cache_directories,  .exit_code = EXEC_EXIT_CACHE_DIRECTORY,   .flags = STEP_ESSENTIAL },
        { .name = "LOGS_DIRECTORY",    .apply = step_logs_directories,   .exit_code = EXEC_EXIT_LOGS_DIRECTORY,    .flags = STEP_ESSENTIAL },
        { .name = "CONFIGURATION_DIRECTORY", .apply = step_configuration_directories, .exit_code = EXEC_EXIT_CONFIGURATION_DIRECTORY, .flags = STEP_ESSENTIAL },
        { .name = "CREDENTIALS",       .apply = step_refuse_secrets,     .exit_code = EXEC_EXIT_CREDENTIALS,       .flags = STEP_ESSENTIAL },
        { .name = "CREDENTIALS",       .apply = step_credentials,        .exit_code = EXEC_EXIT_CREDENTIALS,       .flags = STEP_ESSENTIAL },
        { .name = "EXEC",              .apply = step_environment,        .exit_code = EXEC_EXIT_EXEC,              .flags = STEP_ESSENTIAL },
        { .name = "KEYRING",           .apply = step_keyring,            .exit_code = EXEC_EXIT_KEYRING },
        { .name = "LIMITS",            .apply = step_resource_limits,    .exit_code = EXEC_EXIT_LIMITS,            .flags = STEP_PRIVILEGE },
        { .name = "PAM",               .apply = step_open_session,       .exit_code = EXEC_EXIT_PAM,               .flags = STEP_USER | STEP_ESSENTIAL },
        { .name = "USER",              .apply = step_private_users_first, .exit_code = EXEC_EXIT_USER,             .flags = STEP_PRIVILEGE },
        { .name = "NETWORK",           .apply = step_network,            .exit_code = EXEC_EXIT_NETWORK },
        { .name = "NAMESPACE",         .apply = step_ipc,                .exit_code = EXEC_EXIT_NAMESPACE },
        { .name = "NAMESPACE",         .apply = step_refuse_images,      .exit_code = EXEC_EXIT_NAMESPACE,         .flags = STEP_ESSENTIAL },
        { .name = "NAMESPACE",         .apply = step_mounts,             .exit_code = EXEC_EXIT_NAMESPACE },
        { .name = "NAMESPACE",         .apply = step_host_name,          .exit_code = EXEC_EXIT_NAMESPACE,         .flags = STEP_PRIVILEGE },
        { .name = "GROUP",             .apply = step_set_groups,         .exit_code = EXEC_EXIT_GROUP,             .flags = STEP_USER },
        { .name = "USER",              .apply = step_private_users,      .exit_code = EXEC_EXIT_USER,              .flags = STEP_PRIVILEGE },
        { .name = "SMACK_PROCESS_LABEL", .apply = step_smack_label,      .exit_code = EXEC_EXIT_SMACK_PROCESS_LABEL, .flags = STEP_PRIVILEGE | STEP_ESSENTIAL },
        { .name = "CAPABILITIES",      .apply = step_limit_capabilities, .exit_code = EXEC_EXIT_CAPABILITIES,      .flags = STEP_PRIVILEGE },
        { .name = "CHROOT",            .apply = step_root_directory,     .exit_code = EXEC_EXIT_CHROOT,            .flags = STEP_ROOT | STEP_ESSENTIAL },
        { .name = "USER",              .apply = step_set_user,           .exit_code = EXEC_EXIT_USER,              .flags = STEP_USER | STEP_ESSENTIAL },
        { .name = "CAPABILITIES",      .apply = step_raise_capabilities, .exit_code = EXEC_EXIT_CAPABILITIES,      .flags = STEP_PRIVILEGE },
        { .name = "CHDIR",             .apply = step_working_directory,  .exit_code = EXEC_EXIT_CHDIR,             .flags = STEP_ESSENTIAL },
        { .name = "SELINUX_CONTEXT",   .apply = step_se_linux_context,   .exit_code = EXEC_EXIT_SELINUX_CONTEXT,   .flags = STEP_PRIVILEGE | STEP_ESSENTIAL },
        { .name = "APPARMOR",          .apply = step_app_armor_profile,  .exit_code = EXEC_EXIT_APPARMOR,          .flags = STEP_PRIVILEGE | STEP_ESSENTIAL },
        { .name = "SECUREBITS",        .apply = step_secure_bits,        .exit_code = EXEC_EXIT_SECUREBITS,        .flags = STEP_PRIVILEGE },
        { .name = "NO_NEW_PRIVILEGES", .apply = step_no_new_privileges,  .exit_code = EXEC_EXIT_NO_NEW_PRIVILEGES, .flags = STEP_PRIVILEGE | STEP_ESSENTIAL },
        { .name = "FDS",               .apply = step_pass_descriptors,   .exit_code = EXEC_EXIT_FDS,               .flags = STEP_ESSENTIAL },
        { .name = "EXEC",              .apply = step_find_program,       .exit_code = EXEC_EXIT_EXEC,              .flags = STEP_ESSENTIAL },
        { .name = "BPF",               .apply = step_file_systems,       .exit_code = EXEC_EXIT_BPF,               .flags = STEP_PRIVILEGE },
        { .name = "SECCOMP",           .apply = step_system_calls,       .exit_code = EXEC_EXIT_SECCOMP,           .flags = STEP_PRIVILEGE },
        { .name = "EXEC",              .apply = step_execute,            .exit_code = EXEC_EXIT_EXEC,              .flags = STEP_ESSENTIAL },
};
/* clang-format on */

const ExecStep *exec_step_at(unsigned i) {
        return i < ARRAY_LENGTH(exec_steps) ? &exec_steps[i] : NULL;
}

int exec_steps_run(ExecContext *context) {
        for (unsigned i = 0; i < ARRAY_LENGTH(exec_steps); i++) {
                int r;

                if (exec_steps[i].flags & context->skip)
                        continue;
                context->step = &exec_steps[i];
                r = context->step->apply(context);
                if (r == STEP_NEEDS_NAME_SERVICE)
                        return EXEC_NEEDS_NAME_SERVICE;
                if (r == STEP_LEAVE)
                        return 0;
                if (r < 0)
                        return context->step->exit_code;
        }
        return EXEC_EXIT_EXEC; /* the last step does not come back */
}
