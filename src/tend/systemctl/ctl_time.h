/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Moments in the words of systemctl. */

#include <stdint.h>

#include "base/strbuf.h"
#include "tend/unit_view.h"

/* "5min 3s ago", "2 days ago", "1h 2min left", "now". Nothing for 0 and infinity. */
void ctl_print_relative(uint64_t usec, uint64_t now_usec, StrBuf *out);

/* When a timer elapses next (realtime), of both its clocks; USEC_INFINITY = never. */
uint64_t ctl_next_elapse(const UnitView *view);
