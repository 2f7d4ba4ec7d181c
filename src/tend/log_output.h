/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The names of the ways to print log lines, which several programs take with -o. */

#include <stdbool.h>

/* Whether this is one of them. */
bool log_output_is_known(const char *name);

/* Prints all, one a line. */
void log_output_help(void);
