/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A text on the terminals of everybody who is logged in, as of wall(1). */

#include <stdint.h>

#include "base/str.h"

/* Writes it, with a line that says who says so and when. Terminals that take nothing now are
 * passed over. */
void wall_send(const char *who, Str text, uint64_t realtime_usec);
