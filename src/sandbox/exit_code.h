/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Exit codes of a process that could not become its service (systemd.exec(5), "Process Exit
 * Codes"). Each step of exec_steps.c has one. Their names are in unit/exit_status.h. */

typedef enum ExecExit {
        EXEC_EXIT_CONFIG = 78, /* of sysexits.h: the policy does not let the unit start */
        EXEC_EXIT_CHDIR = 200,
        EXEC_EXIT_NICE = 201,
        EXEC_EXIT_FDS = 202,
        EXEC_EXIT_EXEC = 203,
        EXEC_EXIT_MEMORY = 204,
        EXEC_EXIT_LIMITS = 205,
        EXEC_EXIT_OOM_ADJUST = 206,
        EXEC_EXIT_SIGNAL_MASK = 207,
        EXEC_EXIT_STDIN = 208,
        EXEC_EXIT_STDOUT = 209,
        EXEC_EXIT_CHROOT = 210,
        EXEC_EXIT_IOPRIO = 211,
        EXEC_EXIT_TIMERSLACK = 212,
        EXEC_EXIT_SECUREBITS = 213,
        EXEC_EXIT_SETSCHEDULER = 214,
        EXEC_EXIT_CPUAFFINITY = 215,
        EXEC_EXIT_GROUP = 216,
        EXEC_EXIT_USER = 217,
        EXEC_EXIT_CAPABILITIES = 218,
        EXEC_EXIT_CGROUP = 219,
        EXEC_EXIT_SETSID = 220,
        EXEC_EXIT_STDERR = 222,
        EXEC_EXIT_PAM = 224,
        EXEC_EXIT_NETWORK = 225,
        EXEC_EXIT_NAMESPACE = 226,
        EXEC_EXIT_NO_NEW_PRIVILEGES = 227,
        EXEC_EXIT_SECCOMP = 228,
        EXEC_EXIT_SELINUX_CONTEXT = 229,
        EXEC_EXIT_PERSONALITY = 230,
        EXEC_EXIT_APPARMOR = 231,
        EXEC_EXIT_RUNTIME_DIRECTORY = 233,
        EXEC_EXIT_SMACK_PROCESS_LABEL = 236,
        EXEC_EXIT_KEYRING = 237,
        EXEC_EXIT_STATE_DIRECTORY = 238,
        EXEC_EXIT_CACHE_DIRECTORY = 239,
        EXEC_EXIT_LOGS_DIRECTORY = 240,
        EXEC_EXIT_CONFIGURATION_DIRECTORY = 241,
        EXEC_EXIT_NUMA_POLICY = 242,
        EXEC_EXIT_CREDENTIALS = 243,
        EXEC_EXIT_BPF = 244,
} ExecExit;
