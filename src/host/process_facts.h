/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What /proc says about processes: parents, sessions, start times, environment. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct ProcessFacts {
        pid_t pid, parent, session;
        char state;          /* 'R', 'S', 'Z', ... */
        uint64_t start_time; /* in ticks since boot */
} ProcessFacts;

/* Reads /proc/PID/stat. -ESRCH when there is no such process. */
int process_facts_read(pid_t pid, ProcessFacts *ret);

/* The real user of a process. -ESRCH when there is no such process. */
int process_user(pid_t pid, uid_t *ret);

/* Whether the process exists and is no zombie. */
bool process_is_alive(pid_t pid);

/* The program name in fresh memory, "?" when it cannot be said; NULL when out of memory. */
char *process_name(pid_t pid);

/* The command line with spaces between its words, or "[name]"; NULL when out of memory. */
char *process_command_line(pid_t pid);

/* Whether the process is just now executing a program: neither arguments nor environment can be
 * read for that moment. Also true for kernel threads and zombies. */
bool process_is_executing(pid_t pid);

/* The value of a variable in the process's first environment. -ENOENT when it is not there. */
int process_environment_get(pid_t pid, const char *variable, char **ret);

/* All processes that /proc shows, in fresh memory. */
int process_list_all(ProcessFacts **ret, size_t *ret_n);
