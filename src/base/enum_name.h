/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Enum value to name and back, from one array of names. Arrays are tied to their enum by a static
 * assertion: `static_assert(ARRAY_LENGTH(x_names) == X_COUNT, "")`. */

#include <stddef.h>

#include "base/str.h"

/* The index of `text` in `names` (entries may be NULL), or -EINVAL. */
int enum_parse(const char *const *names, size_t n_names, Str text);

/* The name, or NULL when the value is out of range or has none. */
const char *enum_print(const char *const *names, size_t n_names, int value);
