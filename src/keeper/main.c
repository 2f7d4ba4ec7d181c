/* SPDX-License-Identifier: Apache-2.0 */

/* tend-keeper: holds what must outlive a crash of the manager. Reaps orphans, keeps descriptors,
 * starts the manager again. Parses nothing that a user wrote and allocates nothing after its start.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/keeper_protocol.h"
#include "base/log.h"
#include "keeper/child_daemon.h"
#include "keeper/descriptor_store.h"
#include "keeper/orphan.h"

#define ARGUMENTS_MAX 64

/* What a new manager is handed, in this order. */
typedef enum Backlog {
        BACKLOG_NONE,
        BACKLOG_DESCRIPTORS,
        BACKLOG_EXITS,
} Backlog;

typedef struct Keeper {
        Log log;
        OrphanTable orphans;
        DescriptorStore descriptors;
        ChildDaemon manager;
        char *arguments[ARGUMENTS_MAX];
        Backlog backlog;          /* what the present manager has not got yet */
        uint32_t pending_signals; /* bit set of signals that no manager could be told of yet */
        bool sync_due;            /* the manager asked for a SYNC and has not got it */
        bool was_up;              /* some manager has said HELLO */
        bool quitting;            /* the manager said QUIT: it is not started again */
        int quit_status;
} Keeper;

static Keeper keeper; /* in .bss: the tables cost memory only where they are used */

static int send_plain(KeeperMessageType type, int status) {
        const KeeperMessage message = {
                .version = KEEPER_PROTOCOL_VERSION,
                .type = (uint16_t)type,
                .status = status,
        };
        ssize_t n = send(
                keeper.manager.socket_fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL);
        return n < 0 ? -errno : 0;
}

/* Hands over descriptors, then exits, then signals; goes on when the socket has room again. */
static void send_due(void) {
        int fd = keeper.manager.socket_fd;
        if (fd < 0 || !keeper.manager.said_hello)
                return;
        if (keeper.backlog == BACKLOG_DESCRIPTORS) {
                if (descriptor_store_send(&keeper.descriptors, fd) != 1 ||
                    send_plain(KEEPER_FDS_END, 0) < 0)
                        return;
                keeper.backlog = BACKLOG_EXITS;
        }
        if (orphan_send(&keeper.orphans, fd) < 0 || keeper.orphans.n_unsent > 0)
                return; /* full, or the manager is gone and its end is about to be seen */
        if (keeper.backlog == BACKLOG_EXITS) {
                if (send_plain(KEEPER_EXITS_END, (int)keeper.orphans.n_lost) < 0)
                        return;
                keeper.orphans.n_lost = 0;
                keeper.backlog = BACKLOG_NONE;
        }
        if (keeper.sync_due && send_plain(KEEPER_SYNC, 0) == 0)
                keeper.sync_due = false;
        for (int i = 1; i < 32 && keeper.pending_signals != 0; i++)
                if ((keeper.pending_signals & 1U << i) && send_plain(KEEPER_SIGNAL, i) == 0)
                        keeper.pending_signals &= ~(1U << i);
}

static void reap(void);

static void on_hello(void) {
        keeper.was_up = true;
        keeper.manager.said_hello = true;
        keeper.manager.n_failures = 0;
        keeper.backlog = BACKLOG_DESCRIPTORS;
        keeper.sync_due = false;
        orphan_mark_unsent(&keeper.orphans);
        descriptor_store_rewind(&keeper.descriptors);
}

/* What has ended by now must be among the exits that go out before the answer. */
static void on_sync(void) {
        keeper.sync_due = true;
        reap();
}

static void on_message(const KeeperMessage *message, int *fd) {
        switch (message->type) {
        case KEEPER_HELLO:
                on_hello();
                break;
        case KEEPER_EXIT_ACK:
                orphan_acknowledge(&keeper.orphans, message->pid);
                break;
        case KEEPER_FD_STORE:
                if (*fd >= 0 &&
                    !descriptor_store_put(&keeper.descriptors, message->name, steal_fd(fd)))
                        log_line(
                                &keeper.log,
                                LOG_WARNING,
                                NULL,
                                "No room to keep descriptor %s: it will close when the manager ends",
                                message->name);
                break;
        case KEEPER_FD_REMOVE:
                descriptor_store_remove(&keeper.descriptors, message->name);
                break;
        case KEEPER_SYNC:
                on_sync();
                break;
        case KEEPER_QUIT:
                keeper.quitting = true;
                keeper.quit_status = message->status;
                break;
        default:
                log_line(&keeper.log,
                         LOG_WARNING,
                         NULL,
                         "Ignoring a message of unknown type %u from the manager",
                         message->type);
        }
}

/* Receives one message; false when there is none. A descriptor that nobody takes is closed. */
static bool receive_one(void) {
        KeeperMessage message;
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct iovec part = { .iov_base = &message, .iov_len = sizeof(message) };
        struct msghdr head = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };
        AUTO_FD int fd = -1;

        ssize_t n;
        do /* a peer that died with unread messages shows as one ECONNRESET before what it sent */
                n = recvmsg(keeper.manager.socket_fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        while (n < 0 && (errno == ECONNRESET || errno == EINTR));
        if (n <= 0)
                return false; /* empty, or the end of the manager, which SIGCHLD tells of */
        const struct cmsghdr *extra = CMSG_FIRSTHDR(&head);
        if (extra && extra->cmsg_type == SCM_RIGHTS && extra->cmsg_len == CMSG_LEN(sizeof(int)))
                memcpy(&fd, CMSG_DATA(extra), sizeof(int));
        if (n != (ssize_t)sizeof(message) || message.version != KEEPER_PROTOCOL_VERSION) {
                log_line(&keeper.log,
                         LOG_ERR,
                         NULL,
                         "The manager speaks another protocol; message dropped");
                return true;
        }
        message.name[sizeof(message.name) - 1] = '\0';
        on_message(&message, &fd);
        return true;
}

static void on_manager_end(int status) {
        if (keeper.manager.socket_fd >= 0)
                while (receive_one()) /* a last word, usually QUIT */
                        ;
        child_daemon_ended(&keeper.manager, clock_monotonic_usec());
        if (!keeper.quitting &&
            !keeper.was_up) { /* it cannot start at all: that is for who called us */
                keeper.quitting = true;
                keeper.quit_status = status;
        }
        if (!keeper.quitting)
                log_line(&keeper.log,
                         LOG_WARNING,
                         NULL,
                         "The manager ended with status %d; services go on, it is started again",
                         status);
}

/* Takes all that has ended off the kernel. */
static void reap(void) {
        int status = 0;
        if (orphan_reap_all(&keeper.orphans, keeper.manager.pid, &status))
                on_manager_end(status);
}

static void on_signals(int signal_fd) {
        struct signalfd_siginfo info;
        while (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
                if (info.ssi_signo != SIGCHLD && info.ssi_signo < 32)
                        keeper.pending_signals |= 1U << info.ssi_signo;
        reap();
}

static void start_when_due(void) {
        uint64_t now_usec = clock_monotonic_usec();
        if (keeper.quitting || child_daemon_timeout_msec(&keeper.manager, now_usec) != 0)
                return;
        int r = child_daemon_start(&keeper.manager);
        if (r < 0) {
                log_line(&keeper.log,
                         LOG_ERR,
                         NULL,
                         "Cannot start the manager %s: %s",
                         keeper.arguments[0],
                         strerror(-r));
                child_daemon_ended(&keeper.manager, now_usec);
        }
}

static int run(int signal_fd) {
        keeper.manager.start_at_usec = clock_monotonic_usec();
        for (;;) {
                start_when_due();
                if (keeper.quitting && keeper.manager.pid == 0)
                        return keeper.quit_status;

                int socket_fd = keeper.manager.socket_fd;
                bool wants_room = keeper.manager.said_hello &&
                                  (keeper.backlog != BACKLOG_NONE || keeper.sync_due ||
                                   keeper.orphans.n_unsent > 0 || keeper.pending_signals != 0);
                struct pollfd watched[] = {
                        { .fd = signal_fd, .events = POLLIN },
                        { .fd = socket_fd, .events = (short)(POLLIN | (wants_room ? POLLOUT : 0)) },
                };
                int timeout = child_daemon_timeout_msec(&keeper.manager, clock_monotonic_usec());
                if (poll(watched, ARRAY_LENGTH(watched), timeout) < 0 && errno != EINTR)
                        return 1;
                if (watched[0].revents)
                        on_signals(signal_fd);
                if (watched[1].revents & POLLIN && keeper.manager.socket_fd == socket_fd)
                        while (receive_one())
                                ;
                if (watched[1].revents & POLLHUP && keeper.manager.socket_fd == socket_fd) {
                        auto_fd(&keeper.manager
                                         .socket_fd); /* closed before it ended: wait for the end */
                        keeper.manager.socket_fd = -1;
                }
                send_due();
        }
}

static int prepare(void) {
        static const int forwarded[] = { SIGCHLD, SIGTERM, SIGINT,  SIGHUP,
                                         SIGPWR,  SIGUSR1, SIGUSR2, SIGQUIT };
        sigset_t mask;

        /* Where it is ignored, which is inherited, the kernel throws exit statuses away. */
        (void)signal(SIGCHLD, SIG_DFL); /* cannot fail */
        (void)sigemptyset(&mask);       /* cannot fail */
        for (size_t i = 0; i < ARRAY_LENGTH(forwarded); i++)
                (void)sigaddset(&mask, forwarded[i]); /* valid signals */
        if (sigprocmask(SIG_SETMASK, &mask, NULL) < 0)
                return -1;
        if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
                return -1;
        return signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Copies the manager's command line and adds "--keeper-fd=" with a place for the number. */
static bool take_command(int argc, char **argv) {
        static char option[] = "--keeper-fd";

        if (argc < 1 || argc > ARGUMENTS_MAX - 3)
                return false;
        memcpy(keeper.arguments, argv, (size_t)argc * sizeof(char *));
        keeper.arguments[argc] = option;
        keeper.manager.fd_argument = (unsigned)argc + 1;
        keeper.manager.argv = keeper.arguments;
        keeper.manager.socket_fd = -1;
        return true;
}

int main(int argc, char **argv) {
        keeper.log = (Log){ .fd = STDERR_FILENO, .max_level = LOG_INFO, .ident = "tend-keeper" };
        if (argc < 3 || strcmp(argv[1], "--") != 0 || !take_command(argc - 2, argv + 2)) {
                (void)fputs("usage: tend-keeper -- /path/to/tendd [ARGUMENT...]\n", stderr);
                return 2;
        }
        AUTO_FD int signal_fd = prepare();
        if (signal_fd < 0) {
                log_line(&keeper.log, LOG_ERR, NULL, "Cannot start: %s", strerror(errno));
                return 1;
        }
        return run(signal_fd);
}
