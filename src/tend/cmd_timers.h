/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* timers --simulate: what timers would do in a period. */

#include "tend/tend.h"

/* Does what the command line says; has options of its own. The exit status. */
int timers_main(Tend *tend, int argc, char **argv);
