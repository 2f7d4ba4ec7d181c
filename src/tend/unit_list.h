/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's table of loaded units. */

#include <stdint.h>

#include "base/auto.h"
#include "tend/tend.h"

typedef struct UnitListEntry {
        char *id, *description, *load_state, *active_state, *sub_state;
        char *job_type; /* "" = no job */
        uint32_t job_id;
} UnitListEntry;

typedef struct UnitList {
        UnitListEntry *entries; /* owned, sorted by type and name */
        unsigned n_entries;
} UnitList;

/* Reads the units that match one of the patterns (NULL = all) and --state and --type. Without
 * --state and --all only what is active, failed or has a job. -errno after printing why. */
int unit_list_get(const Tend *tend, char *const *patterns, UnitList *ret);

/* Releases the entries. */
void unit_list_done(UnitList *list);
DEFINE_AUTO_DONE(UnitList, unit_list_done);
