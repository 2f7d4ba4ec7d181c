/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Digits behind a decimal point. */

#include <stdint.h>

#include "base/str.h"

/* Takes all digits off the front and gives them as `n_digits` digits, rounded ("5" with 6 digits is
 * 500000). -EINVAL when there are none. */
int fraction_parse(Str *rest, unsigned n_digits, uint64_t *ret);
