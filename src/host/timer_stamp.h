/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The files that remember when timers with Persistent= elapsed last: empty, the moment is their
 * time of modification, in the places where systemd has them (systemd.timer(5)). */

#include "host/host.h"

/* When the timer elapsed last, in microseconds since 1970; 0 when that is not known, and the file
 * is made so that it is from now on. */
uint64_t timer_stamp_read(const Host *host, const Unit *unit);

/* Sets the moment. What fails is logged: the timer may elapse once too often after the next start.
 */
void timer_stamp_write(const Host *host, const Unit *unit, uint64_t realtime_usec);

/* Forgets it. -ENOENT when there is none, or another errno. */
int timer_stamp_remove(const Host *host, const Unit *unit);
