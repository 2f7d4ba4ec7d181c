/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tables: loaded units, jobs, unit files. */

#include "tend/tend.h"

CommandFunction cmd_list_units, cmd_list_jobs, cmd_list_unit_files;
