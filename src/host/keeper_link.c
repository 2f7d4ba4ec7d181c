/* SPDX-License-Identifier: Apache-2.0 */
#include "host/keeper_link.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/keeper_protocol.h"

#define GREETING_TIMEOUT_MSEC 10000

typedef struct KnownExit {
        pid_t pid;
        int code, status;
} KnownExit;

struct KeeperLink {
        int fd; /* -1 when the keeper is gone */
        pid_t keeper;
        KeeperHandler handler;
        sd_event_source *source;
        KnownExit *exits; /* came with the greeting, owned */
        size_t n_exits, capacity_exits;
        size_t n_replayed; /* of them handed on already */
        bool greeting, fds_done, exits_done, sync_done;
};

int keeper_link_new(int fd, const KeeperHandler *handler, KeeperLink **ret) {
        AUTO_FD int owned = fd;
        struct ucred peer = { 0 };
        socklen_t length = sizeof(peer);
        AUTO(keeper_link_free) KeeperLink *link = calloc(1, sizeof(*link));

        if (!link)
                return err_new(-ENOMEM);
        link->fd = -1;
        if (getsockopt(owned, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
                return err_new(-errno);
        link->keeper = peer.pid;
        link->handler = *handler;
        link->fd = steal_fd(&owned);
        *ret = STEAL(link);
        return 0;
}

KeeperLink *keeper_link_free(KeeperLink *link) {
        if (!link)
                return NULL;
        sd_event_source_disable_unref(link->source);
        link->fd = fd_close(link->fd);
        free(link->exits);
        free(link);
        return NULL;
}

static void lose_keeper(KeeperLink *link) {
        if (link->fd < 0)
                return;
        link->source = sd_event_source_disable_unref(link->source);
        link->fd = fd_close(link->fd);
        link->keeper = 0;
        link->handler.on_gone(link->handler.userdata);
}

static int send_message(KeeperLink *link, const KeeperMessage *message, int fd) {
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct iovec part = { .iov_base = (void *)(uintptr_t)message, .iov_len = sizeof(*message) };
        struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };

        if (link->fd < 0)
                return err_new(-EPIPE);
        if (fd >= 0) {
                control.header = (struct cmsghdr){ .cmsg_level = SOL_SOCKET,
                                                   .cmsg_type = SCM_RIGHTS,
                                                   .cmsg_len = CMSG_LEN(sizeof(int)) };
                memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
                head.msg_control = &control;
                head.msg_controllen = sizeof(control);
        }
        /* Blocking: the keeper only reads and never waits for us. */
        ssize_t n;
        do
                n = sendmsg(link->fd, &head, MSG_NOSIGNAL);
        while (n < 0 && errno == EINTR);
        if (n >= 0)
                return 0;
        int r = -errno;
        if (r == -EPIPE || r == -ECONNRESET)
                lose_keeper(link);
        return err_new(r);
}

static int send_named(KeeperLink *link, KeeperMessageType type, const char *name, int fd) {
        KeeperMessage message = { .version = KEEPER_PROTOCOL_VERSION, .type = (uint16_t)type };
        size_t length = strlen(name);

        if (length >= sizeof(message.name))
                return err_new(-ENAMETOOLONG);
        memcpy(message.name, name, length);
        return err_pass(send_message(link, &message, fd));
}

static int send_number(KeeperLink *link, KeeperMessageType type, pid_t pid, int status) {
        const KeeperMessage message = {
                .version = KEEPER_PROTOCOL_VERSION,
                .type = (uint16_t)type,
                .pid = pid,
                .status = status,
        };
        return err_pass(send_message(link, &message, -1));
}

int keeper_link_store(KeeperLink *link, const char *name, int fd) {
        return err_pass(send_named(link, KEEPER_FD_STORE, name, fd));
}

int keeper_link_remove(KeeperLink *link, const char *name) {
        return err_pass(send_named(link, KEEPER_FD_REMOVE, name, -1));
}

int keeper_link_quit(KeeperLink *link, int status) {
        return err_pass(send_number(link, KEEPER_QUIT, 0, status));
}

int keeper_link_ready(KeeperLink *link) {
        return err_pass(send_number(link, KEEPER_READY, 0, 0));
}

pid_t keeper_link_pid(const KeeperLink *link) {
        return link->keeper;
}

static int keep_exit(KeeperLink *link, const KeeperMessage *message) {
        if (link->n_exits == link->capacity_exits) {
                size_t capacity = link->capacity_exits ? link->capacity_exits * 2 : 64;
                KnownExit *grown = realloc(link->exits, capacity * sizeof(*grown));
                if (!grown)
                        return err_new(-ENOMEM);
                link->exits = grown;
                link->capacity_exits = capacity;
        }
        link->exits[link->n_exits++] = (KnownExit){ message->pid, message->code, message->status };
        return 0;
}

static int on_message(KeeperLink *link, const KeeperMessage *message, int *fd) {
        switch (message->type) {
        case KEEPER_EXIT:
                if (link->greeting)
                        return err_pass(keep_exit(link, message));
                link->handler.on_exit(
                        link->handler.userdata, message->pid, message->code, message->status);
                (void)send_number(link, KEEPER_EXIT_ACK, message->pid, 0); /* a loss is reported */
                return 0;
        case KEEPER_FD:
                if (*fd >= 0)
                        link->handler.on_fd(link->handler.userdata, message->name, steal_fd(fd));
                return 0;
        case KEEPER_FDS_END:
                link->fds_done = true;
                return 0;
        case KEEPER_EXITS_END:
                link->exits_done = true;
                if (message->status > 0)
                        link->handler.on_lost(link->handler.userdata, (unsigned)message->status);
                return 0;
        case KEEPER_SYNC:
                link->sync_done = true;
                return 0;
        case KEEPER_SIGNAL:
                link->handler.on_signal(link->handler.userdata, message->status);
                return 0;
        default:
                return 0; /* a newer keeper may know more */
        }
}

/* 1 after a message, 0 when there is none now. The end of the keeper is -EPIPE. */
static int receive_one(KeeperLink *link) {
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

        ssize_t n = recvmsg(link->fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
                return 0;
        const struct cmsghdr *extra = n > 0 ? CMSG_FIRSTHDR(&head) : NULL;
        if (extra && extra->cmsg_level == SOL_SOCKET && extra->cmsg_type == SCM_RIGHTS &&
            extra->cmsg_len == CMSG_LEN(sizeof(int)))
                memcpy(&fd, CMSG_DATA(extra), sizeof(fd));
        if (n != (ssize_t)sizeof(message) || message.version != KEEPER_PROTOCOL_VERSION) {
                lose_keeper(link);
                return err_new(-EPIPE);
        }
        message.name[sizeof(message.name) - 1] = '\0';
        int r = on_message(link, &message, &fd);
        return r < 0 ? err_pass(r) : 1;
}

/* Asks, and receives until all that is waited for has come; exits meanwhile are kept. */
static int ask(KeeperLink *link, KeeperMessageType question) {
        bool is_greeting = question == KEEPER_HELLO;
        int r = send_number(link, question, getpid(), 0);

        link->greeting = true;
        while (r >= 0 && !(is_greeting ? link->fds_done && link->exits_done : link->sync_done)) {
                r = receive_one(link);
                if (r != 0)
                        continue;
                struct pollfd wait = { .fd = link->fd, .events = POLLIN };
                int n = poll(&wait, 1, GREETING_TIMEOUT_MSEC);
                if (n == 0 || (n < 0 && errno != EINTR))
                        r = n == 0 ? err_new(-ETIMEDOUT) : err_new(-errno);
        }
        link->greeting = false;
        return r < 0 ? err_pass(r) : 0;
}

int keeper_link_greet(KeeperLink *link) {
        return err_pass(ask(link, KEEPER_HELLO));
}

static void hand_on(KeeperLink *link) {
        for (; link->n_replayed < link->n_exits; link->n_replayed++) {
                const KnownExit *exit = &link->exits[link->n_replayed];
                link->handler.on_exit(link->handler.userdata, exit->pid, exit->code, exit->status);
        }
}

void keeper_link_replay(KeeperLink *link) {
        link->n_replayed = 0;
        hand_on(link);
}

int keeper_link_sync(KeeperLink *link) {
        link->sync_done = false;
        int r = ask(link, KEEPER_SYNC);
        hand_on(link);
        return err_pass(r);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        KeeperLink *link = userdata;
        (void)source;
        (void)fd;
        (void)events;
        int r = receive_one(link);
        return r < 0 && r != -EPIPE ? r : 0; /* -EPIPE was handled */
}

int keeper_link_attach(KeeperLink *link, sd_event *event, int64_t priority) {
        for (size_t i = 0; i < link->n_exits; i++)
                (void)send_number(
                        link, KEEPER_EXIT_ACK, link->exits[i].pid, 0); /* a loss is reported */
        free(STEAL(link->exits));
        link->n_exits = link->capacity_exits = link->n_replayed = 0;
        if (link->fd < 0)
                return 0;
        int r = sd_event_add_io(event, &link->source, link->fd, EPOLLIN, on_readable, link);
        if (r >= 0)
                r = sd_event_source_set_priority(link->source, priority);
        return r < 0 ? err_new(r) : 0;
}
