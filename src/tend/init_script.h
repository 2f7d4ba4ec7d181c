/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Init scripts below /etc/init.d that are enabled and disabled by the names of services: that is
 * left to the distribution's own program, as systemctl does. */

#include <stdbool.h>

#include "tend/tend.h"

/* Runs the program for each name that has an init script, says so, and takes those without a unit
 * file of their own out of `names`; for "is-enabled" only those are looked at, and their states are
 * printed. `verb` is "enable", "disable" or "is-enabled". `ret_enabled`: a script is. 0, or -errno
 * after printing why (-EBADE: the program failed and has said why). */
int init_scripts_take(Tend *tend, const char *verb, char **names, bool *ret_enabled);
