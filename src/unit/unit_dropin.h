/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Directories that belong to units: x.service.d and x.service.wants, those of templates and name
 * prefixes (a-.service.d), of aliases and of whole types (service.d). Which apply to a unit, and in
 * which order their files do. Used by unit_search.c, which owns the tables. */

#include "base/diag.h"
#include "base/hashtable.h"
#include "unit/dir_listing.h"
#include "unit/unit_name.h"

#define UNIT_DROPIN_MAX 65536 /* files in one such directory */

typedef enum SubdirKind {
        SUBDIR_DROPIN,   /* .d */
        SUBDIR_WANTS,    /* .wants */
        SUBDIR_REQUIRES, /* .requires */
        SUBDIR_UPHOLDS,  /* .upholds */
        SUBDIR_KIND_COUNT
} SubdirKind;

/* One such directory in one directory of the search path. */
typedef struct Subdir {
        struct Subdir *next; /* the same name in a directory of lower priority */
        DirListing listing;  /* path is owned here; read when first needed */
        unsigned priority;   /* of the directory it is in, 0 is the highest */
        bool used;           /* was read once */
} Subdir;

/* All directories of one base name: "x.service", "a-.service", "service". */
typedef struct SubdirSet {
        char *base;
        Subdir *first[SUBDIR_KIND_COUNT]; /* by priority */
} SubdirSet;

/* Splits the name of a directory: "x.service.d" gives "x.service" and SUBDIR_DROPIN; false when it
 * is none. */
bool subdir_split(const char *name, Str *ret_base, SubdirKind *ret_kind);

/* Adds the directory to the table of sets, by base name; lower priorities must come later. -ENOMEM.
 */
int subdir_table_add(HashTable *table, Str base, SubdirKind kind, Subdir *subdir);
/* Takes the directory of this path and priority out of the table, NULL when it is not there. */
Subdir *subdir_table_take(HashTable *table, Str base, SubdirKind kind, const char *path);
/* Releases table, sets and directories. */
HashTable *subdir_table_free(HashTable *table);
DEFINE_AUTO(HashTable *, subdir_table_free);
/* Reads used directories again that changed. -ENOMEM. */
int subdir_table_refresh(HashTable *table, bool *ret_changed);

/* The sets that apply to one unit. */
typedef struct RankedSubdirSet {
        SubdirSet *set;
        unsigned rank; /* of the name it belongs to: own name 0, aliases next, the type last */
} RankedSubdirSet;

typedef struct SubdirSets {
        RankedSubdirSet *items; /* owned; sets belong to the table */
        size_t n_items;
} SubdirSets;

/* Finds them for the unit whose own name stands first in `names`, its aliases after. -ENOMEM. */
int subdir_find_sets(HashTable *table, char *const *names, SubdirSets *ret_sets);
void subdir_sets_done(SubdirSets *sets);
DEFINE_AUTO_DONE(SubdirSets, subdir_sets_done);

/* A file of such a directory that applies to a unit. */
typedef struct SubdirFile {
        const DirEntry *entry; /* valid until the next refresh */
        const Subdir *subdir;
        uint64_t order; /* precedence, lowest first */
} SubdirFile;

/* Where findings go. */
typedef struct SubdirContext {
        const char *unit;
        Diag *diag;
} SubdirContext;

/* The files of one kind: sorted by name, of equal names only the one that takes precedence. -E2BIG
 * with a finding when a directory holds too many, -ENOMEM. `ret_files` is one allocation. */
int subdir_collect(const SubdirSets *sets,
                   SubdirKind kind,
                   const SubdirContext *context,
                   SubdirFile **ret_files,
                   size_t *ret_n_files);

/* The names whose directories apply to `name`, most specific first: itself, its template, its
 * prefixes. -ENOMEM. */
int subdir_candidates(const char *name, char ***ret_names);
