/* SPDX-License-Identifier: Apache-2.0 */
#include "exec/order_await.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/executor_order.h"
#include "base/fd.h"
#include "base/str.h"
#include "sandbox/exit_code.h"

/* What waits for its order. */
typedef struct Waiting {
        int fd;
        ExecRequest *request;
        OrderPlanFunction *take_plan;
        void *userdata;
} Waiting;

/* The descriptors behind those that are passed, in the order of executor_order_descriptors(). */
static void take_descriptors(const Waiting *waiting, const ExecutorOrder *order) {
        ExecRequest *request = waiting->request;
        int fd = request->first_fd + (int)order->n_passed;

        if (order->has_exec_fd)
                request->exec_fd = fd++;
        if (order->has_switch_fd)
                request->switch_fd = fd++;
        int plan_fd = order->has_plan ? fd++ : -1;
        if (order->record.length > 0) {
                /* On a full file system the start goes on all the same. */
                (void)fd_write_all(fd, order->record.data, order->record.length);
                (void)close(fd);
        }
        if (*order->list != '\0')
                (void)close(waiting->fd); /* the manager goes on */
        if (plan_fd >= 0) {
                waiting->take_plan(waiting->userdata, plan_fd);
                (void)close(plan_fd);
        }
}

static void fill_in(const ExecutorOrder *order, ExecRequest *request) {
        request->list = order->list;
        request->index = order->index;
        request->n_fds = order->n_passed;
        request->n_stored_fds = order->n_stored;
        request->fd_names = order->passed_names;
        request->in_group = order->in_group;
        request->none_ignored = order->none_ignored;
        request->environment = order->environment;
}

int order_await(
        int fd, int first_fd, ExecRequest *request, OrderPlanFunction *take_plan, void *userdata) {
        const Waiting waiting = { fd, request, take_plan, userdata };
        ExecutorOrder order;
        char *memory, **environment; /* for the rest of this process */

        request->first_fd = first_fd;
        do {
                int r = executor_order_receive(fd, first_fd, &order, &memory, &environment);
                if (r == EXECUTOR_ORDER_NONE)
                        return 0;
                if (r < 0) {
                        (void)fprintf(
                                stderr, "tend-exec: no order was received: %s\n", strerror(-r));
                        return EXEC_EXIT_MEMORY;
                }
                take_descriptors(&waiting, &order);
        } while (streq(order.list, ""));
        fill_in(&order, request);
        return ORDER_IS_THERE;
}
