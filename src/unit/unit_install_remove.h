/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Planned removals: every link below a directory that leads to one of a set of units. */

#include "unit/unit_install_info.h"

/* Names and paths whose links go; owned strings. */
typedef struct InstallMarks {
        HashTable *names;
} InstallMarks;

/* Releases the marks. */
void install_marks_done(InstallMarks *marks);
DEFINE_AUTO_DONE(InstallMarks, install_marks_done);

/* Marks a name or path: 1, 0 when it is marked already. */
int install_mark(InstallMarks *marks, const char *name);

/* Marks all units of the set and those their Also= names. The first error; what happened stands in
 * the changes. */
int install_set_mark(InstallWork *work, InstallSet *set, InstallMarks *marks);

/* Plans the removal of all links below `directory` that are marked or lead to what is; what goes is
 * marked in turn. */
int install_remove_marked(InstallWork *work, InstallMarks *marks, const char *directory);
