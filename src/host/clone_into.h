/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* clone3(2) with CLONE_INTO_CGROUP: the child is born in its control group. Writing to cgroup.procs
 * later makes the kernel wait until no process can be in the middle of a fork, which takes
 * milliseconds on an idle machine and a tenth of a second on a busy one. The C library has no
 * function for it, so there is one file for each architecture, and one for the others. */

#include <stddef.h>
#include <sys/types.h>

/* The child's. */
typedef struct CloneStack {
        void *base; /* lowest address, 16-byte aligned */
        size_t size;
} CloneStack;

/* Runs `function(argument)`, which must not return, in a child that shares memory and begins in the
 * group whose directory is `group_fd` (O_PATH does). `flags` are those of clone(2) and the signal
 * of its end. Returns the pid; -ENOSYS where it cannot be done at all, or -errno of clone3(2). */
pid_t clone_into(
        int group_fd, int flags, CloneStack stack, int (*function)(void *argument), void *argument);
