/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager starts the executor before it has made its order; here it waits for it. */

#include "sandbox/exec_context.h"

#define ORDER_IS_THERE (-1) /* no exit code */

/* Takes the plan from a descriptor, which stays the caller's. What is wrong with it is told once
 * the order is there. */
typedef void OrderPlanFunction(void *userdata, int fd);

/* Waits on the socket `fd` for an order (base/executor_order.h) and fills in `request`, whose
 * descriptors begin at `first_fd`. `take_plan` is called for each plan that comes, of which the
 * last one counts. Before the function returns the spawn record is written, and the socket's end
 * tells the manager so. ORDER_IS_THERE, or the code to exit with: 0 when there is nothing to be
 * done. What `request` points to stays until the program is executed. */
int order_await(
        int fd, int first_fd, ExecRequest *request, OrderPlanFunction *take_plan, void *userdata);
