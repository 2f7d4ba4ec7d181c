/* SPDX-License-Identifier: Apache-2.0 */
#include "self_view.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IOPRIO_WHO_PROCESS 1
#define GET_MEMORY_DENY 66 /* PR_GET_MDWE, newer than the headers */

static void view_number(FILE *out, const char *name, long value) {
        if (value < 0)
                (void)fprintf(out, "%s: %s\n", name, strerrorname_np(errno));
        else
                (void)fprintf(out, "%s: %ld\n", name, value);
}

/* The lines of /proc/self/status that tell something; they are "Name:\tvalue". */
static void view_status(FILE *out) {
        static const char *const shown[] = { "Uid",
                                             "Gid",
                                             "Groups",
                                             "SigBlk",
                                             "SigIgn",
                                             "CapInh",
                                             "CapPrm",
                                             "CapEff",
                                             "CapBnd",
                                             "CapAmb",
                                             "NoNewPrivs",
                                             "Seccomp",
                                             "Cpus_allowed_list",
                                             "Umask" };
        FILE *file = fopen("/proc/self/status", "re");
        char line[4096];

        if (!file)
                (void)fprintf(out, "status: %s\n", strerrorname_np(errno));
        while (file && fgets(line, sizeof(line), file))
                for (size_t i = 0; i < sizeof(shown) / sizeof(*shown); i++) {
                        size_t length = strlen(shown[i]);

                        if (strncmp(line, shown[i], length) == 0 && line[length] == ':')
                                (void)fprintf(out, "%s", line);
                }
        if (file)
                (void)fclose(file);
}

/* A small file of /proc/self, its lines as one. */
static void view_small_file(FILE *out, const char *path) {
        char line[256] = "";
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

        if (n < 0)
                (void)fprintf(out, "%s: %s\n", path, strerrorname_np(errno));
        for (ssize_t i = 0; i < n - 1; i++)
                if (line[i] == '\n')
                        line[i] = ',';
        if (n >= 0)
                (void)fprintf(out, "%s: %.*s\n", path, (int)strcspn(line, "\n"), line);
        if (fd >= 0)
                (void)close(fd);
}

static void view_limits(FILE *out) {
        for (int i = 0; i < (int)RLIM_NLIMITS; i++) {
                struct rlimit limit;

                if (getrlimit((__rlimit_resource_t)i, &limit) == 0)
                        (void)fprintf(out,
                                      "limit %d: %jd %jd\n",
                                      i,
                                      (intmax_t)limit.rlim_cur,
                                      (intmax_t)limit.rlim_max);
        }
}

static void view_scheduling(FILE *out) {
        struct sched_param parameter = { 0 };
        unsigned long nodes[16] = { 0 };
        int mode = -1;

        view_number(out, "policy", sched_getscheduler(0));
        (void)sched_getparam(0, &parameter);
        view_number(out, "priority", parameter.sched_priority);
        (void)fprintf(out, "nice: %d\n", getpriority(PRIO_PROCESS, 0));
        view_number(out, "ioprio", syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0));
        view_number(out, "timer slack", prctl(PR_GET_TIMERSLACK));
        if (syscall(SYS_get_mempolicy, &mode, nodes, sizeof(nodes) * 8, NULL, 0) < 0)
                mode = -1;
        view_number(out, "memory policy", mode);
        (void)fprintf(out, "memory nodes: %lx\n", nodes[0]);
        view_small_file(out, "/proc/self/oom_score_adj");
        view_small_file(out, "/proc/self/coredump_filter");
}

static void view_rights(FILE *out) {
        view_number(out, "secure bits", prctl(PR_GET_SECUREBITS));
        view_number(out, "keep caps", prctl(PR_GET_KEEPCAPS));
        view_number(out, "dumpable", prctl(PR_GET_DUMPABLE));
        view_number(out, "no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
        view_number(out, "memory deny", prctl(GET_MEMORY_DENY, 0, 0, 0, 0));
        view_number(out, "personality", personality(0xffffffff));
        (void)fprintf(
                out, "leader: session %d group %d\n", getsid(0) == getpid(), getpgrp() == getpid());
}

/* Which name spaces we are in; the reader compares with those of others. */
static void view_namespaces(FILE *out) {
        static const char *const kinds[] = { "cgroup", "ipc",  "mnt",  "net",
                                             "pid",    "time", "user", "uts" };

        for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
                char path[64], target[64] = "";

                (void)snprintf(path, sizeof(path), "/proc/self/ns/%s", kinds[i]);
                if (readlink(path, target, sizeof(target) - 1) < 0)
                        (void)snprintf(target, sizeof(target), "%s", strerrorname_np(errno));
                (void)fprintf(out, "namespace %s: %s\n", kinds[i], target);
        }
        view_small_file(out, "/proc/self/uid_map");
        view_small_file(out, "/proc/self/gid_map");
        view_small_file(out, "/proc/self/setgroups");
}

static void view_loopback(FILE *out) {
        struct ifreq request = { .ifr_name = "lo" };
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        view_number(out,
                    "loopback",
                    fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0 ? -1
                                                                    : request.ifr_flags & IFF_UP);
        if (fd >= 0)
                (void)close(fd);
}

/* What a keyring is: "keyring;uid;gid;rights;name". */
static void view_keyring(FILE *out, const char *name, int ring) {
        char text[256] = "";

        if (syscall(SYS_keyctl, KEYCTL_DESCRIBE, ring, text, sizeof(text)) < 0)
                (void)snprintf(text, sizeof(text), "%s", strerrorname_np(errno));
        (void)fprintf(out, "keyring %s: %s\n", name, text);
}

/* Those that we have, and how many keys there are in the session's. The user's is the machine's. */
static void view_keyrings(FILE *out) {
        int32_t keys[64];
        long n = syscall(SYS_keyctl, KEYCTL_READ, KEY_SPEC_SESSION_KEYRING, keys, sizeof(keys));

        view_keyring(out, "session", KEY_SPEC_SESSION_KEYRING);
        view_keyring(out, "user", KEY_SPEC_USER_KEYRING);
        view_number(out, "keys of the session", n < 0 ? n : n / (long)sizeof(*keys));
}

void view_process(FILE *out) {
        mode_t mask = umask(0);
        char directory[4096] = "";

        (void)umask(mask);
        (void)fprintf(out, "umask: %04o\n", mask);
        (void)fprintf(out,
                      "directory: %s\n",
                      getcwd(directory, sizeof(directory)) ? directory : strerrorname_np(errno));
        view_status(out);
        view_limits(out);
        view_scheduling(out);
        view_rights(out);
        view_namespaces(out);
        view_loopback(out);
        view_keyrings(out);
}
