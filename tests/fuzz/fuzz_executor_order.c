/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/executor_order.h"
#include "base/fd.h"
#include "base/strv.h"
#include "fuzz_input.h"

#define DESCRIPTORS_MAX 64
#define INPUT_MAX (64 * 1024) /* fits into a socket at once */

/* What cannot be true whatever the input is. */
static void require(bool truth) {
        if (!truth)
                abort();
}

static int lowest_free(void) {
        int fd = dup(STDERR_FILENO);
        (void)close(fd);
        return fd;
}

static void close_from(int first, unsigned n) {
        for (unsigned i = 0; i < n; i++)
                (void)close(first + (int)i);
}

/* What was read can be sent, and is read the same. */
static void check_round_trip(const ExecutorOrder *order) {
        int pair[2], fds[DESCRIPTORS_MAX];
        unsigned n = executor_order_descriptors(order);
        AUTO_FREE char *memory = NULL;
        AUTO_FREE char **environment = NULL;
        ExecutorOrder again;

        if (n > DESCRIPTORS_MAX || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
                return;
        for (unsigned i = 0; i < n; i++)
                fds[i] = STDERR_FILENO;
        require(executor_order_send(pair[0], order, fds) == 0);
        int first = lowest_free();
        require(executor_order_receive(pair[1], first, &again, &memory, &environment) ==
                EXECUTOR_ORDER_GOT);
        close_from(first, n);
        (void)close(pair[0]);
        (void)close(pair[1]);
        require(strcmp(order->list, again.list) == 0 && order->index == again.index);
        require(order->n_passed == again.n_passed && order->n_stored == again.n_stored);
        require(strv_equal(order->environment, again.environment));
}

/* The first byte says how many descriptors ride along. */
static void send_input(int fd, Str bytes, unsigned n_fds) {
        union {
                struct cmsghdr head;
                char space[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
        } control;
        struct iovec part = { (char *)(uintptr_t)bytes.data, bytes.length };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        int fds[DESCRIPTORS_MAX];

        for (unsigned i = 0; i < n_fds; i++)
                fds[i] = STDERR_FILENO;
        control.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(n_fds * sizeof(int)),
                                         .cmsg_level = SOL_SOCKET,
                                         .cmsg_type = SCM_RIGHTS };
        memcpy(CMSG_DATA(&control.head), fds, n_fds * sizeof(int));
        if (n_fds > 0) {
                message.msg_control = &control;
                message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
        }
        UNUSED ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        int pair[2];
        AUTO_FREE char *memory = NULL;
        AUTO_FREE char **environment = NULL;
        ExecutorOrder order;

        if (size < 2 || size > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
                return 0;
        unsigned n_fds = data[0] % DESCRIPTORS_MAX;
        send_input(pair[0], (Str){ (const char *)data + 1, size - 1 }, n_fds);
        (void)close(pair[0]);
        int first = lowest_free();
        int r = executor_order_receive(pair[1], first, &order, &memory, &environment);
        close_from(first, n_fds); /* none of them is open where nothing was received */
        (void)close(pair[1]);
        if (r == EXECUTOR_ORDER_GOT) {
                require(executor_order_descriptors(&order) == n_fds);
                check_round_trip(&order);
        }
        return 0;
}
