/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Unit files as text: as they stand on disk, merged into one, and where they are looked for. */

#include "tend/tend.h"

CommandFunction cmd_cat, cmd_show_file, cmd_unit_paths;
