/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tables: loaded units, jobs. */

#include "tend/tend.h"

CommandFunction cmd_list_units, cmd_list_jobs;
