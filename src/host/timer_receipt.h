/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's side of the ledgers of timers (host/timer_ledger.h): what it writes down when runs
 * begin and end. What cannot be written is logged with the timer's name; the run goes on. */

#include "engine/timer_unit.h"
#include "host/host.h"

/* A run begins, or goes on under a manager that may have written it down already. */
void timer_receipt_begin(const Host *host, const Unit *unit, const TimerRun *run);

/* It is over. */
void timer_receipt_end(const Host *host, const Unit *unit, const TimerRun *run, const char *result);

/* Whether the last run has no end, though none is under way; writes down that it is lost. */
bool timer_receipt_lost(const Host *host, const Unit *unit, TimerRun *ret);

/* Forgets all of them. -ENOENT when there are none, or another errno. */
int timer_receipt_remove(const Host *host, const Unit *unit);
