/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names of days: "Mon" or "Monday", in any case; 0 is Monday. */

#include <stdbool.h>

#include "base/str.h"

/* Takes a name off the front, the longer where both fit. */
bool weekday_skip(Str *rest, int *ret_day);

/* "Mon" to "Sun". */
const char *weekday_name(int day);
