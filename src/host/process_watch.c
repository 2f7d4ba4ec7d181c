/* SPDX-License-Identifier: Apache-2.0 */
#include "host/process_watch.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/fd.h"
#include "host/process_facts.h"
#include "host/unit_group.h"

struct ProcessWatch {
        ListLink link; /* in HostUnit.watches */
        HostUnit *hu;
        pid_t pid;
        int pidfd;
        bool wants_exit; /* else it is a member of the group */
        sd_event_source *source;
};

/* struct pidfd_info of linux/pidfd.h since Linux 6.13; exit information since 6.15. */
typedef struct PidfdInfo {
        uint64_t mask, cgroup_id;
        uint32_t pid, tgid, ppid, ruid, rgid, euid, egid, suid, sgid, fsuid, fsgid;
        int32_t exit_code;
} PidfdInfo;

#define PIDFD_INFO_REQUEST _IOWR(0xFF, 11, PidfdInfo)
#define PIDFD_EXIT_BIT (UINT64_C(1) << 3)

static void end_watch(struct ProcessWatch *watch) {
        list_remove(&watch->link);
        sd_event_source_disable_unref(watch->source);
        (void)fd_close(watch->pidfd); /* always -1 */
        free(watch);
}

/* How a process that is not our child ended; code 0 where the kernel does not say. */
static void read_exit(int pidfd, int *ret_code, int *ret_status) {
        PidfdInfo info = { .mask = PIDFD_EXIT_BIT };

        *ret_code = 0;
        *ret_status = 0;
        if (ioctl(pidfd, PIDFD_INFO_REQUEST, &info) < 0 || !(info.mask & PIDFD_EXIT_BIT))
                return;
        int status = info.exit_code;
        if (WIFSIGNALED(status)) {
                *ret_code = WCOREDUMP(status) ? CLD_DUMPED : CLD_KILLED;
                *ret_status = WTERMSIG(status);
        } else {
                *ret_code = CLD_EXITED;
                *ret_status = WEXITSTATUS(status);
        }
}

/* Whether it is our child after all (its parent died): then SIGCHLD tells of it. */
static bool is_child(pid_t pid) {
        siginfo_t info = { 0 };
        return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int on_pidfd(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        struct ProcessWatch *watch = userdata;
        HostUnit *hu = watch->hu;
        (void)source;
        (void)events;

        if (watch->wants_exit) {
                EngineEvent event = { .type = EVENT_PROCESS_EXIT,
                                      .unit = hu->unit,
                                      .pid = watch->pid };
                read_exit(fd, &event.code, &event.status);
                if (!is_child(watch->pid))
                        host_queue_event(hu->host, &event);
                end_watch(watch);
                return 0;
        }
        end_watch(watch);
        unit_group_check(hu);
        return 0;
}

static bool is_watched(const HostUnit *hu, pid_t pid) {
        LIST_FOREACH(watch, &hu->watches, struct ProcessWatch, link)
        if (watch->pid == pid)
                return true;
        return false;
}

static int add_watch(HostUnit *hu, pid_t pid, bool wants_exit) {
        AUTO_FD int pidfd = pidfd_new(pid);
        if (pidfd < 0)
                return err_pass(pidfd);
        struct ProcessWatch *watch = calloc(1, sizeof(*watch));
        if (!watch)
                return err_new(-ENOMEM);
        *watch = (struct ProcessWatch){
                .hu = hu, .pid = pid, .pidfd = steal_fd(&pidfd), .wants_exit = wants_exit
        };
        list_append(&hu->watches, &watch->link);
        int r = sd_event_add_io(
                hu->host->event, &watch->source, watch->pidfd, EPOLLIN, on_pidfd, watch);
        if (r >= 0)
                r = sd_event_source_set_priority(watch->source, HOST_PRIORITY_SIGNAL);
        if (r < 0)
                end_watch(watch);
        return r < 0 ? err_new(r) : 0;
}

int process_watch_exit(HostUnit *hu, pid_t pid) {
        return err_pass(add_watch(hu, pid, true));
}

int process_watch_members(HostUnit *hu, const pid_t *pids, size_t n_pids) {
        int result = 0;

        for (size_t i = 0; i < n_pids; i++) {
                if (is_watched(hu, pids[i]))
                        continue;
                int r = add_watch(hu, pids[i], false);
                bool is_gone = r < 0 && !process_is_alive(pids[i]);
                result = result < 0 || is_gone ? result : r;
        }
        return err_pass(result);
}

void process_watch_end_members(HostUnit *hu) {
        LIST_FOREACH(watch, &hu->watches, struct ProcessWatch, link)
        if (!watch->wants_exit)
                end_watch(watch);
}

void process_watch_end_all(HostUnit *hu) {
        LIST_FOREACH(watch, &hu->watches, struct ProcessWatch, link)
        end_watch(watch);
}
