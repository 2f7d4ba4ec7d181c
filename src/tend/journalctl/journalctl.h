/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* journalctl of systemd 252, and `tend logs` where it is asked for more than the last lines of some
 * units. */

#include "tend/tend.h"

/* Is journalctl; the exit status. */
int journalctl_main(Tend *tend, int argc, char **argv);

/* Whether `tend logs` with these words (argv[0] is "logs") is for logs_main: it has options that
 * only journalctl knows, matches, or no unit. */
bool logs_is_query(char **argv);

/* Is `tend logs`; the exit status. */
int logs_main(Tend *tend, int argc, char **argv);
