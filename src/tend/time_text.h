/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Moments for people. */

#include <stdint.h>

#include "base/strbuf.h"

/* "Mon 2024-05-06 10:11:12 CEST"; "-" for 0. */
void time_print(uint64_t realtime_usec, StrBuf *out);

/* "10:11:12.123". */
void time_print_clock(uint64_t realtime_usec, StrBuf *out);

/* "5min 3s ago", "in 2h"; the two largest units of what lies between. */
void time_print_relative(uint64_t realtime_usec, uint64_t now_usec, StrBuf *out);
