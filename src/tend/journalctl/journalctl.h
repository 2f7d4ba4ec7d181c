/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* journalctl of systemd 252, and `tend logs` where it is asked for more than the last lines of some
 * units. */

#include "tend/tend.h"

/* Is journalctl; the exit status. */
int journalctl_main(Tend *tend, int argc, char **argv);
