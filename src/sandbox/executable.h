/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Finding the file to execute for a command's path or bare name. */

#include "base/auto.h"

#define EXECUTABLE_SEARCH_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* The path to execute, in fresh memory: `name` itself when it has a slash, else the first
 * executable file of that name in `directories` (NULL = EXECUTABLE_SEARCH_PATH). -ENOENT, or
 * -EACCES when there is such a file that must not be executed. */
int executable_find(const char *name, char *const *directories, char **ret_path);
