/* SPDX-License-Identifier: Apache-2.0 */
#include "host/notify_socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/str.h"
#include "host/close_apart.h"

#define RECEIVE_BUFFER (8 * 1024 * 1024)
#define DRAIN_MAX 4096 /* messages in one go, so that a flood does not keep the loop */

struct NotifySocket {
        int fd;
        NotifyHandler handler;
        bool draining;
        char *text; /* NOTIFY_TEXT_MAX + 2 bytes, owned */
        int fds[NOTIFY_FDS_MAX];
};

static int bind_socket(const char *path) {
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        if (length < 0)
                return err_pass(length);
        AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return err_new(-errno);
        if (unlink(path) < 0 && errno != ENOENT)
                return err_new(-errno);
        if (bind(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0)
                return err_new(-errno);
        /* Services run as any user; who may say what is decided by the sender's credentials. */
        if (chmod(path, 0777) < 0)
                return err_new(-errno);
        return steal_fd(&fd);
}

int notify_socket_new(const char *path, int fd, const NotifyHandler *handler, NotifySocket **ret) {
        static const int yes = 1, buffer = RECEIVE_BUFFER;
        AUTO_FD int owned = fd;
        AUTO(notify_socket_free) NotifySocket *notify = calloc(1, sizeof(*notify));

        if (!notify)
                return err_new(-ENOMEM);
        notify->fd = -1;
        notify->handler = *handler;
        notify->text = malloc(NOTIFY_TEXT_MAX + 2);
        if (!notify->text)
                return err_new(-ENOMEM);
        if (owned < 0) {
                owned = bind_socket(path);
                if (owned < 0)
                        return err_pass(owned);
        }
        if (setsockopt(owned, SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0)
                return err_new(-errno);
        /* The larger buffer is a help, not a need. */
        if (setsockopt(owned, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) < 0)
                (void)setsockopt(owned, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
        notify->fd = steal_fd(&owned);
        *ret = STEAL(notify);
        return 0;
}

NotifySocket *notify_socket_free(NotifySocket *socket) {
        if (!socket)
                return NULL;
        socket->fd = fd_close(socket->fd);
        free(socket->text);
        free(socket);
        return NULL;
}

int notify_socket_fd(const NotifySocket *socket) {
        return socket->fd;
}

/* Takes descriptors and credentials out of a received message. */
static void read_control(NotifySocket *notify, struct msghdr *head, NotifyPacket *message) {
        for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
                if (c->cmsg_level != SOL_SOCKET)
                        continue;
                if (c->cmsg_type == SCM_RIGHTS) {
                        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                        for (size_t i = 0; i < n && message->n_fds < NOTIFY_FDS_MAX; i++)
                                memcpy(&notify->fds[message->n_fds++],
                                       CMSG_DATA(c) + i * sizeof(int),
                                       sizeof(int));
                } else if (c->cmsg_type == SCM_CREDENTIALS &&
                           c->cmsg_len == CMSG_LEN(sizeof(struct ucred))) {
                        struct ucred sender;
                        memcpy(&sender, CMSG_DATA(c), sizeof(sender));
                        message->pid = sender.pid;
                        message->uid = sender.uid;
                }
        }
}

/* Looks at the first message in the queue. Its length, 0 for an empty one; -EAGAIN when there is
 * none. */
static ssize_t peek(NotifySocket *notify, NotifyPacket *message, int *ret_flags) {
        union {
                struct cmsghdr header;
                char bytes[CMSG_SPACE(sizeof(struct ucred)) +
                           CMSG_SPACE(NOTIFY_FDS_MAX * sizeof(int))];
        } control;
        struct iovec part = { .iov_base = notify->text, .iov_len = NOTIFY_TEXT_MAX + 1 };
        struct msghdr head = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };
        ssize_t n = recvmsg(notify->fd, &head, MSG_DONTWAIT | MSG_PEEK | MSG_CMSG_CLOEXEC);
        if (n < 0)
                return err_new(-errno);
        *message = (NotifyPacket){ .text = notify->text, .fds = notify->fds, .uid = (uid_t)-1 };
        read_control(notify, &head, message);
        *ret_flags = head.msg_flags;
        return n;
}

/* Takes the first message off the queue. */
static void take_off(const NotifySocket *notify) {
        char byte;
        (void)recv(notify->fd, &byte, sizeof(byte), MSG_DONTWAIT); /* it was there a moment ago */
}

/* Why a message cannot be used, NULL when it can. A NUL at the very end is forgiven. */
static const char *fault(char *text, size_t length, int flags, const NotifyPacket *message) {
        if (length > NOTIFY_TEXT_MAX || (flags & MSG_TRUNC))
                return "it is too long";
        if (flags & MSG_CTRUNC)
                return "not all of its descriptors could be received";
        text[length] = '\0';
        if (strlen(text) + 1 < length)
                return "there are NUL bytes in it";
        if (message->pid <= 0)
                return "its sender is not known";
        return NULL;
}

static bool handle_one(NotifySocket *notify) {
        NotifyPacket message;
        int flags = 0;

        ssize_t n = peek(notify, &message, &flags);
        if (n == -EAGAIN)
                return false;
        if (n >= 0) {
                const char *why = fault(notify->text, (size_t)n, flags, &message);
                if (why)
                        notify->handler.on_bad(notify->handler.userdata, message.pid, why);
                else
                        notify->handler.on_message(notify->handler.userdata, &message);
        }
        take_off(notify);
        if (n >= 0) /* only now: what the queue holds is not the last of them then */
                for (unsigned i = 0; i < message.n_fds; i++)
                        (void)close_apart(message.fds[i]); /* always -1 */
        return true;
}

void notify_socket_drain(NotifySocket *socket) {
        if (socket->draining)
                return;
        socket->draining = true;
        for (unsigned i = 0; i < DRAIN_MAX && handle_one(socket); i++)
                ;
        socket->draining = false;
}
