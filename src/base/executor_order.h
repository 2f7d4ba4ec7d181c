/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What tendd tells an executor that waits for it on a stream socket: one order, and the descriptors
 * that belong to it. The executor is started before its order is complete, so that the two are made
 * at the same time. When the socket ends instead, nothing is to be done: the manager died or
 * changed its mind. An order without a list only brings the plan, so that it can be read in time;
 * another one follows.
 *
 * On the wire: a head of fixed size, then texts that end with NUL: list, names of the
 * passed descriptors, the environment. The descriptors ride along by SCM_RIGHTS in the order of
 * executor_order_descriptors(); they get the lowest free numbers in the executor. */

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define EXECUTOR_ORDER_MAX (8 * 1024 * 1024) /* bytes */
#define EXECUTOR_PASSED_MAX 512              /* descriptors that are passed to the program */
#define EXECUTOR_OWN_MAX 3                   /* and those that are the executor's own */

/* Nothing is owned. */
typedef struct ExecutorOrder {
        const char *list; /* "ExecStart", ...; "" = this is the plan, the order follows */
        unsigned index;   /* which command of that list */
        unsigned n_passed;
        unsigned n_stored;        /* the last ones of them come from the descriptor store */
        const char *passed_names; /* "a:b"; NULL = none */
        bool has_plan;            /* it rides along; if not, the one that came before counts */
        bool has_exec_fd;         /* a pipe that closes when the program is executed rides along */
        bool has_switch_fd;       /* as does a map that turns RestrictFileSystems= on */
        bool in_group;            /* the executor was born in the first group of its plan */
        bool none_ignored;        /* no signal is ignored */
        char *const *environment;
} ExecutorOrder;

/* How many descriptors belong to `order`: those that are passed, the pipe, the map and the plan,
 * each if there is one. */
unsigned executor_order_descriptors(const ExecutorOrder *order);

/* Sends `order` with its descriptors. -errno: -EPIPE when the executor is gone, -EAGAIN when it did
 * not take it within the time-out of the socket, -E2BIG. */
int executor_order_send(int fd, const ExecutorOrder *order, const int *fds);

typedef enum ExecutorOrderOutcome {
        EXECUTOR_ORDER_NONE = 0, /* the other end was closed */
        EXECUTOR_ORDER_GOT = 1,
} ExecutorOrderOutcome;

/* Waits for an order. Its texts are in `*ret_memory`, the array of its environment in
 * `*ret_environment`, both for free(3). The descriptors stand from `first_fd` on, without gaps, or
 * it is -EBADF. -EBADMSG for what is no order; -errno. */
int executor_order_receive(
        int fd, int first_fd, ExecutorOrder *ret, char **ret_memory, char ***ret_environment);
