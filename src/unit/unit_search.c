/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_search.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hashtable.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/search_index.h"
#include "unit/search_path.h"
#include "unit/unit_alias.h"

#define DIRECTORY_ENTRIES_MAX (1024 * 1024)
/* --- life
 * ----------------------------------------------------------------------------------------- */

static HashTable *alias_table_free(HashTable *table) {
        AliasSet *set;
        size_t cursor = 0;

        while ((set = hashtable_next(table, &cursor, NULL))) {
                free(set->name);
                strv_free(set->aliases);
                free(set);
        }
        return hashtable_free(table);
}

UnitSearch *unit_search_free(UnitSearch *search) {
        if (!search)
                return NULL;
        for (size_t i = 0; i < search->n_directories; i++) {
                dir_listing_done(&search->directories[i].listing);
                free(search->directories[i].real_path);
        }
        free(search->directories);
        free(search->entries);
        hashtable_free(search->names);
        alias_table_free(search->aliases);
        subdir_table_free(search->subdirs);
        strv_free(search->paths);
        free(search->root);
        diag_clear(&search->diag);
        free(search);
        return NULL;
}

static int init_directories(UnitSearch *search) {
        size_t n = strv_length(search->paths);

        search->directories = calloc(n + 1, sizeof(SearchDirectory));
        if (!search->directories)
                return err_new(-ENOMEM);
        for (; search->n_directories < n; search->n_directories++) {
                SearchDirectory *directory = &search->directories[search->n_directories];
                int r = dir_listing_init(&directory->listing, search->paths[search->n_directories]);
                if (r < 0)
                        return r;
        }
        return 0;
}

int unit_search_new(const UnitSearchOptions *options, UnitSearch **ret) {
        AUTO(unit_search_free) UnitSearch *search = calloc(1, sizeof(*search));
        bool changed;

        if (!search)
                return err_new(-ENOMEM);
        if (options->root && !streq(options->root, "/")) {
                search->root = strdup(options->root);
                if (!search->root)
                        return err_new(-ENOMEM);
        }
        search->subdirs = hashtable_new_string();
        if (!search->subdirs)
                return err_new(-ENOMEM);
        int r = search_path_make(options, &search->paths);
        if (r >= 0)
                r = init_directories(search);
        if (r >= 0)
                r = unit_search_refresh(search, &changed);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(search);
        return 0;
}

char *const *unit_search_directories(const UnitSearch *search) {
        return search->paths;
}

const Diag *unit_search_diag(const UnitSearch *search) {
        return &search->diag;
}

/* --- names
 * ---------------------------------------------------------------------------------------- */

/* How a directory of the search path relates to a path. */
typedef enum InSearchPath {
        NOT_IN_SEARCH_PATH,
        IN_SEARCH_PATH,
        DEEP_IN_SEARCH_PATH,
} InSearchPath;

static InSearchPath classify_directory(const UnitSearch *search, const char *dir) {
        InSearchPath result = NOT_IN_SEARCH_PATH;

        for (size_t i = 0; i < search->n_directories; i++) {
                const char *path = search->paths[i], *real = search->directories[i].real_path;
                if (streq(dir, path) || streq_null(dir, real))
                        return IN_SEARCH_PATH;
                if (path_is_below(dir, path) || (real && path_is_below(dir, real)))
                        result = DEEP_IN_SEARCH_PATH;
        }
        return result;
}

/* The directory part of a link's target, links resolved where possible. NULL when out of memory. */
static char *
target_directory(const UnitSearch *search, const SearchDirectory *from, const char *target) {
        const char *base = target[0] == '/' ? search->root : from->listing.path;
        AUTO_FREE char *full = base ? path_join(base, target) : strdup(target);
        AUTO_FREE char *dir = full ? path_dir_name(full) : NULL;

        if (!dir || classify_directory(search, dir) == IN_SEARCH_PATH)
                return STEAL(dir);
        char *real = realpath(dir, NULL);
        return real ? real : path_simplify(str_of(dir));
}

static void warn_suspicious(UnitSearch *search, const UnitEntry *entry, const char *dir) {
        diag_add(&search->diag,
                 NULL,
                 DIAG_WARNING,
                 "Suspicious symlink %s/%s \xe2\x86\x92 %s/%s, treating as alias.",
                 entry->directory->listing.path,
                 entry->name,
                 dir,
                 entry->alias_of);
}

/* Fills in what a link means: 1, 0 when it is refused (a finding was added), -ENOMEM. */
static int resolve_link(UnitSearch *search, const char *target, UnitEntry *entry) {
        const char *name = path_base_name(target);

        if (streq(target, "/dev/null")) {
                entry->linked = true;
                return 1;
        }
        if (name != target) {
                AUTO_FREE char *dir = target_directory(search, entry->directory, target);
                if (!dir)
                        return err_new(-ENOMEM);
                InSearchPath where = classify_directory(search, dir);
                entry->linked = where == NOT_IN_SEARCH_PATH;
                entry->alias_of = entry->linked ? NULL : name;
                if (entry->linked)
                        return 1;
                bool fits = unit_alias_check(entry->name, name, &search->diag);
                if (fits && where == DEEP_IN_SEARCH_PATH)
                        warn_suspicious(search, entry, dir);
                return fits;
        }
        entry->alias_of = name;
        return unit_alias_check(entry->name, name, &search->diag);
}

static int add_name(UnitSearch *search, const SearchDirectory *directory, const DirEntry *file) {
        UnitEntry entry = { .directory = directory, .name = file->name };

        if (file->type != DT_REG && file->type != DT_LNK)
                return 0;
        if (!unit_name_is_valid(file->name, UNIT_NAME_ANY))
                return 0;
        if (hashtable_find(search->names, file->name))
                return 0;
        if (file->type == DT_LNK) {
                if (!file->target)
                        return 0;
                int r = resolve_link(search, file->target, &entry);
                if (r <= 0)
                        return r;
        }
        UnitEntry *place = &search->entries[search->n_entries++];
        *place = entry;
        return err_pass(hashtable_put(search->names, place->name, place));
}

/* --- directories of units
 * ------------------------------------------------------------------------- */

/* The directory from the last time, or a new one. */
static int make_subdir(HashTable *old, Str base, SubdirKind kind, const char *path, Subdir **ret) {
        Subdir *subdir = subdir_table_take(old, base, kind, path);

        if (!subdir) {
                subdir = calloc(1, sizeof(*subdir));
                if (!subdir)
                        return err_new(-ENOMEM);
                int r = dir_listing_init(&subdir->listing, path);
                if (r < 0) {
                        free(subdir);
                        return r;
                }
        }
        *ret = subdir;
        return 0;
}

static int add_subdir(UnitSearch *search, HashTable *old, size_t priority, const DirEntry *file) {
        const SearchDirectory *directory = &search->directories[priority];
        SubdirKind kind;
        Str base;
        Subdir *subdir;

        if (file->type != DT_DIR && file->type != DT_LNK)
                return 0;
        if (!subdir_split(file->name, &base, &kind))
                return 0;
        AUTO_FREE char *path = path_join(directory->listing.path, file->name);
        int r = path ? make_subdir(old, base, kind, path, &subdir) : err_new(-ENOMEM);
        if (r < 0)
                return r;
        subdir->priority = (unsigned)priority;
        r = subdir_table_add(search->subdirs, base, kind, subdir);
        if (r < 0) {
                dir_listing_done(&subdir->listing);
                free(subdir);
        }
        return err_pass(r);
}

/* --- all of it
 * ------------------------------------------------------------------------------------ */

static int add_alias(UnitSearch *search, char *own_name, const char *alias) {
        AUTO_FREE char *name = own_name;
        AliasSet *set = hashtable_find(search->aliases, name);

        if (set)
                return strv_add_unique(&set->aliases, alias);
        set = calloc(1, sizeof(*set));
        if (!set)
                return err_new(-ENOMEM);
        set->name = name;
        int r = hashtable_put(search->aliases, set->name, set);
        if (r < 0) {
                free(set);
                return r;
        }
        (void)STEAL(name); /* the set has it */
        return strv_add_unique(&set->aliases, alias);
}

static int note_alias(UnitSearch *search, const UnitEntry *alias) {
        const UnitEntry *entry;
        struct stat st;
        char *own_name = NULL;

        if (!alias->alias_of || search_index_follow(search, alias->name, &entry) <= 0)
                return 0;
        AUTO_FREE char *path = search_index_path(entry);
        if (!path)
                return err_new(-ENOMEM);
        if (stat(path, &st) >= 0 && search_index_is_mask(&st))
                return 0; /* masked units have no other names */
        int r = search_index_own_name(entry, alias->name, &own_name);
        if (r == -EINVAL)
                return 0; /* the instance's name would be too long */
        return r < 0 ? r : err_pass(add_alias(search, own_name, alias->name));
}

static bool is_same_as_earlier(const UnitSearch *search, size_t i) {
        const DirListing *this = &search->directories[i].listing;

        for (size_t j = 0; j < i && this->error == 0; j++) {
                const DirListing *other = &search->directories[j].listing;
                if (other->error == 0 && other->inode == this->inode &&
                    other->device == this->device)
                        return true;
        }
        return false;
}

static int scan_directory(UnitSearch *search, HashTable *old_subdirs, size_t i) {
        const SearchDirectory *directory = &search->directories[i];

        if (directory->duplicate)
                return 0;
        for (unsigned n = 0; n < directory->listing.n_entries; n++) {
                const DirEntry *file = &directory->listing.entries[n];
                int r = add_name(search, directory, file);
                if (r >= 0)
                        r = add_subdir(search, old_subdirs, i, file);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int new_tables(UnitSearch *search) {
        size_t n_files = 0;

        for (size_t i = 0; i < search->n_directories; i++)
                n_files += search->directories[i].listing.n_entries;
        hashtable_free(search->names);
        alias_table_free(search->aliases);
        free(search->entries);
        search->n_entries = 0;
        search->entries = calloc(n_files + 1, sizeof(UnitEntry));
        search->names = hashtable_new_string();
        search->aliases = hashtable_new_string();
        search->subdirs = hashtable_new_string();
        return search->entries && search->names && search->aliases && search->subdirs
                       ? 0
                       : err_new(-ENOMEM);
}

static int rebuild(UnitSearch *search) {
        AUTO(subdir_table_free) HashTable *old_subdirs = STEAL(search->subdirs);
        int r = new_tables(search);

        for (size_t i = 0; r >= 0 && i < search->n_directories; i++)
                r = scan_directory(search, old_subdirs, i);
        for (size_t i = 0; r >= 0 && i < search->n_entries; i++)
                r = note_alias(search, &search->entries[i]);
        return err_pass(r);
}

static void report_directory(UnitSearch *search, const DirListing *listing) {
        if (listing->error < 0 && listing->error != -ENOENT)
                diag_add(&search->diag,
                         NULL,
                         DIAG_WARNING,
                         "Failed to open \"%s\", ignoring: %s",
                         listing->path,
                         strerrordesc_np(-listing->error));
}

/* Looks at all directories of the path again. */
static int refresh_directories(UnitSearch *search, bool *changed) {
        for (size_t i = 0; i < search->n_directories; i++) {
                SearchDirectory *directory = &search->directories[i];
                bool this_changed;

                int r = dir_listing_refresh(
                        &directory->listing, DIRECTORY_ENTRIES_MAX, &this_changed);
                if (r < 0)
                        return r;
                *changed |= this_changed;
                bool duplicate = is_same_as_earlier(search, i);
                *changed |= duplicate != directory->duplicate;
                directory->duplicate = duplicate;
                if (!this_changed)
                        continue;
                free(directory->real_path);
                directory->real_path = realpath(directory->listing.path, NULL);
        }
        return 0;
}

int unit_search_refresh(UnitSearch *search, bool *ret_changed) {
        bool changed = false, subdirs_changed;

        int r = refresh_directories(search, &changed);
        if (r < 0)
                return err_pass(r);
        r = subdir_table_refresh(search->subdirs, &subdirs_changed);
        if (r < 0)
                return err_pass(r);
        if (changed || !search->names) {
                diag_clear(&search->diag);
                for (size_t i = 0; i < search->n_directories; i++)
                        report_directory(search, &search->directories[i].listing);
                r = rebuild(search);
                if (r < 0)
                        return r;
        }
        *ret_changed = changed || subdirs_changed;
        return 0;
}
