/* SPDX-License-Identifier: Apache-2.0 */
#include "host/name_space.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/loopback.h"

#define STACK_SIZE (32 * 1024)

/* Shared with the child, which has our memory and descriptors while we wait. */
typedef struct NameSpaceWork {
        int type;
        int fd; /* the name space, or -errno */
} NameSpaceWork;

/* System calls only: the memory is the manager's. */
static int make_and_open(void *argument) {
        NameSpaceWork *work = argument;
        bool is_network = work->type == CLONE_NEWNET;

        work->fd = unshare(work->type) < 0 ? -errno : 0;
        if (work->fd < 0)
                return 0;
        if (is_network)
                (void)loopback_raise(); /* without it there is no loopback, nothing more */
        work->fd = open(is_network ? "/proc/self/ns/net" : "/proc/self/ns/ipc",
                        O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (work->fd < 0)
                work->fd = -errno;
        return 0;
}

int name_space_make(int type) {
        NameSpaceWork work = { .type = type, .fd = -EIO };
        AUTO_FREE char *stack = aligned_alloc(64, STACK_SIZE);
        if (!stack)
                return err_new(-ENOMEM);
        pid_t pid = clone(make_and_open,
                          stack + STACK_SIZE,
                          CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD,
                          &work);
        if (pid < 0)
                return err_new(-errno);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
        return work.fd < 0 ? err_new(work.fd) : work.fd;
}
