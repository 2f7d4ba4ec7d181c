/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Wakes the machine for timers with WakeSystem= (systemd.timer(5)): a timer of the kernel's that
 * goes on while the machine is suspended, and ends that. */

#include <stdint.h>

#include "host/host.h"

/* When so much time has passed, be the machine awake or not, it is awake and the unit gets
 * EVENT_TIMER; replaces what was set for the unit. USEC_INFINITY ends it. -EPERM without
 * CAP_WAKE_ALARM, -EOPNOTSUPP where the kernel or the machine has no such clock. */
int wake_alarm_set(Host *host, Unit *unit, uint64_t in_usec);
