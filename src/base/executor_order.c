/* SPDX-License-Identifier: Apache-2.0 */
#include "base/executor_order.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"

#define RIDE_MAX 253 /* descriptors of one message: SCM_MAX_FD, unix(7) */
#define FIRST_BYTES 8192

enum {
        FLAG_EXEC_FD = 1 << 0,
        FLAG_SWITCH_FD = 1 << 1,
        FLAG_IN_GROUP = 1 << 2,
        FLAG_NONE_IGNORED = 1 << 3,
        FLAG_PASSED_NAMES = 1 << 4,
        FLAG_PLAN = 1 << 5,
};

typedef struct OrderHead {
        uint32_t length; /* of everything */
        uint32_t flags;
        uint32_t index;
        uint32_t n_passed;
        uint32_t n_stored;
        uint32_t n_environment;
} OrderHead;

unsigned executor_order_descriptors(const ExecutorOrder *order) {
        return order->n_passed + order->has_exec_fd + order->has_switch_fd + order->has_plan;
}

static void add_text(StrBuf *out, const char *text) {
        strbuf_add(out, text);
        strbuf_add_char(out, '\0');
}

static int print_order(const ExecutorOrder *order, StrBuf *out) {
        OrderHead head = {
                .flags = (order->has_exec_fd ? FLAG_EXEC_FD : 0u) |
                         (order->has_switch_fd ? FLAG_SWITCH_FD : 0u) |
                         (order->in_group ? FLAG_IN_GROUP : 0u) |
                         (order->none_ignored ? FLAG_NONE_IGNORED : 0u) |
                         (order->passed_names ? FLAG_PASSED_NAMES : 0u) |
                         (order->has_plan ? FLAG_PLAN : 0u),
                .index = order->index,
                .n_passed = order->n_passed,
                .n_stored = order->n_stored,
                .n_environment = (uint32_t)strv_length(order->environment),
        };

        strbuf_add_bytes(out, &head, sizeof(head));
        add_text(out, order->list);
        add_text(out, order->passed_names ?: "");
        STRV_FOREACH(item, order->environment)
        add_text(out, *item);
        int r = strbuf_result(out);
        if (r < 0)
                return err_pass(r);
        if (out->length > EXECUTOR_ORDER_MAX || order->n_passed > EXECUTOR_PASSED_MAX)
                return err_new(-E2BIG);
        head.length = (uint32_t)out->length;
        memcpy(out->data, &head, sizeof(head));
        return 0;
}

/* One message, perhaps of descriptors alone but for a byte. How many bytes went. */
static ssize_t send_some(int fd, Str bytes, const int *fds, unsigned n_fds) {
        union {
                struct cmsghdr head;
                char space[CMSG_SPACE(RIDE_MAX * sizeof(int))];
        } control;
        struct iovec part = { (char *)(uintptr_t)bytes.data, bytes.length };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        ssize_t n;

        if (n_fds > 0) {
                control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n_fds * sizeof(int)),
                                                 .cmsg_level = SOL_SOCKET,
                                                 .cmsg_type = SCM_RIGHTS };
                memcpy(CMSG_DATA(&control.head), fds, n_fds * sizeof(int));
                message.msg_control = &control;
                message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        }
        do
                n = sendmsg(fd, &message, MSG_NOSIGNAL);
        while (n < 0 && errno == EINTR);
        return n < 0 ? err_new(-errno) : n;
}

int executor_order_send(int fd, const ExecutorOrder *order, const int *fds) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        unsigned n_fds = executor_order_descriptors(order);

        int r = print_order(order, &text);
        if (r < 0)
                return err_pass(r);
        Str rest = { text.data, text.length };
        while (rest.length > 0) {
                unsigned n_riding = MIN(n_fds, (unsigned)RIDE_MAX);
                bool is_last = n_riding == n_fds;
                ssize_t n =
                        send_some(fd, (Str){ rest.data, is_last ? rest.length : 1 }, fds, n_riding);
                if (n < 0)
                        return err_pass((int)n);
                rest.data += n;
                rest.length -= (size_t)n;
                fds += n_riding;
                n_fds -= n_riding;
        }
        return 0;
}

/* --- the other side --------------------------------------------------------------------------- */

/* What has come so far. */
typedef struct Incoming {
        char *data; /* owned */
        size_t length, size;
        int next_fd;
} Incoming;

static int take_descriptors(Incoming *in, struct msghdr *message) {
        for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
                if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
                        continue;
                size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
                for (size_t i = 0; i < n; i++) {
                        int fd;
                        memcpy(&fd, CMSG_DATA(c) + i * sizeof(fd), sizeof(fd));
                        if (fd != in->next_fd++)
                                return err_new(-EBADF);
                }
        }
        return message->msg_flags & MSG_CTRUNC ? err_new(-EBADF) : 0;
}

/* 0 at the end. */
static ssize_t receive_some(int fd, Incoming *in) {
        union {
                struct cmsghdr head;
                char space[CMSG_SPACE(RIDE_MAX * sizeof(int))];
        } control;
        struct iovec part = { in->data + in->length, in->size - in->length };
        struct msghdr message = {
                .msg_iov = &part,
                .msg_iovlen = 1,
                .msg_control = &control,
                .msg_controllen = sizeof(control),
        };
        ssize_t n;

        do
                n = recvmsg(fd, &message, 0);
        while (n < 0 && errno == EINTR);
        if (n < 0)
                return err_new(-errno);
        in->length += (size_t)n;
        int r = take_descriptors(in, &message);
        return r < 0 ? err_pass(r) : n;
}

/* Room for all of it once its length is known. */
static int make_room(Incoming *in) {
        OrderHead head;

        if (in->length < sizeof(head) || in->size > FIRST_BYTES)
                return 0;
        memcpy(&head, in->data, sizeof(head));
        if (head.length < sizeof(head) || head.length > EXECUTOR_ORDER_MAX)
                return err_new(-EBADMSG);
        if (head.length <= in->size) {
                in->size = head.length; /* not a byte more */
                return in->length > in->size ? err_new(-EBADMSG) : 0;
        }
        char *data = realloc(in->data, head.length);
        if (!data)
                return err_new(-ENOMEM);
        in->data = data;
        in->size = head.length;
        return 0;
}

static int receive_all(int fd, Incoming *in) {
        in->data = malloc(FIRST_BYTES);
        if (!in->data)
                return err_new(-ENOMEM);
        in->size = FIRST_BYTES;
        while (in->length < in->size) {
                ssize_t n = receive_some(fd, in);
                if (n < 0)
                        return err_pass((int)n);
                if (n == 0)
                        return in->length == 0 ? EXECUTOR_ORDER_NONE : err_new(-EBADMSG);
                int r = make_room(in);
                if (r < 0)
                        return err_pass(r);
        }
        return EXECUTOR_ORDER_GOT;
}

/* The next text; NULL when it does not end. */
static const char *next_text(Str *rest) {
        const char *text = rest->data, *end = memchr(text, '\0', rest->length);

        if (!end)
                return NULL;
        rest->length -= (size_t)(end + 1 - text);
        rest->data = end + 1;
        return text;
}

static int read_environment(Str *rest, uint32_t n, char ***ret) {
        if (n > rest->length) /* each has a NUL */
                return err_new(-EBADMSG);
        AUTO_FREE char **items = calloc((size_t)n + 1, sizeof(*items));
        if (!items)
                return err_new(-ENOMEM);
        for (uint32_t i = 0; i < n; i++) {
                items[i] = (char *)(uintptr_t)next_text(rest);
                if (!items[i])
                        return err_new(-EBADMSG);
        }
        *ret = STEAL(items);
        return rest->length > 0 ? err_new(-EBADMSG) : 0;
}

static int read_order(Str text, ExecutorOrder *ret, char ***ret_environment) {
        OrderHead head;

        memcpy(&head, text.data, sizeof(head));
        Str rest = { text.data + sizeof(head), text.length - sizeof(head) };
        if (head.n_passed > EXECUTOR_PASSED_MAX || head.n_stored > head.n_passed)
                return err_new(-EBADMSG);
        *ret = (ExecutorOrder){
                .index = head.index,
                .n_passed = head.n_passed,
                .n_stored = head.n_stored,
                .has_plan = head.flags & FLAG_PLAN,
                .has_exec_fd = head.flags & FLAG_EXEC_FD,
                .has_switch_fd = head.flags & FLAG_SWITCH_FD,
                .in_group = head.flags & FLAG_IN_GROUP,
                .none_ignored = head.flags & FLAG_NONE_IGNORED,
        };
        ret->list = next_text(&rest);
        const char *names = ret->list ? next_text(&rest) : NULL;
        if (!names)
                return err_new(-EBADMSG);
        ret->passed_names = head.flags & FLAG_PASSED_NAMES ? names : NULL;
        int r = read_environment(&rest, head.n_environment, ret_environment);
        ret->environment = *ret_environment;
        return err_pass(r);
}

int executor_order_receive(
        int fd, int first_fd, ExecutorOrder *ret, char **ret_memory, char ***ret_environment) {
        Incoming in = { .next_fd = first_fd };

        int r = receive_all(fd, &in);
        AUTO_FREE char *data = in.data;
        if (r != EXECUTOR_ORDER_GOT)
                return err_pass(r);
        AUTO_FREE char **environment = NULL;
        r = read_order((Str){ in.data, in.length }, ret, &environment);
        if (r < 0)
                return err_pass(r);
        if ((unsigned)(in.next_fd - first_fd) != executor_order_descriptors(ret))
                return err_new(-EBADF);
        *ret_memory = STEAL(data);
        *ret_environment = STEAL(environment);
        return EXECUTOR_ORDER_GOT;
}
