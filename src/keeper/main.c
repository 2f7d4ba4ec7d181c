/* SPDX-License-Identifier: Apache-2.0 */

/* tend-keeper: holds what must outlive a crash of the manager and of the recorder of the journal.
 * Reaps orphans, keeps descriptors, starts them again. Parses nothing that a user wrote and
 * allocates nothing after its start.
 */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/keeper_protocol.h"
#include "base/log.h"
#include "keeper/child_daemon.h"
#include "keeper/descriptor_store.h"
#include "keeper/orphan.h"

#define ARGUMENTS_MAX 64
#define RECORDER_PATIENCE_USEC (5 * USEC_PER_SEC) /* for its start, and for its end */
#define RECORDER_CHECK_MSEC 1000
#define RECORDER_TRIES 5 /* of one that never came up */

/* What a new process is handed, in this order. */
typedef enum Backlog {
        BACKLOG_NONE,
        BACKLOG_DESCRIPTORS,
        BACKLOG_EXITS,
} Backlog;

/* One of the two daemons that are started, and what it gets back when it is started again. */
typedef struct Child {
        const char *name; /* for the log */
        ChildDaemon daemon;
        DescriptorStore descriptors;
        char *arguments[ARGUMENTS_MAX];
        Backlog backlog; /* what the present process has not got yet */
        bool sync_due;   /* it asked for a SYNC and has not got it */
        bool was_up;     /* some process of it has said HELLO */
        bool is_ready;   /* the present process has said READY */
} Child;

typedef struct Keeper {
        Log log;
        OrphanTable orphans;
        Child manager, recorder;   /* the recorder has no arguments where there is none */
        uint32_t pending_signals;  /* bit set of signals that no manager could be told of yet */
        bool recorder_may_be_late; /* the manager does not wait for it any more */
        uint64_t recorder_give_up_usec; /* monotonic; when that comes true, 0 = not set */
        bool quitting;                  /* the manager said QUIT: it is not started again */
        bool recorder_was_told;         /* to end */
        int quit_status;
} Keeper;

static Keeper keeper; /* in .bss: the tables cost memory only where they are used */

static int send_plain(const Child *child, KeeperMessageType type, int status) {
        const KeeperMessage message = {
                .version = KEEPER_PROTOCOL_VERSION,
                .type = (uint16_t)type,
                .status = status,
        };
        ssize_t n = send(
                child->daemon.socket_fd, &message, sizeof(message), MSG_DONTWAIT | MSG_NOSIGNAL);
        return n < 0 ? -errno : 0;
}

static bool is_manager(const Child *child) {
        return child == &keeper.manager;
}

/* Exits that the child has not been told of; only the manager hears of any. */
static unsigned n_unsent(const Child *child) {
        return is_manager(child) ? keeper.orphans.n_unsent : 0;
}

static void send_signals(const Child *child) {
        for (int i = 1; i < 32 && keeper.pending_signals != 0; i++)
                if ((keeper.pending_signals & 1U << i) && send_plain(child, KEEPER_SIGNAL, i) == 0)
                        keeper.pending_signals &= ~(1U << i);
}

/* Hands over descriptors, then exits, then signals; goes on when the socket has room again. */
static void send_due(Child *child) {
        int fd = child->daemon.socket_fd;
        if (fd < 0 || !child->daemon.said_hello)
                return;
        if (child->backlog == BACKLOG_DESCRIPTORS) {
                if (descriptor_store_send(&child->descriptors, fd) != 1 ||
                    send_plain(child, KEEPER_FDS_END, 0) < 0)
                        return;
                child->backlog = BACKLOG_EXITS;
        }
        if (is_manager(child) &&
            (orphan_send(&keeper.orphans, fd) < 0 || keeper.orphans.n_unsent > 0))
                return; /* full, or the manager is gone and its end is about to be seen */
        if (child->backlog == BACKLOG_EXITS) {
                if (send_plain(child,
                               KEEPER_EXITS_END,
                               is_manager(child) ? (int)keeper.orphans.n_lost : 0) < 0)
                        return;
                if (is_manager(child))
                        keeper.orphans.n_lost = 0;
                child->backlog = BACKLOG_NONE;
        }
        if (child->sync_due && send_plain(child, KEEPER_SYNC, 0) == 0)
                child->sync_due = false;
        if (is_manager(child))
                send_signals(child);
}

static void reap(void);

static void on_hello(Child *child) {
        child->was_up = true;
        child->daemon.said_hello = true;
        child->backlog = BACKLOG_DESCRIPTORS;
        child->sync_due = false;
        descriptor_store_rewind(&child->descriptors);
        if (is_manager(child)) {
                child->daemon.n_failures = 0;
                orphan_mark_unsent(&keeper.orphans);
        }
}

static void on_ready(Child *child) {
        child->is_ready = true;
        child->daemon.n_failures = 0;
}

/* What has ended by now must be among the exits that go out before the answer. */
static void on_sync(Child *child) {
        child->sync_due = true;
        reap();
}

static void on_quit(const Child *child, int status) {
        if (!is_manager(child))
                return;
        keeper.quitting = true;
        keeper.quit_status = status;
}

static void on_message(Child *child, const KeeperMessage *message, int *fd) {
        switch (message->type) {
        case KEEPER_HELLO:
                on_hello(child);
                break;
        case KEEPER_READY:
                on_ready(child);
                break;
        case KEEPER_EXIT_ACK:
                if (is_manager(child))
                        orphan_acknowledge(&keeper.orphans, message->pid);
                break;
        case KEEPER_FD_STORE:
                if (*fd >= 0 &&
                    !descriptor_store_put(&child->descriptors, message->name, steal_fd(fd)))
                        log_line(&keeper.log,
                                 LOG_WARNING,
                                 NULL,
                                 "No room to keep descriptor %s: it will close when the %s ends",
                                 message->name,
                                 child->name);
                break;
        case KEEPER_FD_REMOVE:
                descriptor_store_remove(&child->descriptors, message->name);
                break;
        case KEEPER_SYNC:
                on_sync(child);
                break;
        case KEEPER_QUIT:
                on_quit(child, message->status);
                break;
        default:
                log_line(&keeper.log,
                         LOG_WARNING,
                         NULL,
                         "Ignoring a message of unknown type %u from the %s",
                         message->type,
                         child->name);
        }
}

/* Receives one message; false when there is none. A descriptor that nobody takes is closed. */
static bool receive_one(Child *child) {
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
                n = recvmsg(child->daemon.socket_fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        while (n < 0 && (errno == ECONNRESET || errno == EINTR));
        if (n <= 0)
                return false; /* empty, or the end of the child, which SIGCHLD tells of */
        const struct cmsghdr *extra = CMSG_FIRSTHDR(&head);
        if (extra && extra->cmsg_type == SCM_RIGHTS && extra->cmsg_len == CMSG_LEN(sizeof(int)))
                memcpy(&fd, CMSG_DATA(extra), sizeof(int));
        if (n != (ssize_t)sizeof(message) || message.version != KEEPER_PROTOCOL_VERSION) {
                log_line(&keeper.log,
                         LOG_ERR,
                         NULL,
                         "The %s speaks another protocol; message dropped",
                         child->name);
                return true;
        }
        message.name[sizeof(message.name) - 1] = '\0';
        on_message(child, &message, &fd);
        return true;
}

static void take_last_words(Child *child) {
        if (child->daemon.socket_fd >= 0)
                while (receive_one(child)) /* usually QUIT */
                        ;
}

static void on_manager_end(int status) {
        Child *manager = &keeper.manager;

        take_last_words(manager);
        child_daemon_ended(&manager->daemon, clock_monotonic_usec());
        if (!keeper.quitting &&
            !manager->was_up) { /* it cannot start at all: that is for who called us */
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

static void on_recorder_end(int status) {
        Child *recorder = &keeper.recorder;

        take_last_words(recorder);
        recorder->daemon.said_hello &= recorder->is_ready; /* else it is not started at once */
        recorder->is_ready = false;
        keeper.recorder_may_be_late = true;
        child_daemon_ended(&recorder->daemon, clock_monotonic_usec());
        if (!recorder->was_up && recorder->daemon.n_failures >= RECORDER_TRIES) {
                recorder->daemon.start_at_usec = 0;
                log_line(
                        &keeper.log,
                        LOG_ERR,
                        NULL,
                        "The recorder of the journal does not come up (status %d); going on without it",
                        status);
        } else if (!keeper.quitting)
                log_line(&keeper.log,
                         LOG_WARNING,
                         NULL,
                         "The recorder of the journal ended with status %d; it is started again",
                         status);
}

/* Takes all that has ended off the kernel. */
static void reap(void) {
        OwnChild children[] = { { .pid = keeper.manager.daemon.pid },
                                { .pid = keeper.recorder.daemon.pid } };

        orphan_reap_all(&keeper.orphans, children, ARRAY_LENGTH(children));
        if (children[1].ended)
                on_recorder_end(children[1].status);
        if (children[0].ended)
                on_manager_end(children[0].status);
}

static void on_signals(int signal_fd) {
        struct signalfd_siginfo info;
        while (read(signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
                if (info.ssi_signo != SIGCHLD && info.ssi_signo < 32)
                        keeper.pending_signals |= 1U << info.ssi_signo;
        reap();
}

static void start_when_due(Child *child, uint64_t now_usec) {
        if (child_daemon_timeout_msec(&child->daemon, now_usec) != 0)
                return;
        int r = child_daemon_start(&child->daemon);
        if (r < 0) {
                log_line(&keeper.log,
                         LOG_ERR,
                         NULL,
                         "Cannot start the %s %s: %s",
                         child->name,
                         child->arguments[0],
                         strerror(-r));
                child_daemon_ended(&child->daemon, now_usec);
                keeper.recorder_may_be_late |= !is_manager(child);
        }
}

/* The recorder first: services of the manager find it there. */
static void start_children(uint64_t now_usec) {
        if (keeper.quitting)
                return;
        start_when_due(&keeper.recorder, now_usec);
        if (keeper.recorder.is_ready || now_usec >= keeper.recorder_give_up_usec)
                keeper.recorder_may_be_late = true;
        if (keeper.recorder_may_be_late)
                start_when_due(&keeper.manager, now_usec);
}

/* The manager is gone for good. Whether the recorder is, too; it is told to end. */
static bool has_all_ended(uint64_t now_usec) {
        ChildDaemon *recorder = &keeper.recorder.daemon;

        if (!keeper.quitting || keeper.manager.daemon.pid != 0)
                return false;
        if (recorder->pid == 0)
                return true;
        if (!keeper.recorder_was_told) {
                keeper.recorder_was_told = true;
                keeper.recorder_give_up_usec = now_usec + RECORDER_PATIENCE_USEC;
                if (send_plain(&keeper.recorder, KEEPER_SIGNAL, SIGTERM) < 0)
                        (void)kill(recorder->pid, SIGTERM); /* our child, not reaped yet */
        } else if (now_usec >= keeper.recorder_give_up_usec)
                (void)kill(recorder->pid, SIGKILL); /* as above */
        return false;
}

static int smaller_timeout(int a, int b) {
        return a < 0 ? b : b < 0 ? a : MIN(a, b);
}

static int timeout_msec(uint64_t now_usec) {
        int timeout = child_daemon_timeout_msec(&keeper.recorder.daemon, now_usec);

        if (!keeper.recorder_may_be_late || keeper.recorder_was_told)
                timeout = smaller_timeout(timeout, RECORDER_CHECK_MSEC);
        if (keeper.recorder_may_be_late)
                timeout = smaller_timeout(
                        timeout, child_daemon_timeout_msec(&keeper.manager.daemon, now_usec));
        return keeper.quitting && !keeper.recorder_was_told && keeper.manager.daemon.pid == 0
                       ? 0
                       : timeout;
}

static struct pollfd watch(const Child *child) {
        bool wants_room =
                child->daemon.said_hello &&
                (child->backlog != BACKLOG_NONE || child->sync_due || n_unsent(child) > 0 ||
                 (is_manager(child) && keeper.pending_signals != 0));
        return (struct pollfd){
                .fd = child->daemon.socket_fd,
                .events = (short)(POLLIN | (wants_room ? POLLOUT : 0)),
        };
}

static void serve(Child *child, const struct pollfd *seen) {
        ChildDaemon *daemon = &child->daemon;

        if (seen->revents & POLLIN && daemon->socket_fd == seen->fd)
                while (receive_one(child))
                        ;
        if (seen->revents & POLLHUP && daemon->socket_fd == seen->fd) {
                auto_fd(&daemon->socket_fd); /* closed before it ended: wait for the end */
                daemon->socket_fd = -1;
        }
        send_due(child);
}

/* The exit status. PID 1 of a container that is to begin anew asks the kernel to end its processes
 * as pid_namespaces(7) tells: what runs the container sees SIGHUP. The machine itself is left
 * alone. */
static int leave(void) {
        enum { FIRST_PID_SPACE = 0xeffffffcU }; /* PROC_PID_INIT_INO of the kernel */
        struct stat space;

        if (keeper.quit_status != KEEPER_QUIT_REBOOT)
                return keeper.quit_status;
        if (getpid() == 1 && stat("/proc/self/ns/pid", &space) >= 0 &&
            space.st_ino != FIRST_PID_SPACE) {
                sync();
                (void)reboot(RB_AUTOBOOT); /* returns where we may not: then we just end */
        }
        return 0;
}

static int run(int signal_fd) {
        uint64_t now_usec = clock_monotonic_usec();

        keeper.manager.daemon.start_at_usec = now_usec;
        if (keeper.recorder.arguments[0]) {
                keeper.recorder.daemon.start_at_usec = now_usec;
                keeper.recorder_give_up_usec = now_usec + RECORDER_PATIENCE_USEC;
        }
        for (;;) {
                now_usec = clock_monotonic_usec();
                start_children(now_usec);
                if (has_all_ended(now_usec))
                        return leave();
                struct pollfd watched[] = {
                        { .fd = signal_fd, .events = POLLIN },
                        watch(&keeper.manager),
                        watch(&keeper.recorder),
                };
                if (poll(watched, ARRAY_LENGTH(watched), timeout_msec(clock_monotonic_usec())) <
                            0 &&
                    errno != EINTR)
                        return 1;
                if (watched[0].revents)
                        on_signals(signal_fd);
                serve(&keeper.manager, &watched[1]);
                serve(&keeper.recorder, &watched[2]);
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

/* Copies a command line and adds "--keeper-fd" with a place for the number. */
static bool take_command(Child *child, int n, char **words) {
        static char option[] = "--keeper-fd";

        child->daemon.socket_fd = -1;
        if (n > ARGUMENTS_MAX - 3)
                return false;
        if (n == 0)
                return true;
        memcpy(child->arguments, words, (size_t)n * sizeof(char *));
        child->arguments[n] = option;
        child->daemon.fd_argument = (unsigned)n + 1;
        child->daemon.argv = child->arguments;
        return true;
}

/* [RECORDER [ARGUMENT...]] -- MANAGER [ARGUMENT...] */
static bool take_commands(int argc, char **argv) {
        int end = 1;

        while (end < argc && strcmp(argv[end], "--") != 0)
                end++;
        return end + 1 < argc && take_command(&keeper.recorder, end - 1, argv + 1) &&
               take_command(&keeper.manager, argc - end - 1, argv + end + 1);
}

int main(int argc, char **argv) {
        keeper.log = (Log){ .fd = STDERR_FILENO, .max_level = LOG_INFO, .ident = "tend-keeper" };
        keeper.manager.name = "manager";
        keeper.recorder.name = "recorder";
        if (!take_commands(argc, argv)) {
                (void)fputs("usage: tend-keeper [/path/to/tend-journald [ARGUMENT...]] -- "
                            "/path/to/tendd [ARGUMENT...]\n",
                            stderr);
                return 2;
        }
        AUTO_FD int signal_fd = prepare();
        if (signal_fd < 0) {
                log_line(&keeper.log, LOG_ERR, NULL, "Cannot start: %s", strerror(errno));
                return 1;
        }
        return run(signal_fd);
}
