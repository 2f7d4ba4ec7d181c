/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where unit files are: search path, drop-ins, aliases, masks, .wants and the like. Directory listings are
 * cached; refresh looks at directory times only, so that a reload of ten thousand units is cheap. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/diag.h"
#include "unit/unit_name.h"
#include "unit/unit_scope.h"

typedef struct UnitSearch UnitSearch;

typedef struct UnitSearchOptions {
        UnitScope scope;
        const char *root;        /* --root=, NULL = "/" */
        char *const *extra;      /* --units DIR, in front of everything */
        const char *unit_path;   /* $SYSTEMD_UNIT_PATH: replaces the path; ending in ":" it stands in front */
        const char *generator_dir; /* NULL = the usual /run/systemd/generator{.early,,.late} */
        const char *home, *config_home, *data_home, *runtime_dir; /* XDG directories of a user manager */
        bool offline;            /* leave out runtime directories that only a manager fills */
} UnitSearchOptions;

/* The files of one unit. All strings owned by this object. */
typedef struct UnitFiles {
        char *name;          /* own name after following aliases (links to other unit names) */
        char **aliases;      /* other names that lead here */
        char *fragment_path; /* NULL when only drop-ins or nothing; a template's for an instance */
        bool masked;         /* link to /dev/null or empty file */
        bool linked;         /* the name is a link to a file outside the search path */
        char **dropins;      /* paths in order of application: sorted by name, higher directory wins */
        char **wants, **requires, **upholds; /* names from the directories .wants .requires .upholds */
} UnitFiles;

/* The list of directories, highest priority first. */
int unit_search_new(const UnitSearchOptions *options, UnitSearch **ret);
UnitSearch *unit_search_free(UnitSearch *search);
DEFINE_AUTO(UnitSearch *, unit_search_free);
char *const *unit_search_directories(const UnitSearch *search);

/* Reads directories that changed since the last time. `ret_changed`: any name may resolve differently now. */
int unit_search_refresh(UnitSearch *search, bool *ret_changed);

/* Finds the files of a unit (valid name of any kind). 0 also when there are none (then fragment_path and
 * dropins are NULL). -ELOOP for alias loops (with a finding), -errno. */
int unit_search_find(UnitSearch *search, const char *name, UnitFiles *ret, Diag *diag);

/* All unit names that have a file or link, sorted; templates included. */
int unit_search_list(UnitSearch *search, char ***ret_names);

void unit_files_done(UnitFiles *files);
DEFINE_AUTO_DONE(UnitFiles, unit_files_done);

/* One number from device, inode, size and mtime of these files; changes when any of them does (0 for no
 * files; a missing file counts as changed). */
uint64_t unit_files_stamp(const char *fragment_path, char *const *dropins);
