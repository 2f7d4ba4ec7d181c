/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Bringing a manager up: finds the programs, starts keeper and manager in the background (or
 * becomes them), waits until the socket answers. */

#include "tend/tend.h"

typedef enum ManagerStart {
        MANAGER_STARTED = 0,
        MANAGER_RUNS_ALREADY = 1,
        MANAGER_FAILED = 2, /* the end of its log was printed */
} ManagerStart;

/* Starts keeper and manager in the background unless one answers. ManagerStart or -errno with a
 * message. */
int manager_start(Tend *tend);

/* Replaces this process by keeper and manager in the foreground (tend init); returns only on
 * failure. */
int manager_become(Tend *tend, const char *unit);
