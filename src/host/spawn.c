/* SPDX-License-Identifier: Apache-2.0 */
#include "host/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/signal_action.h"
#include "base/str.h"
#include "host/clone_into.h"
#include "host/state_record.h"

#define STACK_SIZE (64 * 1024)
#define RANGE_UNSHARE 2U /* CLOSE_RANGE_UNSHARE */
#define KEEP_MINIMUM 16  /* kept descriptors stand at or above this number */

/* What the child reads and writes in our memory while we wait for it. */
typedef struct ChildWork {
        Spawner *spawner;
        const SpawnOrder *order;
        const char **argv;
        unsigned in_group; /* where in argv the executor is told that it is in its group */
        int last_fd;       /* the highest descriptor the executor gets */
        int error;         /* errno of the step that failed */
} ChildWork;

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
        if (kept > SPAWN_PLAN_FD) {
                (void)syscall(SYS_close_range,
                              SPAWN_PLAN_FD,
                              kept - 1,
                              0); /* before Linux 5.9 they stay open */
                (void)close_above(kept, 0);
        } else
                (void)close_above(STDERR_FILENO, 0);
        AUTO_FD int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (null_fd < 0)
                return err_new(-errno);
        for (int fd = STDIN_FILENO; fd <= SPAWN_FIRST_FD; fd++)
                if ((fd > STDERR_FILENO || fcntl(fd, F_GETFD) < 0) && fd != null_fd &&
                    dup2(null_fd, fd) < 0)
                        return err_new(-errno);
        if (null_fd <= SPAWN_FIRST_FD)
                (void)steal_fd(&null_fd); /* it stands at one of the numbers itself */
        *keep_fd = kept;
        return 0;
}

/* The manager may hold many descriptors; services get the limit it was started with. */
static void raise_file_limit(Spawner *spawner) {
        if (getrlimit(RLIMIT_NOFILE, &spawner->file_limit) < 0)
                return;
        struct rlimit raised = { spawner->file_limit.rlim_max, spawner->file_limit.rlim_max };
        (void)setrlimit(RLIMIT_NOFILE,
                        &raised); /* the limit stays as it was: fewer descriptors are kept */
}

int spawner_new(const char *executor, int report_fd, Spawner **ret) {
        AUTO(spawner_free) Spawner *spawner = calloc(1, sizeof(*spawner));
        AUTO_FD int report = report_fd;

        if (!spawner)
                return err_new(-ENOMEM);
        spawner->null_fd =
                fcntl(STDIN_FILENO, F_GETFD) < 0 ? -1 : open("/dev/null", O_RDWR | O_CLOEXEC);
        if (spawner->null_fd < 0)
                return err_new(-errno);
        spawner->executor = str_dup(str_of(executor));
        spawner->stack = aligned_alloc(64, STACK_SIZE);
        if (!spawner->executor || !spawner->stack)
                return err_new(-ENOMEM);
        if (dup2(report, SPAWN_REPORT_FD) < 0)
                return err_new(-errno);
        raise_file_limit(spawner);
        spawner->none_ignored = !signal_action_any_ignored();
        *ret = STEAL(spawner);
        return 0;
}

Spawner *spawner_free(Spawner *spawner) {
        if (!spawner)
                return NULL;
        spawner->null_fd = fd_close(spawner->null_fd);
        if (spawner->file_limit.rlim_max > 0) /* for the next program of this process, if any */
                (void)setrlimit(RLIMIT_NOFILE, &spawner->file_limit); /* lowering cannot fail */
        free(spawner->executor);
        free(spawner->stack);
        free(spawner);
        return NULL;
}

/* Whether there is more to pass than what stands at the reserved numbers. */
static bool passes_more(const SpawnOrder *order) {
        return order->n_fds > 0 || order->switch_fd > 0;
}

/* Puts the passed descriptors at their numbers. Runs in the child with a table of its own. */
static int place_descriptors(const SpawnOrder *order, int first_free) {
        int moved[SPAWN_FDS_MAX + 2];
        unsigned n = 0;

        for (unsigned i = 0; i < order->n_fds; i++)
                moved[n++] = fcntl(order->fds[i], F_DUPFD, first_free);
        if (order->exec_fd >= 0)
                moved[n++] = fcntl(order->exec_fd, F_DUPFD, first_free);
        if (order->switch_fd > 0)
                moved[n++] = fcntl(order->switch_fd, F_DUPFD, first_free);
        for (unsigned i = 0; i < n; i++)
                if (moved[i] < 0 || dup2(moved[i], SPAWN_FIRST_FD + (int)i) < 0)
                        return -1;
        return 0;
}

/* Between clone and exec: system calls only, in the memory of the manager, which waits. */
__attribute__((noreturn, no_sanitize("address"))) static int become_executor(void *argument) {
        ChildWork *work = argument;
        const SpawnOrder *order = work->order;

        if (order->record_fd >= 0) {
                state_record_set_pid(
                        order->record, order->record_length, (int32_t)syscall(SYS_getpid));
                /* On a full file system the start goes on all the same. */
                UNUSED ssize_t n = write(order->record_fd, order->record, order->record_length);
        }
        int r = passes_more(order) ? place_descriptors(order, work->last_fd + 1) : 0;
        /* Before Linux 5.11 exec itself takes the descriptors apart and closes those of ours. */
        (void)close_above(work->last_fd, passes_more(order) ? 0 : RANGE_UNSHARE);
        if (r == 0 && setrlimit(RLIMIT_NOFILE, &work->spawner->file_limit) == 0)
                (void)execve(work->spawner->executor,
                             (char *const *)(uintptr_t)work->argv,
                             order->environment);
        work->error = errno;
        _exit(255);
}

/* Makes the child in its group; the executor is told that it need not join it. */
static pid_t clone_into_group(ChildWork *work, int flags) {
        Spawner *spawner = work->spawner;
        const CloneStack stack = { spawner->stack, STACK_SIZE };

        if (!work->order->group || spawner->cannot_place)
                return -ENOSYS;
        AUTO_FD int group = open(work->order->group, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (group < 0)
                return -errno;
        work->argv[work->in_group] = "--in-group";
        pid_t pid = clone_into(group, flags, stack, become_executor, work);
        if (pid < 0)
                work->argv[work->in_group] = NULL;
        spawner->cannot_place = pid == -ENOSYS || pid == -E2BIG || pid == -EINVAL;
        return pid;
}

/* One clone with shared memory; the caller sleeps until the child has executed or failed. */
static pid_t clone_and_wait(ChildWork *work) {
        int flags = CLONE_VM | CLONE_VFORK | SIGCHLD;
        if (!passes_more(work->order))
                flags |= CLONE_FILES; /* the child takes a copy of the first few descriptors only */
        pid_t pid = clone_into_group(work, flags);
        if (pid < 0) /* before Linux 5.7, or not in this group: the executor joins it */
                pid = clone(become_executor, work->spawner->stack + STACK_SIZE, flags, work);
        if (pid < 0)
                return err_new(-errno);
        if (work->error == 0)
                return pid;
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;
        return err_new(-work->error);
}

int spawner_start(Spawner *spawner, const SpawnOrder *order, pid_t *ret_pid) {
        char index[16], exec_option[32], count_option[32], stored_option[32], switch_option[32];
        const char *argv[12] = { "tend-exec", order->list, index };
        unsigned n = 3;

        if (order->n_fds > SPAWN_FDS_MAX)
                return err_new(-E2BIG);
        bool has_pipe = order->exec_fd >= 0;
        int exec_slot = SPAWN_FIRST_FD + (int)order->n_fds;
        (void)snprintf(index, sizeof(index), "%u", order->index); /* fits, as do the others */
        (void)snprintf(exec_option, sizeof(exec_option), "--exec-fd=%d", exec_slot);
        (void)snprintf(
                switch_option, sizeof(switch_option), "--switch-fd=%d", exec_slot + has_pipe);
        (void)snprintf(count_option, sizeof(count_option), "--listen-fds=%u", order->n_fds);
        (void)snprintf(stored_option, sizeof(stored_option), "--stored-fds=%u", order->n_stored);
        AUTO_FREE char *names_option = NULL;
        if (has_pipe)
                argv[n++] = exec_option;
        if (order->switch_fd > 0)
                argv[n++] = switch_option;
        if (order->n_fds > 0) {
                if (asprintf(&names_option, "--listen-names=%s", order->fd_names) < 0)
                        return err_new(-ENOMEM);
                argv[n++] = count_option;
                argv[n++] = names_option;
                if (order->n_stored > 0)
                        argv[n++] = stored_option;
        }
        if (spawner->none_ignored)
                argv[n++] = "--none-ignored";
        if (dup2(order->plan_fd, SPAWN_PLAN_FD) < 0)
                return err_new(-errno);
        if (has_pipe && !passes_more(order) && dup2(order->exec_fd, SPAWN_FIRST_FD) < 0)
                return err_new(-errno);
        ChildWork work = {
                .spawner = spawner,
                .order = order,
                .argv = argv,
                .in_group = n,
                .last_fd = exec_slot - 1 + has_pipe + (order->switch_fd > 0),
        };
        pid_t pid = clone_and_wait(&work);
        if (has_pipe)
                (void)dup2(spawner->null_fd, SPAWN_FIRST_FD); /* closes our copy of the pipe */
        if (pid < 0)
                return err_pass(pid);
        *ret_pid = pid;
        return 0;
}
