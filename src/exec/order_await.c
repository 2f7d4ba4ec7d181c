/* SPDX-License-Identifier: Apache-2.0 */
#include "exec/order_await.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/executor_order.h"
#include "base/fd.h"
#include "base/state_record.h"
#include "base/str.h"
#include "sandbox/exit_code.h"

/* The descriptors behind those that are passed, in the order of executor_order_descriptors(). */
static int place_descriptors(const ExecutorOrder *order, ExecRequest *request) {
        int fd = request->first_fd + (int)order->n_passed;

        if (order->has_exec_fd)
                request->exec_fd = fd++;
        if (order->has_switch_fd)
                request->switch_fd = fd++;
        return order->has_plan ? fd : -1;
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

/* A record of our start may stand there already. */
static void write_void(int log_fd) {
        const StateRecord record = { .kind = STATE_RECORD_VOID, .pid = getpid() };
        AUTO(strbuf_done) StrBuf framed = STRBUF_INIT;

        if (state_record_append(&framed, &record) == 0)
                (void)fd_write_all(log_fd, framed.data, framed.length); /* nobody could be told */
}

int order_await(const OrderPlaces *places,
                ExecRequest *request,
                OrderPlanFunction *take_plan,
                void *userdata) {
        ExecutorOrder order;
        char *memory, **environment; /* for the rest of this process */

        request->first_fd = places->log_fd + 1;
        do {
                int r = executor_order_receive(
                        places->order_fd, request->first_fd, &order, &memory, &environment);
                if (r == EXECUTOR_ORDER_NONE || r == -EBADMSG) { /* the manager died over it */
                        write_void(places->log_fd);
                        return 0;
                }
                if (r < 0) {
                        (void)fprintf(
                                stderr, "tend-exec: no order was received: %s\n", strerror(-r));
                        return EXEC_EXIT_MEMORY;
                }
                AUTO_FD int plan_fd = place_descriptors(&order, request);
                if (plan_fd >= 0)
                        take_plan(userdata, plan_fd);
        } while (streq(order.list, ""));
        (void)close(places->log_fd);
        (void)close(places->order_fd);
        fill_in(&order, request);
        return ORDER_IS_THERE;
}
