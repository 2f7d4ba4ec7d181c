/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Clocks in microseconds. The engine never calls these: it is told the time. */

#include <stdint.h>

/* Since some moment before boot, never set back; stands still while the machine is suspended. */
uint64_t clock_monotonic_usec(void);

/* Since 1970, as people set it. */
uint64_t clock_realtime_usec(void);

/* Since boot, suspended time included. */
uint64_t clock_boottime_usec(void);
