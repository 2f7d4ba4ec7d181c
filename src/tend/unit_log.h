/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The log file of a unit, as long as there is no journal: where it is and its last lines. */

#include "tend/tend.h"

/* Where the manager writes what a unit prints, in fresh memory; asks a connected manager, else goes
 * by the runtime directory. */
int unit_log_path(Tend *tend, const char *unit, char **ret_path);

/* The last `n_lines` lines of a file, oldest first, without line ends. No file gives no line. */
int unit_log_tail(const char *path, unsigned n_lines, char ***ret_lines);
