/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* clone3(2) for a child that shares memory with us while we go on. Its control group can be given,
 * so that it is born there: writing to cgroup.procs later makes the kernel wait until no process
 * can be in the middle of a fork, which takes milliseconds on an idle machine and a tenth of a
 * second on a busy one. The C library has no function for it, so there is one file for each
 * architecture, and one for the others. */

#include <stddef.h>
#include <sys/types.h>

/* What the child uses of our memory. */
typedef struct CloneMemory {
        void *stack; /* lowest address, 16-byte aligned */
        size_t size; /* of the stack */
        int *tid;    /* becomes 0, with a FUTEX_WAKE, when the child has executed or ended
                        (CLONE_CHILD_CLEARTID) */
} CloneMemory;

/* Runs `function(argument)`, which must not return, in a child that shares memory, in the group
 * whose directory is `group_fd` (O_PATH does; -1 = ours). `flags` are those of clone(2) and the
 * signal of its end. Returns the pid; -ENOSYS where it cannot be done at all, or -errno of
 * clone3(2). */
pid_t clone_into(int group_fd,
                 int flags,
                 CloneMemory memory,
                 int (*function)(void *argument),
                 void *argument);

/* A system call of such a child, which shares our errno too: -errno is returned and not stored. */
long clone_call(long number, long first, long second, long third, long fourth);
