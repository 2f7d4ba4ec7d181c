/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The units a manager has loaded, as ListUnitsByPatterns gives them. */

#include "tend/systemctl/systemctl.h"

typedef struct UnitRow {
        char *id, *description, *load_state, *active_state, *sub_state, *following, *job_type;
        uint32_t job_id;
} UnitRow;

typedef struct UnitRows {
        UnitRow *rows; /* owned; in the manager's order */
        unsigned n_rows;
} UnitRows;

/* Those that match one of the patterns (whole names; NULL = all) and the states and types of the
 * options. `all` = also those that list-units leaves out. -errno after a message. */
int unit_rows_get(Systemctl *ctl, char **patterns, bool all, UnitRows *ret);

/* Orders by type and name. */
void unit_rows_sort(UnitRows *rows);

/* Releases the rows. */
void unit_rows_done(UnitRows *rows);
DEFINE_AUTO_DONE(UnitRows, unit_rows_done);
