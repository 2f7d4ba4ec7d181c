/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What executors say on the way to a program: settings that the kernel weakened or refused. One
 * socket for all of them; the sender is known by its credentials. */

#include "host/host.h"

/* Makes the socket pair; `ret_theirs` is the end that executors get. */
int executor_report_open(Host *host, int *ret_theirs);

/* Hands everything that is queued to the engine. */
void executor_report_drain(Host *host);

/* The same for the manager's own part of a start: what became of one setting of a unit. `level` is
 * one of sandbox/exec_report.h by name. */
void executor_report_add(Unit *unit,
                         const char *step,
                         const char *level,
                         const char *directive,
                         const char *message);
