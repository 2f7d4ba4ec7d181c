/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Where unit files are: search path, drop-ins, aliases, masks, .wants and the like. Directory
 * listings are cached; refresh looks at directory times only, so that a reload of ten thousand
 * units is cheap. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/diag.h"
#include "unit/unit_files.h"
#include "unit/unit_scope.h"

typedef struct UnitSearchOptions {
        UnitScope scope;
        const char *root;      /* --root=, NULL = "/" */
        char *const *extra;    /* --units DIR, in front of everything */
        const char *unit_path; /* $SYSTEMD_UNIT_PATH: replaces the path; ending in ":" it stands in
                                  front */
        const char *generator_dir; /* NULL = the usual /run/systemd/generator{.early,,.late} */
        const char *home, *config_home, *data_home,
                *runtime_dir; /* XDG directories of a user manager */
        const char *config_dirs,
                *data_dirs; /* $XDG_CONFIG_DIRS, $XDG_DATA_DIRS; NULL = the usual */
        bool offline;       /* leave out runtime directories that only a manager fills */
} UnitSearchOptions;

/* Reads the directories of the search path. -ENOMEM; directories that cannot be read are findings.
 */
int unit_search_new(const UnitSearchOptions *options, UnitSearch **ret);
/* Releases it; returns NULL. */
UnitSearch *unit_search_free(UnitSearch *search);
DEFINE_AUTO(UnitSearch *, unit_search_free);

/* The list of directories, highest priority first; they need not exist. */
char *const *unit_search_directories(const UnitSearch *search);

/* What is wrong with the directories and links themselves, found when they were read. */
const Diag *unit_search_diag(const UnitSearch *search);

/* Reads directories that changed since the last time. `ret_changed`: any name may resolve
 * differently now. */
int unit_search_refresh(UnitSearch *search, bool *ret_changed);
