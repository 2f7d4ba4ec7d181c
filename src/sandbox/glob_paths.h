/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Paths with wildcards. Not glob(3), which brings name services into static programs. */

#include <stdbool.h>

#include "base/strv.h"

/* Whether the path has any of "*?[". */
bool path_is_pattern(const char *path);

/* All existing paths that match an absolute pattern, sorted; names with a leading dot only when the
 * pattern has it. NULL in `ret_paths` when there are none. -E2BIG above 4096 matches. */
int glob_paths(const char *pattern, char ***ret_paths);
