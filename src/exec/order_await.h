/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager starts the executor before it has made its order; here it waits for it. */

#include "sandbox/exec_context.h"

#define ORDER_IS_THERE (-1) /* no exit code */

/* Takes the plan from a descriptor, which stays the caller's. What is wrong with it is told once
 * the order is there. */
typedef void OrderPlanFunction(void *userdata, int fd);

/* Where an executor that waits has what. */
typedef struct OrderPlaces {
        int order_fd; /* the socket */
        int log_fd;   /* the manager's state log, closed with the order; the next number is that of
                         the first descriptor of the order */
} OrderPlaces;

/* Waits for an order (base/executor_order.h) and fills in `request`. `take_plan` is called for each
 * plan that comes, of which the last one counts. ORDER_IS_THERE, or the code to exit with: 0 when
 * there is nothing to be done, which is on the state log then. What `request` points to stays until
 * the program is executed. */
int order_await(const OrderPlaces *places,
                ExecRequest *request,
                OrderPlanFunction *take_plan,
                void *userdata);
