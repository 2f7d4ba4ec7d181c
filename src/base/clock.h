/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Clocks in microseconds. The engine never calls these: it is told the time. */

#include <stdint.h>

uint64_t clock_monotonic_usec(void);
uint64_t clock_realtime_usec(void);
uint64_t clock_boottime_usec(void);
