/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The files of EnvironmentFile=: found, read and put into an environment. */

#include "sandbox/environment_block.h"
#include "unit/unit_value.h"

/* Reads the file of one rule, or all that match when it is a pattern, into `block`. -ENOENT when
 * nothing is there and the rule has no "-"; adds the number of assignments that are no valid
 * variables to `*n_ignored`. -errno. */
int environment_block_read_files(EnvironmentBlock *block, const Rule *rule, unsigned *n_ignored);
