/* SPDX-License-Identifier: Apache-2.0 */

/* The floor of a hardened start: bench_hardened N FILTERS GROUP COMMAND...
 *
 * Spawns a command N times, one after another, with the kernel calls that the session "hardened" of
 * ./dev bench needs, written down one behind the other: no unit, no plan, no report. Like a service
 * each has a control group of its own, below GROUP, and directories of its own for PrivateTmp=.
 * FILTERS has the programs for system calls, each behind its number of instructions (64 bits).
 * Prints the milliseconds from the first spawn to the last end. */

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* <sys/mount.h> and <linux/mount.h> exclude each other here. */
int mount(const char *, const char *, const char *, unsigned long, const void *);
#define PROPAGATE_SLAVE (1UL << 19)
#define PROPAGATE_SHARED (1UL << 20)
#define RECURSIVELY (1UL << 14)
#define TREE_RECURSIVE 0x8000 /* AT_RECURSIVE */
#define TREE_EMPTY 0x1000     /* AT_EMPTY_PATH */
#define DAEMON 1

#define FILTERS_MAX 8
#define FILTER_BYTES (256 * 1024)

static struct sock_fprog filters[FILTERS_MAX];
static unsigned n_filters;

static char private_tmp[64], private_var_tmp[64]; /* of the present one */

/* What is there again over the read-only tree, and where it comes from. */
static const struct {
        const char *source, *target;
        uint64_t attributes;
} trees[] = {
        { "/dev", "/dev", 0 },
        { "/proc", "/proc", 0 },
        { "/proc/acpi", "/proc/acpi", MOUNT_ATTR_RDONLY },
        { "/proc/bus", "/proc/bus", MOUNT_ATTR_RDONLY },
        { "/proc/fs", "/proc/fs", MOUNT_ATTR_RDONLY },
        { "/proc/irq", "/proc/irq", MOUNT_ATTR_RDONLY },
        { "/run/hardened/closed", "/proc/kallsyms", 0 },
        { "/proc/mtrr", "/proc/mtrr", MOUNT_ATTR_RDONLY },
        { "/proc/sys", "/proc/sys", MOUNT_ATTR_RDONLY },
        { "/run/hardened/none", "/home", 0 },
        { "/run/hardened/none", "/root", 0 },
        { "/run/hardened/none", "/run/credentials", 0 },
        { "/run/hardened/cache", "/run/hardened/cache", 0 },
        { "/run/hardened/logs", "/run/hardened/logs", 0 },
        { private_tmp, "/tmp", 0 },
        { private_var_tmp, "/var/tmp", 0 },
};
#define N_TREES (sizeof(trees) / sizeof(*trees))

static int copied_tree(size_t i) {
        struct mount_attr change = { .attr_set = trees[i].attributes };
        unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | TREE_RECURSIVE;
        int fd = (int)syscall(SYS_open_tree, AT_FDCWD, trees[i].source, flags);

        if (fd >= 0 && change.attr_set != 0)
                (void)syscall(SYS_mount_setattr,
                              fd,
                              "",
                              TREE_EMPTY | TREE_RECURSIVE,
                              &change,
                              sizeof(change));
        return fd;
}

static void attach(int fd, const char *target) {
        if (fd >= 0)
                (void)syscall(SYS_move_mount, fd, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH);
}

static int set_mounts(void) {
        struct mount_attr closing = { .attr_set = MOUNT_ATTR_RDONLY };
        struct mount_attr harmless = { .attr_set = MOUNT_ATTR_NOSUID };
        int copied[N_TREES];

        if (syscall(SYS_unshare, CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, PROPAGATE_SLAVE | RECURSIVELY, NULL) < 0)
                return -1;
        for (size_t i = 0; i < N_TREES; i++)
                copied[i] = copied_tree(i);
        if (syscall(SYS_mount_setattr, AT_FDCWD, "/", TREE_RECURSIVE, &closing, sizeof(closing)) <
            0)
                return -1;
        for (size_t i = 0; i < N_TREES; i++)
                attach(copied[i], trees[i].target);
        if (syscall(SYS_mount_setattr, AT_FDCWD, "/", TREE_RECURSIVE, &harmless, sizeof(harmless)) <
            0)
                return -1;
        return mount(NULL, "/", NULL, PROPAGATE_SHARED | RECURSIVELY, NULL);
}

static int drop_rights(void) {
        for (unsigned long capability = 0; capability <= CAP_LAST_CAP; capability++)
                if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
                        return -1;
        if (setgroups(0, NULL) < 0 || setresgid(DAEMON, DAEMON, DAEMON) < 0 ||
            setresuid(DAEMON, DAEMON, DAEMON) < 0)
                return -1;
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* PrivateTmp=: a directory that only root can pass, and the one that is mounted in it. */
static int make_private(const char *place, long i, char *path, size_t size) {
        (void)snprintf(path, size, "%s/floor-%ld", place, i);
        if (mkdir(path, 0700) < 0)
                return -1;
        (void)snprintf(path, size, "%s/floor-%ld/tmp", place, i);
        (void)umask(0);
        return mkdir(path, 01777);
}

/* A copy of this process, in a group of its own. */
static pid_t fork_into_group(const char *parent, long i) {
        struct clone_args arguments = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD };
        char path[256];
        int group;
        pid_t pid;

        (void)snprintf(path, sizeof(path), "%s/floor-%ld.service", parent, i);
        group = mkdir(path, 0755) < 0 ? -1 : open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (group < 0)
                return -1;
        arguments.cgroup = (uint64_t)group;
        pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
        if (pid != 0)
                (void)close(group);
        return pid;
}

static _Noreturn void become(char **command) {
        const struct rlimit files = { 16384, 16384 }, processes = { 4096, 4096 };

        (void)setsid();
        (void)umask(022);
        (void)setpriority(PRIO_PROCESS, 0, -5);
        (void)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
        if (setrlimit(RLIMIT_NOFILE, &files) < 0 || setrlimit(RLIMIT_NPROC, &processes) < 0 ||
            set_mounts() < 0 || drop_rights() < 0 || chdir("/run/hardened") < 0)
                _exit(126);
        for (unsigned i = 0; i < n_filters; i++)
                if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filters[i]) < 0)
                        _exit(126);
        (void)execv(command[0], command);
        _exit(127);
}

static int read_filters(const char *path) {
        static char bytes[FILTER_BYTES] __attribute__((aligned(8)));
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = read(fd, bytes, sizeof(bytes));

        for (ssize_t at = 0; at + 8 <= n && n_filters < FILTERS_MAX; n_filters++) {
                uint64_t length = *(uint64_t *)(bytes + at);

                filters[n_filters].len = (unsigned short)length;
                filters[n_filters].filter = (struct sock_filter *)(bytes + at + 8);
                at += 8 + (ssize_t)length * 8;
        }
        return n > 0 ? close(fd) : -1;
}

static double milliseconds(void) {
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
        return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
        long n = argc > 4 ? strtol(argv[1], NULL, 10) : 0;
        double begin;

        if (n < 1 || read_filters(argv[2]) < 0) {
                (void)fputs("usage: bench_hardened N FILTERS GROUP COMMAND...\n", stderr);
                return 2;
        }
        begin = milliseconds();
        for (long i = 0; i < n; i++) {
                int status = -1;
                pid_t pid = -1;

                if (make_private("/tmp", i, private_tmp, sizeof(private_tmp)) == 0 &&
                    make_private("/var/tmp", i, private_var_tmp, sizeof(private_var_tmp)) == 0)
                        pid = fork_into_group(argv[3], i);
                if (pid == 0)
                        become(argv + 4);
                if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0) {
                        (void)fprintf(stderr, "start %ld: status %#x\n", i, (unsigned)status);
                        return 1;
                }
        }
        printf("%.3f\n", milliseconds() - begin);
        return 0;
}
