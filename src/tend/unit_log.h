/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a unit wrote last: the journal has it, or a file of its own where there is no journal. */

#include <stdint.h>
#include <sys/types.h>

#include "tend/tend.h"

/* Where the manager writes what a unit prints, in fresh memory; asks a connected manager, else goes
 * by the runtime directory. */
int unit_log_path(Tend *tend, const char *unit, char **ret_path);

/* The last lines of a unit, oldest first: those in the journal, and before them those of its file,
 * which is written where no journal is. */
int unit_log_lines(Tend *tend, const char *unit, unsigned n_lines, char ***ret_lines);

/* The last `n_lines` lines in the first `end` bytes of a file, oldest first, without line ends. No
 * file gives no line. */
int unit_log_tail(const char *path, off_t end, unsigned n_lines, char ***ret_lines);

#define UNIT_LOG_WHOLE ((off_t)INT64_MAX) /* for `end` */
