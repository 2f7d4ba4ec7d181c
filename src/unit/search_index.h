/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The tables behind the unit search: which names exist and where they lead. Filled by unit_search.c
 * when directories change, read by unit_files.c; nobody else looks inside. */

#include <stdbool.h>
#include <sys/stat.h>

#include "base/hashtable.h"
#include "unit/dir_listing.h"
#include "unit/unit_dropin.h"
#include "unit/unit_search.h"

/* One directory of the search path. */
typedef struct SearchDirectory {
        DirListing listing;
        char *real_path; /* without links, NULL when it is not there */
        bool duplicate;  /* is the same directory as one of higher priority (/lib and /usr/lib) */
} SearchDirectory;

/* What a unit name leads to: a file, or another name. */
typedef struct UnitEntry {
        const SearchDirectory *directory;
        const char *name;     /* in the listing */
        const char *alias_of; /* a name in the listing's link target; NULL for a file */
        bool linked;          /* a link out of the search path */
} UnitEntry;

/* Names that lead to one unit. */
typedef struct AliasSet {
        char *name;
        char **aliases;
} AliasSet;

struct UnitSearch {
        char **paths;
        char *root;
        SearchDirectory *directories;
        size_t n_directories;
        UnitEntry *entries; /* one block for all names */
        size_t n_entries;
        HashTable *names;   /* name to UnitEntry */
        HashTable *aliases; /* own name to AliasSet */
        HashTable *subdirs; /* see unit_dropin.h */
        Diag diag;
};

/* Follows aliases from a name to its file. 1, 0 when there is none, -ELOOP. */
int search_index_follow(const UnitSearch *search, const char *name, const UnitEntry **ret);

/* The path of an entry in fresh memory, NULL when out of memory. */
char *search_index_path(const UnitEntry *entry);

/* The own name that `name` means when it leads to this file: for a template's file, the instance
 * that `name` is of. -EINVAL when that is not a valid name, -ENOMEM. */
int search_index_own_name(const UnitEntry *entry, const char *name, char **ret);

/* Whether a file of this kind masks its unit: empty, or a device such as /dev/null. */
bool search_index_is_mask(const struct stat *st);
