/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The functions behind the table of exec_steps.c, by the file they are in. Each applies one group
 * of settings of the plan to this process (ExecStepFunction). */

#include "sandbox/exec_steps.h"

/* step_process.c: the process as such */
ExecStepFunction step_join_groups;
ExecStepFunction step_delegate_group;
ExecStepFunction step_reset_signals;
ExecStepFunction step_mark_descriptors;
ExecStepFunction step_new_session;
ExecStepFunction step_open_umask;
ExecStepFunction step_oom_score;
ExecStepFunction step_coredump_filter;
ExecStepFunction step_timer_slack;
ExecStepFunction step_personality;
ExecStepFunction step_resource_limits;
ExecStepFunction step_report_unsupported;

/* step_scheduling.c */
ExecStepFunction step_nice;
ExecStepFunction step_cpu_policy;
ExecStepFunction step_cpu_affinity;
ExecStepFunction step_memory_policy;
ExecStepFunction step_io_class;

/* step_streams.c */
ExecStepFunction step_plan_streams;
ExecStepFunction step_prepare_terminal;
ExecStepFunction step_input;
ExecStepFunction step_output;
ExecStepFunction step_error_output;
ExecStepFunction step_give_terminal;

/* step_namespace.c */
ExecStepFunction step_private_users_first;
ExecStepFunction step_private_users;
ExecStepFunction step_network;
ExecStepFunction step_ipc;
ExecStepFunction step_host_name;

/* step_refused.c: what is not done and cannot be left out */
ExecStepFunction step_refuse_images;
ExecStepFunction step_refuse_secrets;

/* step_mounts.c */
ExecStepFunction step_mounts;

/* step_directories.c */
ExecStepFunction step_runtime_directories;
ExecStepFunction step_state_directories;
ExecStepFunction step_cache_directories;
ExecStepFunction step_logs_directories;
ExecStepFunction step_configuration_directories;

/* step_file_systems.c */
ExecStepFunction step_file_systems;

/* step_file_systems.c */
ExecStepFunction step_file_systems;

/* step_keyring.c */
ExecStepFunction step_keyring;

/* step_credentials.c */
ExecStepFunction step_credentials;

/* step_privilege.c: who the process is and what it may */
ExecStepFunction step_find_user;
ExecStepFunction step_find_groups;
ExecStepFunction step_set_groups;
ExecStepFunction step_limit_capabilities;
ExecStepFunction step_set_user;
ExecStepFunction step_raise_capabilities;
ExecStepFunction step_secure_bits;
ExecStepFunction step_no_new_privileges;

/* step_session.c */
ExecStepFunction step_find_session;
ExecStepFunction step_open_session;

/* step_login.c */
ExecStepFunction step_login_record;

/* step_labels.c */
ExecStepFunction step_smack_label;
ExecStepFunction step_se_linux_context;
ExecStepFunction step_app_armor_profile;

/* exec_environment.c */
ExecStepFunction step_environment;

/* step_seccomp.c */
ExecStepFunction step_system_calls;

/* step_execute.c: the last ones */
ExecStepFunction step_root_directory;
ExecStepFunction step_working_directory;
ExecStepFunction step_pass_descriptors;
ExecStepFunction step_find_program;
ExecStepFunction step_execute;
