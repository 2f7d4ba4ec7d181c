/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of systemd-analyze that tend has, with its options and words. */

#include "tend/tend.h"

/* Does what the command line says: argv[1] is the verb, as a rule. The exit status. */
int analyze_main(Tend *tend, int argc, char **argv);
