/* SPDX-License-Identifier: Apache-2.0 */
#include "exec/order_await.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/executor_order.h"
#include "base/fd.h"
#include "sandbox/exit_code.h"

/* The descriptors behind those that are passed, in the order of executor_order_descriptors(). */
static int place_descriptors(const ExecutorOrder *order, int plan_place, ExecRequest *request) {
        int fd = request->first_fd + (int)order->n_passed;

        if (order->has_exec_fd)
                request->exec_fd = fd++;
        if (order->has_switch_fd)
                request->switch_fd = fd++;
        int plan_fd = fd++;
        if (order->record.length > 0) {
                /* On a full file system the start goes on all the same. */
                (void)fd_write_all(fd, order->record.data, order->record.length);
                (void)close(fd);
        }
        int r = dup2(plan_fd, plan_place) < 0 ? -1 : 0;
        (void)close(plan_fd);
        return r;
}

int order_await(int fd, int first_fd, ExecRequest *request) {
        ExecutorOrder order;
        char *memory, **environment; /* for the rest of this process */

        int r = executor_order_receive(fd, first_fd, &order, &memory, &environment);
        if (r == EXECUTOR_ORDER_NONE)
                return 0;
        if (r < 0) {
                (void)fprintf(stderr, "tend-exec: no order was received: %s\n", strerror(-r));
                return EXEC_EXIT_MEMORY;
        }
        request->list = order.list;
        request->index = order.index;
        request->first_fd = first_fd;
        request->n_fds = order.n_passed;
        request->n_stored_fds = order.n_stored;
        request->fd_names = order.passed_names;
        request->in_group = order.in_group;
        request->none_ignored = order.none_ignored;
        request->environment = order.environment;
        return place_descriptors(&order, fd, request) < 0 ? EXEC_EXIT_FDS : ORDER_IS_THERE;
}
