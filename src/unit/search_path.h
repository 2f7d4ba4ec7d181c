/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The directories that hold unit files, in order of priority (systemd.unit(5), "Unit File Load
 * Path"). Text only; the directories need not exist. */

#include "unit/unit_search.h"

/* Gives the list, highest priority first, without duplicates. -ENOMEM. */
int search_path_make(const UnitSearchOptions *options, char ***ret_directories);
