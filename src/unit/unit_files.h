/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The files that make up one unit: its fragment, drop-ins, aliases and .wants links, found in the
 * tables of a unit search. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/diag.h"

typedef struct UnitSearch UnitSearch;

/* The files of one unit. All strings owned by this object. */
typedef struct UnitFiles {
        char *name;          /* own name after following aliases (links to other unit names) */
        char **aliases;      /* other names that lead here */
        char *fragment_path; /* NULL when only drop-ins or nothing; a template's for an instance */
        bool masked;         /* link to /dev/null or empty file */
        bool linked;         /* the name is a link to a file outside the search path */
        char **dropins; /* paths in order of application: sorted by name, higher directory wins */
        char **wants, **requires,
                **upholds; /* names from the directories .wants .requires .upholds */
} UnitFiles;

/* Finds the files of a unit (valid name of any kind). 0 also when there are none (then
 * fragment_path and dropins are NULL). -ELOOP for alias loops (with a finding), -errno. */
int unit_search_find(UnitSearch *search, const char *name, UnitFiles *ret, Diag *diag);

/* All unit names that have a file or link, sorted; templates included. */
int unit_search_list(UnitSearch *search, char ***ret_names);

/* What `name` means as a dependency of `unit`: a template stands for the instance of the unit's own
 * instance or prefix. -EINVAL when the result is no valid name, -ENOMEM. */
int unit_files_resolve_template(const char *unit, const char *name, char **ret);

/* Releases what it owns. */
void unit_files_done(UnitFiles *files);
DEFINE_AUTO_DONE(UnitFiles, unit_files_done);

/* One number from the names of the files and of the units that links name: changes when there is
 * one more or less, or another one in its place. */
uint64_t unit_files_names_stamp(const UnitFiles *files);

/* One number from device, inode, size and mtime of these files; changes when any of them does (0
 * for no files; a missing file counts as changed). */
uint64_t unit_files_stamp(const char *fragment_path, char *const *dropins);
