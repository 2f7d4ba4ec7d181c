/* SPDX-License-Identifier: Apache-2.0 */
#include "host/clone_into.h"

#include <linux/sched.h>
#include <stdint.h>
#include <sys/syscall.h>

pid_t clone_into(int group_fd,
                 int flags,
                 CloneMemory memory,
                 int (*function)(void *argument),
                 void *argument) {
        struct clone_args arguments = {
                .flags = (uint64_t)(flags & ~CSIGNAL) | CLONE_CHILD_CLEARTID |
                         (group_fd >= 0 ? CLONE_INTO_CGROUP : 0),
                .child_tid = (uint64_t)(uintptr_t)memory.tid,
                .exit_signal = (uint64_t)(flags & CSIGNAL),
                .stack = (uint64_t)(uintptr_t)memory.stack,
                .stack_size = memory.size,
                .cgroup = group_fd >= 0 ? (uint64_t)group_fd : 0,
        };
        long result;

        /* The child begins on its own stack with a copy of our registers, so it can only call on.
         */
        __asm__ volatile("syscall\n\t"
                         "test %%rax, %%rax\n\t"
                         "jnz 1f\n\t"
                         "xor %%ebp, %%ebp\n\t"
                         "mov %[argument], %%rdi\n\t"
                         "call *%[function]\n\t"
                         "ud2\n"
                         "1:"
                         : "=a"(result)
                         : "a"((long)SYS_clone3),
                           "D"(&arguments),
                           "S"(sizeof(arguments)),
                           [function] "r"(function),
                           [argument] "r"(argument)
                         : "rcx", "r11", "memory", "cc");
        return (pid_t)result;
}

long clone_call(long number, long first, long second, long third, long fourth) {
        register long r10 __asm__("r10") = fourth;
        long result;

        __asm__ volatile("syscall"
                         : "=a"(result)
                         : "a"(number), "D"(first), "S"(second), "d"(third), "r"(r10)
                         : "rcx", "r11", "memory");
        return result;
}
