/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which main function answers: by the name that tend was called by, or by its first argument. */

#include <stdbool.h>

#include "tend/tend.h"

/* Is the program of systemd's that `tend->program` names, and gives its exit status. False when it
 * names none. */
bool dispatch_name(Tend *tend, int argc, char **argv, int *ret_status);

/* Commands of tend that read their own options, those of the program of systemd's that they do the
 * work of. False when the first argument is none. `ret_status` is the exit status. */
bool dispatch_command(Tend *tend, int argc, char **argv, int *ret_status);
