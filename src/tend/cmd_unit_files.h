/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Questions about unit files: which there are, whether they are enabled, what the default target
 * is. Answered by the manager where one runs, else from the files. */

#include "tend/tend.h"

CommandFunction cmd_list_unit_files, cmd_is_enabled, cmd_get_default;
