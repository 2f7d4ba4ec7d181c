/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Control groups as files: where the hierarchies are mounted, who is in a group, what is below. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"

/* The directory of a group in the hierarchy that holds processes (version 2, else systemd's own of
 * version 1), in fresh memory. */
char *group_directory(const char *group);

/* The same in a version 1 controller's hierarchy; NULL when that is not mounted or has no such
 * group.
 */
char *group_controller_directory(const char *controller, const char *group);

/* Names of the groups directly below a directory, in the kernel's order. -errno. */
int group_children(const char *directory, char ***ret);

/* The processes in the group itself, sorted; `ret` is released with free(). -errno. */
int group_processes(const char *directory, pid_t **ret, size_t *ret_n);

/* Whether there is no process in the group and below. */
bool group_is_empty(const char *directory);

/* The command line of a process in one line, "[name]" without one; NULL when it is gone.
 * `ret_is_kernel` says whether it is the kernel's own. */
char *group_process_text(pid_t pid, bool *ret_is_kernel);
