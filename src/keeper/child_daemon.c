/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper/child_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"

#define FIRST_DELAY_USEC (100 * USEC_PER_MSEC)
#define MAX_DELAY_USEC (10 * USEC_PER_SEC)

extern char **environ;

/* Runs in the child between vfork and exec: only system calls, and no memory that the parent uses.
 */
static void become_daemon(char *const *argv, int socket_fd) {
        sigset_t none;

        (void)sigemptyset(&none);                    /* cannot fail */
        (void)sigprocmask(SIG_SETMASK, &none, NULL); /* cannot fail with valid arguments */
        if (fcntl(socket_fd, F_SETFD, 0) == 0)
                (void)execve(argv[0], argv, environ); /* returns only on failure */
        _exit(127);
}

static pid_t spawn_daemon(char *const *argv, int socket_fd) {
        pid_t pid = vfork();
        if (pid == 0)
                become_daemon(argv, socket_fd);
        return pid;
}

int child_daemon_start(ChildDaemon *child) {
        int pair[2];

        child->start_at_usec = 0;
        child->said_hello = false;
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
                return err_new(-errno);
        AUTO_FD int ours = pair[0];
        AUTO_FD int theirs = pair[1];

        (void)snprintf(child->fd_text, sizeof(child->fd_text), "%d", theirs); /* always fits */
        child->argv[child->fd_argument] = child->fd_text;
        pid_t pid = spawn_daemon(child->argv, theirs);
        if (pid < 0)
                return err_new(-errno);
        child->pid = pid;
        child->socket_fd = steal_fd(&ours);
        return 0;
}

void child_daemon_ended(ChildDaemon *child, uint64_t now_usec) {
        auto_fd(&child->socket_fd);
        child->socket_fd = -1;
        child->pid = 0;
        if (child->said_hello) {
                child->n_failures = 0;
                child->start_at_usec = now_usec;
                return;
        }
        unsigned doublings = MIN(child->n_failures, 7U);
        child->n_failures++;
        child->start_at_usec = now_usec + MIN(FIRST_DELAY_USEC << doublings, MAX_DELAY_USEC);
}

int child_daemon_timeout_msec(const ChildDaemon *child, uint64_t now_usec) {
        if (child->start_at_usec == 0)
                return -1;
        if (child->start_at_usec <= now_usec)
                return 0;
        return (int)((child->start_at_usec - now_usec + USEC_PER_MSEC - 1) / USEC_PER_MSEC);
}
