/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* tend under the names of systemd's programs: answers as those of version 252 do. */

#include <stdbool.h>

#include "tend/tend.h"

/* Whether this is the name of a program of systemd's. */
bool systemd_name_is_known(const char *program);

/* The names that tend answers to, by number; NULL after the last. */
const char *systemd_name_at(unsigned index);

/* Is that program. The exit status. */
int systemd_name_main(Tend *tend, int argc, char **argv);

/* Commands of tend that read their own options, those of the program of systemd's that they do the
 * work of. False when `name` is none. `ret_status` is the exit status. */
bool systemd_command_main(Tend *tend, int argc, char **argv, int *ret_status);
