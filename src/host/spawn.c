/* SPDX-License-Identifier: Apache-2.0 */
#include "host/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/executor_order.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/signal_action.h"
#include "base/str.h"
#include "host/clone_into.h"

#define STACK_SIZE (64 * 1024)
#define RANGE_UNSHARE 2U /* CLOSE_RANGE_UNSHARE */
#define KEEP_MINIMUM 16  /* kept descriptors stand at or above this number */
#define PATIENCE_SEC 10  /* for an executor that does not come along, in a frozen group perhaps */

static int close_above(int fd, unsigned flags) {
        return (int)syscall(SYS_close_range, (unsigned)fd + 1, ~0U, flags);
}

int spawn_reserve(int *keep_fd) {
        int kept = -1;

        if (*keep_fd >= 0) {
                kept = fcntl(*keep_fd, F_DUPFD_CLOEXEC, KEEP_MINIMUM);
                if (kept < 0)
                        return err_new(-errno);
        }
        if (kept > SPAWN_ORDER_FD) {
                (void)syscall(SYS_close_range,
                              SPAWN_ORDER_FD,
                              kept - 1,
                              0); /* before Linux 5.9 they stay open */
                (void)close_above(kept, 0);
        } else
                (void)close_above(STDERR_FILENO, 0);
        AUTO_FD int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null_fd < 0)
                return err_new(-errno);
        for (int fd = STDIN_FILENO; fd <= SPAWN_LOG_FD; fd++)
                if ((fd > STDERR_FILENO || fcntl(fd, F_GETFD) < 0) && fd != null_fd &&
                    dup2(null_fd, fd) < 0)
                        return err_new(-errno);
        if (null_fd <= SPAWN_LOG_FD)
                (void)steal_fd(&null_fd); /* it stands at one of the numbers itself */
        *keep_fd = kept;
        return 0;
}

/* The manager may hold many descriptors; services get the limit it was started with. */
static void raise_file_limit(Spawner *spawner) {
        struct rlimit *limit = &spawner->child->file_limit;

        if (getrlimit(RLIMIT_NOFILE, limit) < 0)
                return;
        struct rlimit raised = { limit->rlim_max, limit->rlim_max };
        (void)setrlimit(RLIMIT_NOFILE,
                        &raised); /* the limit stays as it was: fewer descriptors are kept */
}

int spawner_new(const char *executor, int report_fd, Spawner **ret) {
        AUTO(spawner_free) Spawner *spawner = calloc(1, sizeof(*spawner));
        AUTO_FD int report = report_fd;

        if (!spawner)
                return err_new(-ENOMEM);
        spawner->next_pair[0] = spawner->next_pair[1] = -1;
        spawner->null_fd =
                fcntl(STDIN_FILENO, F_GETFD) < 0 ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
        if (spawner->null_fd < 0)
                return err_new(-errno);
        spawner->executor = str_dup(str_of(executor));
        spawner->stack = aligned_alloc(64, STACK_SIZE);
        spawner->child = calloc(1, sizeof(*spawner->child));
        if (!spawner->executor || !spawner->stack || !spawner->child)
                return err_new(-ENOMEM);
        if (dup2(report, SPAWN_REPORT_FD) < 0)
                return err_new(-errno);
        raise_file_limit(spawner);
        spawner->none_ignored = !signal_action_any_ignored();
        *ret = STEAL(spawner);
        return 0;
}

/* False when it is still used after a while. */
static bool is_settled(SpawnChild *child) {
        const struct timespec patience = { .tv_sec = PATIENCE_SEC };
        int tid;

        while ((tid = __atomic_load_n(&child->tid, __ATOMIC_ACQUIRE)) != 0)
                if (syscall(SYS_futex, &child->tid, FUTEX_WAIT, tid, &patience, NULL, 0) < 0 &&
                    errno == ETIMEDOUT)
                        return false;
        return true;
}

/* Waits until the last child has executed the program or ended: it uses our memory and our
 * descriptors. One that does not come along is killed; -ETIMEDOUT when that does not help. */
static int settle(SpawnChild *child) {
        if (is_settled(child))
                return 0;
        (void)kill(child->pid, SIGKILL); /* ours, and not reaped yet */
        return is_settled(child) ? 0 : err_new(-ETIMEDOUT);
}

Spawner *spawner_free(Spawner *spawner) {
        if (!spawner)
                return NULL;
        spawner->null_fd = fd_close(spawner->null_fd);
        spawner->next_pair[0] = fd_close(spawner->next_pair[0]);
        spawner->next_pair[1] = fd_close(spawner->next_pair[1]);
        if (spawner->child && spawner->child->file_limit.rlim_max > 0)
                /* For the next program of this process, if any; lowering cannot fail. */
                (void)setrlimit(RLIMIT_NOFILE, &spawner->child->file_limit);
        if (!spawner->child || settle(spawner->child) == 0) { /* else it is still used */
                free(spawner->stack);
                free(spawner->child);
        }
        free(spawner->executor);
        free(spawner);
        return NULL;
}

/* --- the executor ----------------------------------------------------------------------------- */

/* Between clone and exec: system calls only, in the memory of the manager, which goes on. */
__attribute__((noreturn, no_sanitize("address"))) static int become_executor(void *argument) {
        static const char *const argv[] = { "tend-exec", "--order", NULL };
        SpawnChild *child = argument;

        /* Before Linux 5.11 exec itself takes the descriptors apart and closes those of ours. */
        (void)clone_call(SYS_close_range, SPAWN_LOG_FD + 1, ~0U, RANGE_UNSHARE, 0);
        (void)clone_call(SYS_fcntl, SPAWN_LOG_FD, F_SETFD, 0, 0); /* cannot fail */
        long r =
                clone_call(SYS_prlimit64, 0, RLIMIT_NOFILE, (long)(uintptr_t)&child->file_limit, 0);
        if (r == 0)
                r = clone_call(SYS_execve,
                               (long)(uintptr_t)child->executor,
                               (long)(uintptr_t)argv,
                               (long)(uintptr_t)(argv + ARRAY_LENGTH(argv) - 1),
                               0);
        child->error = (int)r;
        for (;;)
                (void)clone_call(SYS_exit_group, SPAWN_EXIT_EXEC, 0, 0, 0);
}

/* In its group, if there is one and the kernel can. */
static pid_t clone_child(Spawner *spawner, const char *group, bool *ret_in_group) {
        SpawnChild *child = spawner->child;
        const CloneMemory memory = { spawner->stack, STACK_SIZE, &child->tid };
        pid_t pid = -ENOSYS;
        int flags = CLONE_VM | CLONE_FILES | SIGCHLD;

        AUTO_FD int group_fd = group && !spawner->cannot_place
                                       ? open(group, O_PATH | O_DIRECTORY | O_CLOEXEC)
                                       : -1;
        child->tid = 1;
        if (group_fd >= 0) {
                pid = clone_into(group_fd, flags, memory, become_executor, child);
                spawner->cannot_place = pid == -ENOSYS || pid == -E2BIG || pid == -EINVAL;
        }
        *ret_in_group = pid > 0;
        if (pid < 0) /* the executor joins the group; without clone3 we sleep until it is one */
                pid = clone_into(-1, flags, memory, become_executor, child);
        if (pid < 0) {
                pid = clone(
                        become_executor, spawner->stack + STACK_SIZE, flags | CLONE_VFORK, child);
                child->tid = 0;
        }
        return pid < 0 ? err_new(-errno) : pid;
}

static void end_child(pid_t pid) {
        (void)kill(pid, SIGKILL); /* ours, and not reaped yet */
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
}

void spawned_executor_cancel(SpawnedExecutor *executor) {
        if (executor->pid > 0)
                end_child(executor->pid); /* before its socket ends, or it would write of that */
        executor->order_fd = fd_close(executor->order_fd);
        *executor = SPAWNED_EXECUTOR_NONE;
}

/* Makes the socket of the next executor; after a start there is time for that. */
static int make_socket(Spawner *spawner) {
        const struct timeval patience = { .tv_sec = PATIENCE_SEC };
        int *pair = spawner->next_pair;

        if (pair[0] >= 0)
                return 0;
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
                pair[0] = pair[1] = -1;
                return err_new(-errno);
        }
        return setsockopt(pair[0], SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0
                       ? err_new(-errno)
                       : 0;
}

/* Puts what the executor finds at its numbers there: the other end of the socket and the log. */
static int place_descriptors(Spawner *spawner, int log_fd) {
        int r = settle(spawner->child); /* the last one had its own there */
        if (r == 0)
                r = make_socket(spawner);
        if (r < 0)
                return err_pass(r);
        AUTO_FD int theirs = steal_fd(&spawner->next_pair[1]);
        if (dup2(theirs, SPAWN_ORDER_FD) < 0 ||
            dup3(log_fd >= 0 ? log_fd : spawner->null_fd, SPAWN_LOG_FD, O_CLOEXEC) < 0)
                return err_new(-errno);
        return 0;
}

int spawner_begin(Spawner *spawner, const char *group, int log_fd, SpawnedExecutor *ret) {
        *ret = SPAWNED_EXECUTOR_NONE;
        int r = place_descriptors(spawner, log_fd);
        AUTO_FD int order_fd = steal_fd(&spawner->next_pair[0]);
        if (r < 0)
                return err_pass(r);
        bool in_group;
        spawner->child->executor = spawner->executor;
        spawner->child->error = 0;
        pid_t pid = clone_child(spawner, group, &in_group);
        if (pid < 0)
                return err_pass(pid);
        spawner->child->pid = pid;
        *ret = (SpawnedExecutor){ .pid = pid,
                                  .order_fd = steal_fd(&order_fd),
                                  .in_group = in_group };
        return 0;
}

/* --- its order -------------------------------------------------------------------------------- */

/* In the order of executor_order_descriptors(). */
static unsigned list_descriptors(const SpawnOrder *order, int *fds) {
        unsigned n = order->n_fds;

        if (n > 0)
                memcpy(fds, order->fds, n * sizeof(*fds));
        if (order->exec_fd >= 0)
                fds[n++] = order->exec_fd;
        if (order->switch_fd > 0)
                fds[n++] = order->switch_fd;
        if (order->plan_fd >= 0)
                fds[n++] = order->plan_fd;
        return n;
}

static int
send_order(const Spawner *spawner, const SpawnedExecutor *executor, const SpawnOrder *order) {
        int fds[EXECUTOR_PASSED_MAX + EXECUTOR_OWN_MAX];
        const ExecutorOrder sent = {
                .list = order->list,
                .index = order->index,
                .n_passed = order->n_fds,
                .n_stored = order->n_stored,
                .passed_names = order->n_fds > 0 ? order->fd_names : NULL,
                .has_plan = order->plan_fd >= 0,
                .has_exec_fd = order->exec_fd >= 0,
                .has_switch_fd = order->switch_fd > 0,
                .in_group = executor->in_group,
                .none_ignored = spawner->none_ignored,
                .environment = order->environment,
        };

        if (order->n_fds > EXECUTOR_PASSED_MAX)
                return err_new(-E2BIG);
        (void)list_descriptors(order, fds);
        return err_pass(executor_order_send(executor->order_fd, &sent, fds));
}

int spawner_give_plan(SpawnedExecutor *executor, int plan_fd, uint32_t number) {
        static char *const nothing[] = { NULL };
        const ExecutorOrder order = { .list = "", .has_plan = true, .environment = nothing };

        int r = executor_order_send(executor->order_fd, &order, &plan_fd);
        executor->plan = r == 0 ? number : 0;
        return err_pass(r);
}

int spawner_order(Spawner *spawner, SpawnedExecutor *executor, const SpawnOrder *order) {
        const SpawnChild *child = spawner->child;
        int r = send_order(spawner, executor, order);

        if (child->pid == executor->pid && child->error < 0)
                r = child->error; /* why it is not there to take it */
        if (r < 0)
                spawned_executor_cancel(executor);
        executor->order_fd = fd_close(executor->order_fd);
        *executor = SPAWNED_EXECUTOR_NONE;
        (void)make_socket(spawner); /* or the next start does it, or says why not */
        return err_pass(r);
}
