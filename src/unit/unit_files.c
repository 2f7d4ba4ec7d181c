/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_files.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/strv_index.h"
#include "unit/search_index.h"
#include "unit/unit_alias.h"

void unit_files_done(UnitFiles *files) {
        free(files->name);
        strv_free(files->aliases);
        free(files->fragment_path);
        strv_free(files->dropins);
        strv_free(files->wants);
        strv_free(files->requires);
        strv_free(files->upholds);
        *files = (UnitFiles){ 0 };
}

/* --- the fragment
 * --------------------------------------------------------------------------------- */

static const char *type_name(unsigned char type) {
        switch (type) {
        case DT_DIR:
                return "a directory";
        case DT_FIFO:
                return "a FIFO";
        case DT_SOCK:
                return "a socket";
        case DT_CHR:
        case DT_BLK:
                return "a device";
        case DT_LNK:
                return "a link that leads nowhere or is refused";
        default:
                return NULL;
        }
}

/* Says why a file of this name in the search path is none that can be used. */
static void explain_missing(const UnitSearch *search, const char *name, Diag *diag) {
        for (size_t i = 0; i < search->n_directories; i++) {
                const DirListing *listing = &search->directories[i].listing;
                const DirEntry *entry = dir_listing_find(listing, name);
                const char *what = entry ? type_name(entry->type) : NULL;
                DiagPlace place = { .unit = name };

                if (what && !search->directories[i].duplicate)
                        diag_add(diag,
                                 &place,
                                 DIAG_NOTE,
                                 "%s/%s is %s, ignoring.",
                                 listing->path,
                                 name,
                                 what);
        }
}

static int report_loop(const char *name, Diag *diag) {
        DiagPlace place = { .unit = name };

        diag_add(diag,
                 &place,
                 DIAG_ERROR,
                 "Cannot load unit %s: links between names go in a circle",
                 name);
        return err_new(-ELOOP);
}

/* The entry under the name or, for an instance, under its template: 1, 0, -ELOOP. */
static int find_entry(const UnitSearch *search, const char *name, const UnitEntry **ret) {
        AUTO_FREE char *template_name = NULL;

        int r = search_index_follow(search, name, ret);
        if (r != 0 || unit_name_kind(name) != UNIT_NAME_INSTANCE)
                return r;
        r = unit_name_template(name, &template_name);
        return r < 0 ? r : search_index_follow(search, template_name, ret);
}

static int fill_fragment(const UnitEntry *entry, const char *name, UnitFiles *files) {
        struct stat st;

        int r = search_index_own_name(entry, name, &files->name);
        if (r < 0)
                return r;
        files->fragment_path = search_index_path(entry);
        if (!files->fragment_path)
                return err_new(-ENOMEM);
        files->linked = entry->linked;
        files->masked = stat(files->fragment_path, &st) >= 0 && search_index_is_mask(&st);
        return 0;
}

/* --- names
 * ---------------------------------------------------------------------------------------- */

static int
add_alias(const UnitSearch *search, const char *own_name, const char *alias, char ***list) {
        AUTO_FREE char *instance = NULL, *instantiated = NULL;
        const UnitEntry *other;

        if (unit_name_kind(alias) == UNIT_NAME_TEMPLATE &&
            unit_name_kind(own_name) == UNIT_NAME_INSTANCE) {
                instance = str_dup(unit_name_instance(own_name));
                if (!instance)
                        return err_new(-ENOMEM);
                int r = unit_name_instantiate(alias, instance, &instantiated);
                if (r < 0)
                        return r == -ENOMEM ? r : 0; /* too long to be a name */
                if (search_index_follow(search, instantiated, &other) != 0)
                        return 0; /* has a file or link of its own */
                alias = instantiated;
        }
        return streq(alias, own_name) ? 0 : strv_add_unique(list, alias);
}

static int
add_aliases(const UnitSearch *search, const char *own_name, const char *target, char ***list) {
        const AliasSet *set = hashtable_find(search->aliases, target);
        int r = 0;

        STRV_FOREACH(alias, set ? set->aliases : NULL) {
                if (r >= 0)
                        r = add_alias(search, own_name, *alias, list);
        }
        return err_pass(r);
}

static int fill_aliases(const UnitSearch *search, const char *name, UnitFiles *files) {
        AUTO_FREE char *template_name = NULL;
        const char *own_name = files->name;

        int r = add_aliases(search, own_name, own_name, &files->aliases);
        if (r >= 0 && unit_name_kind(own_name) == UNIT_NAME_INSTANCE &&
            unit_name_template(own_name, &template_name) >= 0)
                r = add_aliases(search, own_name, template_name, &files->aliases);
        if (r >= 0 && !streq(name, own_name))
                r = strv_add_unique(&files->aliases, name);
        if (r >= 0)
                strv_sort(files->aliases);
        return err_pass(r);
}

/* --- directories of the unit
 * ---------------------------------------------------------------------- */

/* Paths of drop-ins are given without links, as systemd gives them. */
static char *dropin_path(const SubdirFile *file) {
        AUTO_FREE char *real = realpath(file->subdir->listing.path, NULL);

        return path_join(real ? real : file->subdir->listing.path, file->entry->name);
}

static int fill_dropins(const SubdirSets *sets, const SubdirContext *context, UnitFiles *files) {
        AUTO_FREE SubdirFile *found = NULL;
        size_t n_found = 0;

        int r = subdir_collect(sets, SUBDIR_DROPIN, context, &found, &n_found);
        for (size_t i = 0; r >= 0 && i < n_found; i++)
                r = strv_take(&files->dropins, dropin_path(&found[i]));
        return err_pass(r);
}

typedef struct LinkKind {
        SubdirKind kind;
        const char *name;
} LinkKind;

static void warn_link(const SubdirContext *context,
                      const LinkKind *kind,
                      const char *path,
                      const char *what,
                      const char *target) {
        DiagPlace place = { .unit = context->unit };

        diag_add(context->diag,
                 &place,
                 DIAG_WARNING,
                 "%s dependency dropin %s %s%s%s",
                 kind->name,
                 path,
                 target ? "target " : "",
                 target ? target : "",
                 what);
}

/* Whether the entry of a .wants directory counts; findings say what is odd about it. */
static bool check_link(const SubdirContext *context,
                       const LinkKind *kind,
                       const SubdirFile *file,
                       const char *path) {
        struct stat st;
        bool has_instance = unit_name_instance(context->unit).data != NULL;

        if (stat(path, &st) >= 0 && search_index_is_mask(&st))
                return false;
        if (file->entry->type != DT_LNK) {
                warn_link(context, kind, path, "is not a symlink, ignoring.", NULL);
                return false;
        }
        if (!unit_name_is_valid(file->entry->name, UNIT_NAME_ANY)) {
                warn_link(context, kind, path, "is not a valid unit name, ignoring.", NULL);
                return false;
        }
        if (!file->entry->target) {
                warn_link(context, kind, path, "unreadable, ignoring.", NULL);
                return false;
        }
        const char *target = file->entry->target;
        if (!unit_alias_is_compatible(file->entry->name, path_base_name(target), has_instance))
                warn_link(context, kind, path, " has different name", target);
        return true;
}

int unit_files_resolve_template(const char *unit, const char *name, char **ret) {
        Str instance = unit_name_instance(unit);

        if (unit_name_kind(name) != UNIT_NAME_TEMPLATE) {
                *ret = strdup(name);
                return *ret ? 0 : err_new(-ENOMEM);
        }
        AUTO_FREE char *text = str_dup(instance.data ? instance : unit_name_prefix(unit));
        return text ? err_pass(unit_name_instantiate(name, text, ret)) : err_new(-ENOMEM);
}

/* The unit that a link names; NULL when it is none. */
static int read_link(const SubdirContext *context,
                     const LinkKind *kind,
                     const SubdirFile *file,
                     char **ret_name) {
        AUTO_FREE char *path = path_join(file->subdir->listing.path, file->entry->name);

        *ret_name = NULL;
        if (!path)
                return err_new(-ENOMEM);
        if (!check_link(context, kind, file, path))
                return 0;
        int r = unit_files_resolve_template(context->unit, file->entry->name, ret_name);
        return r == -EINVAL ? 0 : err_pass(r); /* the instance's name would be too long */
}

static int fill_links(const SubdirSets *sets,
                      const SubdirContext *context,
                      const LinkKind *kind,
                      char ***list) {
        AUTO_FREE SubdirFile *found = NULL;
        AUTO(strv_index_free) StrvIndex *index = NULL;
        size_t n_found = 0;

        int r = subdir_collect(sets, kind->kind, context, &found, &n_found);
        for (size_t i = 0; r >= 0 && i < n_found; i++) {
                AUTO_FREE char *name = NULL;

                r = read_link(context, kind, &found[i], &name);
                if (r >= 0 && name)
                        r = strv_index_add(&index, 0, list, name);
        }
        return err_pass(r);
}

static int fill_subdirs(UnitSearch *search, UnitFiles *files, Diag *diag) {
        static const LinkKind wants = { SUBDIR_WANTS, "Wants" };
        static const LinkKind requires = { SUBDIR_REQUIRES, "Requires" };
        static const LinkKind upholds = { SUBDIR_UPHOLDS, "Upholds" };
        AUTO(subdir_sets_done) SubdirSets sets = { 0 };
        AUTO_STRV char **names = NULL;
        SubdirContext context = { files->name, diag };

        int r = strv_add(&names, files->name);
        if (r >= 0)
                r = strv_extend(&names, files->aliases);
        if (r >= 0)
                r = subdir_find_sets(search->subdirs, names, &sets);
        if (r >= 0)
                r = fill_dropins(&sets, &context, files);
        if (r >= 0)
                r = fill_links(&sets, &context, &wants, &files->wants);
        if (r >= 0)
                r = fill_links(&sets, &context, &requires, &files->requires);
        if (r >= 0)
                r = fill_links(&sets, &context, &upholds, &files->upholds);
        return err_pass(r);
}

/* --- all of it
 * ------------------------------------------------------------------------------------ */

static int find_files(UnitSearch *search, const char *name, UnitFiles *files, Diag *diag) {
        const UnitEntry *entry = NULL;

        int r = find_entry(search, name, &entry);
        if (r == -ELOOP)
                return report_loop(name, diag);
        if (r < 0)
                return err_pass(r);
        if (entry) {
                r = fill_fragment(entry, name, files);
        } else {
                explain_missing(search, name, diag);
                files->name = strdup(name);
                r = files->name ? 0 : err_new(-ENOMEM);
        }
        if (r >= 0)
                r = fill_aliases(search, name, files);
        if (r >= 0)
                r = fill_subdirs(search, files, diag);
        return err_pass(r);
}

int unit_search_find(UnitSearch *search, const char *name, UnitFiles *ret, Diag *diag) {
        AUTO(unit_files_done) UnitFiles files = { 0 };

        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        int r = find_files(search, name, &files, diag);
        if (r < 0)
                return err_pass(r);
        *ret = files;
        files = (UnitFiles){ 0 };
        return 0;
}

int unit_search_list(UnitSearch *search, char ***ret_names) {
        AUTO_STRV char **names = NULL;

        for (size_t i = 0; i < search->n_entries; i++) {
                int r = strv_add(&names, search->entries[i].name);
                if (r < 0)
                        return r;
        }
        strv_sort(names);
        *ret_names = STEAL(names);
        return 0;
}

static uint64_t mix(uint64_t stamp, uint64_t part) {
        stamp = (stamp ^ part) * UINT64_C(0x9e3779b97f4a7c15);
        return stamp ^ stamp >> 29;
}

static uint64_t mix_file(uint64_t stamp, const char *path) {
        struct stat st;

        if (stat(path, &st) < 0)
                return mix(stamp, UINT64_MAX - (uint64_t)errno);
        stamp = mix(stamp, (uint64_t)st.st_dev);
        stamp = mix(stamp, (uint64_t)st.st_ino);
        stamp = mix(stamp, (uint64_t)st.st_size);
        stamp = mix(stamp, (uint64_t)st.st_mtim.tv_sec);
        return mix(stamp, (uint64_t)st.st_mtim.tv_nsec);
}

uint64_t unit_files_stamp(const char *fragment_path, char *const *dropins) {
        uint64_t stamp = 0;

        if (fragment_path)
                stamp = mix_file(stamp + 1, fragment_path);
        STRV_FOREACH(path, dropins) {
                stamp = mix_file(stamp + 1, *path);
        }
        return stamp;
}

static uint64_t mix_names(uint64_t stamp, char *const *names) {
        STRV_FOREACH(name, names) {
                stamp = mix(stamp + 1, crc32_update(0, *name, strlen(*name)));
        }
        return mix(stamp, 1); /* lists that follow each other are told apart */
}

uint64_t unit_files_names_stamp(const UnitFiles *files) {
        uint64_t stamp = files->masked;

        if (files->fragment_path)
                stamp = mix(stamp + 1,
                            crc32_update(0, files->fragment_path, strlen(files->fragment_path)));
        stamp = mix_names(stamp, files->aliases);
        stamp = mix_names(stamp, files->dropins);
        stamp = mix_names(stamp, files->wants);
        stamp = mix_names(stamp, files->requires);
        return mix_names(stamp, files->upholds);
}
