/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BAD (-1L) /* no such descriptor, address or id */

/* System calls that change nothing: where one is not refused its arguments are wrong. */
static const struct {
        const char *name;
        long number;
        long arguments[4];
} calls[] = {
        { "batch", SYS_sched_setscheduler, { BAD, SCHED_BATCH, BAD } },
        { "chmod", SYS_fchmodat, { AT_FDCWD, BAD, 0755 } },
        { "chmod_suid", SYS_fchmodat, { AT_FDCWD, BAD, 04755 } },
        { "clock_settime", SYS_clock_settime, { BAD, BAD } },
        { "clone3", SYS_clone3, { BAD, 0 } },
        { "fifo", SYS_sched_setscheduler, { BAD, SCHED_FIFO, BAD } },
        { "mkdir", SYS_mkdirat, { AT_FDCWD, BAD, 0755 } },
        { "module", SYS_finit_module, { BAD, BAD, 0 } },
        { "open_suid", SYS_openat, { AT_FDCWD, BAD, O_CREAT | O_WRONLY, 04755 } },
        { "personality", SYS_personality, { 8 } },
        { "rmdir", SYS_unlinkat, { AT_FDCWD, BAD, AT_REMOVEDIR } },
        { "setns", SYS_setns, { BAD, 0 } },
        { "setns_uts", SYS_setns, { BAD, CLONE_NEWUTS } },
        { "sethostname", SYS_sethostname, { BAD, 1L << 30 } },
        { "sysinfo", SYS_sysinfo, { BAD } },
        { "syslog", SYS_syslog, { BAD, 0, 0 } },
        { "umount", SYS_umount2, { BAD, 0 } },
        { "unshare_files", SYS_unshare, { CLONE_FILES } },
        { "unshare_user", SYS_unshare, { CLONE_NEWUSER } },
        { "unshare_uts", SYS_unshare, { CLONE_NEWUTS } },
};

static void ask_call(const char *name, char answer[static ANSWER_SIZE]) {
        if (strcmp(name, "foreign") == 0) {
                answer_error(foreign_call(), answer);
                return;
        }
        if (strcmp(name, "_sysctl") == 0) {
                answer_error(old_sysctl_call(), answer);
                return;
        }
        for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
                const long *a = calls[i].arguments;

                if (strcmp(calls[i].name, name) != 0)
                        continue;
                errno = 0;
                answer_error(syscall(calls[i].number, a[0], a[1], a[2], a[3]) == -1 ? errno : 0,
                             answer);
                return;
        }
        answer_text(answer, "no such call");
}

static const struct {
        const char *name;
        int family;
} families[] = {
        { "inet", AF_INET },     { "inet6", AF_INET6 }, { "netlink", AF_NETLINK },
        { "packet", AF_PACKET }, { "unix", AF_UNIX },
};

static void ask_socket(const char *name, char answer[static ANSWER_SIZE]) {
        for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
                if (strcmp(families[i].name, name) == 0) {
                        int fd = socket(families[i].family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

                        answer_error(fd < 0 ? errno : 0, answer);
                        if (fd >= 0)
                                (void)close(fd);
                }
}

/* Memory that is to be written and executed: "map", or made so later: "protect". */
static void ask_memory_rights(const char *how, char answer[static ANSWER_SIZE]) {
        int rights = PROT_READ | PROT_WRITE | (strcmp(how, "map") == 0 ? PROT_EXEC : 0);
        void *page = mmap(NULL, 4096, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        int error = page == MAP_FAILED ? errno : 0;

        if (error == 0 && strcmp(how, "protect") == 0 &&
            mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0)
                error = errno;
        answer_error(error, answer);
}

static int is_answered(int fd) {
        struct timeval patience = { .tv_sec = 1 };
        char byte;

        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        return recv(fd, &byte, 1, 0) == 1;
}

/* Whether a datagram to ourselves arrives by an address of version 4. */
static void ask_talk(const char *address, char answer[static ANSWER_SIZE]) {
        struct sockaddr_in own = { .sin_family = AF_INET };
        socklen_t length = sizeof(own);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        int error = 0;

        if (fd < 0 || inet_pton(AF_INET, address, &own.sin_addr) != 1 ||
            bind(fd, (struct sockaddr *)&own, length) < 0 ||
            getsockname(fd, (struct sockaddr *)&own, &length) < 0 ||
            sendto(fd, "x", 1, 0, (struct sockaddr *)&own, length) < 0)
                error = errno;
        if (error == 0 && !is_answered(fd))
                answer_text(answer, "lost");
        else
                answer_error(error, answer);
        if (fd >= 0)
                (void)close(fd);
}

/* Whether a port can be bound. */
static void ask_bind(const char *argument, char answer[static ANSWER_SIZE]) {
        struct sockaddr_in address = { .sin_family = AF_INET };
        unsigned port = 0;
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        for (; *argument >= '0' && *argument <= '9'; argument++)
                port = port * 10 + (unsigned)(*argument - '0');
        address.sin_port = htons((uint16_t)port);
        answer_error(bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? errno : 0,
                     answer);
        (void)close(fd);
}

/* The number of our session keyring; it is joined by nobody who has not the right. */
static void ask_keyring(const char *argument, char answer[static ANSWER_SIZE]) {
        long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);

        (void)argument;
        if (id < 0)
                answer_error(errno, answer);
        else
                answer_text(answer, "%ld", id);
}

/* Whether a node for /dev/full can be made in a directory. */
static void ask_node(const char *directory, char answer[static ANSWER_SIZE]) {
        char path[ANSWER_SIZE];
        int r;

        answer_text(path, "%s/.tend-node-%d", directory, getpid());
        r = mknod(path, S_IFCHR | 0600, makedev(1, 7));
        answer_error(r < 0 ? errno : 0, answer);
        if (r == 0)
                (void)unlink(path);
}

/* clang-format off */
const Probe probes_of_calls[] = {
        { .name = "bind",    .ask = ask_bind },
        { .name = "call",    .ask = ask_call },
        { .name = "keyring", .ask = ask_keyring },
        { .name = "memory",  .ask = ask_memory_rights },
        { .name = "node",    .ask = ask_node },
        { .name = "socket",  .ask = ask_socket },
        { .name = "talk",    .ask = ask_talk },
        { 0 },
};
/* clang-format on */
