/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_dropin.h"

#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"

static const char *const subdir_suffixes[SUBDIR_KIND_COUNT] = {
        [SUBDIR_DROPIN] = ".d",
        [SUBDIR_WANTS] = ".wants",
        [SUBDIR_REQUIRES] = ".requires",
        [SUBDIR_UPHOLDS] = ".upholds",
};

bool subdir_split(const char *name, Str *ret_base, SubdirKind *ret_kind) {
        Str whole = str_of(name);

        for (SubdirKind kind = 0; kind < SUBDIR_KIND_COUNT; kind++) {
                size_t length = strlen(subdir_suffixes[kind]);
                if (whole.length <= length || !str_has_suffix(whole, subdir_suffixes[kind]))
                        continue;
                *ret_base = (Str){ name, whole.length - length };
                *ret_kind = kind;
                return true;
        }
        return false;
}

static Subdir *subdir_free(Subdir *subdir) {
        if (subdir)
                dir_listing_done(&subdir->listing);
        free(subdir);
        return NULL;
}

static SubdirSet *subdir_set_free(SubdirSet *set) {
        if (!set)
                return NULL;
        for (SubdirKind kind = 0; kind < SUBDIR_KIND_COUNT; kind++) {
                Subdir *subdir = set->first[kind];
                while (subdir) {
                        Subdir *next = subdir->next;
                        subdir_free(subdir);
                        subdir = next;
                }
        }
        free(set->base);
        free(set);
        return NULL;
}

HashTable *subdir_table_free(HashTable *table) {
        SubdirSet *set;
        size_t cursor = 0;

        while ((set = hashtable_next(table, &cursor, NULL)))
                subdir_set_free(set);
        return hashtable_free(table);
}

/* The set of this base name, made when it is missing; NULL when out of memory. */
static SubdirSet *get_set(HashTable *table, Str base) {
        AUTO_FREE char *name = str_dup(base);
        SubdirSet *set = name ? hashtable_find(table, name) : NULL;

        if (set || !name)
                return set;
        set = calloc(1, sizeof(*set));
        if (!set)
                return NULL;
        set->base = STEAL(name);
        if (hashtable_put(table, set->base, set) < 0)
                return subdir_set_free(set);
        return set;
}

int subdir_table_add(HashTable *table, Str base, SubdirKind kind, Subdir *subdir) {
        SubdirSet *set = get_set(table, base);

        if (!set)
                return err_new(-ENOMEM);
        Subdir **end = &set->first[kind];
        while (*end)
                end = &(*end)->next;
        *end = subdir;
        return 0;
}

Subdir *subdir_table_take(HashTable *table, Str base, SubdirKind kind, const char *path) {
        AUTO_FREE char *name = str_dup(base);
        SubdirSet *set = name ? hashtable_find(table, name) : NULL;

        if (!set)
                return NULL;
        for (Subdir **at = &set->first[kind]; *at; at = &(*at)->next) {
                Subdir *subdir = *at;
                if (!streq(subdir->listing.path, path))
                        continue;
                *at = subdir->next;
                subdir->next = NULL;
                return subdir;
        }
        return NULL;
}

static int refresh_set(SubdirSet *set, bool *changed) {
        for (SubdirKind kind = 0; kind < SUBDIR_KIND_COUNT; kind++) {
                for (Subdir *subdir = set->first[kind]; subdir; subdir = subdir->next) {
                        bool this_changed;
                        if (!subdir->used)
                                continue;
                        int r = dir_listing_refresh(
                                &subdir->listing, UNIT_DROPIN_MAX, &this_changed);
                        if (r < 0)
                                return r;
                        *changed |= this_changed;
                }
        }
        return 0;
}

int subdir_table_refresh(HashTable *table, bool *ret_changed) {
        SubdirSet *set;
        size_t cursor = 0;
        bool changed = false;

        while ((set = hashtable_next(table, &cursor, NULL))) {
                int r = refresh_set(set, &changed);
                if (r < 0)
                        return r;
        }
        *ret_changed = changed;
        return 0;
}

/* --- which directories
 * ---------------------------------------------------------------------------- */

/* "a-b-c" to "a-b-", "a-b-" to "a-"; false when no dash stands behind the first character. */
static bool chop_prefix(Str *prefix) {
        size_t n = prefix->length;

        if (n > 0 && prefix->data[n - 1] == '-')
                n--;
        while (n > 0 && prefix->data[n - 1] != '-')
                n--;
        prefix->length = n;
        return n > 1;
}

static int add_template(const char *name, char ***list);

/* Adds a name, its template, and the same for each prefix of it. */
static int add_candidates(const char *name, char ***list) {
        Str prefix = unit_name_prefix(name);
        const char *rest = name + prefix.length; /* "@instance.service" or ".service" */

        int r = strv_add_unique(list, name);
        if (r >= 0)
                r = add_template(name, list);
        while (r >= 0 && chop_prefix(&prefix)) {
                AUTO(strbuf_done) StrBuf chopped = STRBUF_INIT;
                strbuf_add_str(&chopped, prefix);
                strbuf_add(&chopped, rest);
                if (chopped.failed)
                        return err_new(-ENOMEM);
                r = strv_add_unique(list, strbuf_text(&chopped));
                if (r >= 0)
                        r = add_template(strbuf_text(&chopped), list);
        }
        return r;
}

static int add_template(const char *name, char ***list) {
        AUTO_FREE char *template_name = NULL;

        if (unit_name_kind(name) != UNIT_NAME_INSTANCE)
                return 0;
        int r = unit_name_template(name, &template_name);
        return r < 0 ? r : add_candidates(template_name, list);
}

int subdir_candidates(const char *name, char ***ret_names) {
        AUTO_STRV char **list = NULL;

        int r = add_candidates(name, &list);
        if (r < 0)
                return err_pass(r);
        *ret_names = STEAL(list);
        return 0;
}

void subdir_sets_done(SubdirSets *sets) {
        free(sets->items);
        *sets = (SubdirSets){ 0 };
}

static int add_set(SubdirSets *sets, HashTable *table, const char *base, unsigned rank) {
        SubdirSet *set = hashtable_find(table, base);

        if (!set)
                return 0;
        RankedSubdirSet *items =
                reallocarray(sets->items, sets->n_items + 1, sizeof(RankedSubdirSet));
        if (!items)
                return err_new(-ENOMEM);
        sets->items = items;
        items[sets->n_items++] = (RankedSubdirSet){ set, rank };
        return 0;
}

static int add_sets_of_name(SubdirSets *sets, HashTable *table, const char *name, unsigned rank) {
        AUTO_STRV char **candidates = NULL;

        if (!strpbrk(name, "-@"))
                return add_set(sets, table, name, rank);
        int r = subdir_candidates(name, &candidates);
        STRV_FOREACH(candidate, candidates) {
                if (r >= 0)
                        r = add_set(sets, table, *candidate, rank);
        }
        return r;
}

int subdir_find_sets(HashTable *table, char *const *names, SubdirSets *ret_sets) {
        AUTO(subdir_sets_done) SubdirSets sets = { 0 };
        UnitType type;
        unsigned rank = 0;

        int r = unit_name_type(names[0], &type);
        STRV_FOREACH(name, names) {
                if (r >= 0)
                        r = add_sets_of_name(&sets, table, *name, rank++);
        }
        if (r >= 0)
                r = add_set(&sets, table, unit_type_name(type), rank);
        if (r < 0)
                return err_pass(r);
        *ret_sets = sets;
        sets = (SubdirSets){ 0 };
        return 0;
}

/* --- which files
 * ---------------------------------------------------------------------------------- */

typedef struct FileList {
        SubdirFile *files; /* owned */
        size_t n_files, capacity;
} FileList;

static bool is_wanted(const DirEntry *entry, SubdirKind kind) {
        if (entry->type != DT_REG && entry->type != DT_LNK)
                return false;
        return kind != SUBDIR_DROPIN || str_has_suffix(str_of(entry->name), ".conf");
}

static int add_file(FileList *list, const SubdirFile *file) {
        if (list->n_files == list->capacity) {
                size_t capacity = list->capacity ? list->capacity * 2 : 8;
                SubdirFile *files = reallocarray(list->files, capacity, sizeof(SubdirFile));
                if (!files)
                        return err_new(-ENOMEM);
                list->files = files;
                list->capacity = capacity;
        }
        list->files[list->n_files++] = *file;
        return 0;
}

static int add_files(FileList *list, const Subdir *subdir, SubdirKind kind, uint64_t order) {
        for (unsigned i = 0; i < subdir->listing.n_entries; i++) {
                const DirEntry *entry = &subdir->listing.entries[i];
                SubdirFile file = { entry, subdir, order };
                int r = is_wanted(entry, kind) ? add_file(list, &file) : 0;
                if (r < 0)
                        return r;
        }
        return 0;
}

static int compare_files(const void *a, const void *b) {
        const SubdirFile *left = a, *right = b;
        int order = strcmp(left->entry->name, right->entry->name);

        return order != 0 ? order : left->order < right->order ? -1 : 1;
}

static void keep_first_of_each_name(FileList *list) {
        size_t n = 0;

        for (size_t i = 0; i < list->n_files; i++)
                if (n == 0 || !streq(list->files[n - 1].entry->name, list->files[i].entry->name))
                        list->files[n++] = list->files[i];
        list->n_files = n;
}

/* Reads the directory when it was not; reports what hinders. */
static int use_subdir(Subdir *subdir, const SubdirContext *context) {
        DiagPlace place = { .unit = context->unit };
        bool changed;

        if (!subdir->used) {
                int r = dir_listing_refresh(&subdir->listing, UNIT_DROPIN_MAX, &changed);
                if (r < 0)
                        return r;
        }
        subdir->used = true;
        int error = subdir->listing.error;
        if (error == -E2BIG)
                diag_add(context->diag,
                         &place,
                         DIAG_ERROR,
                         "More than %d files in %s",
                         UNIT_DROPIN_MAX,
                         subdir->listing.path);
        else if (error < 0 && error != -ENOENT && error != -ENOTDIR)
                diag_add(context->diag,
                         &place,
                         DIAG_ERROR,
                         "Failed to read %s, ignoring: %s",
                         subdir->listing.path,
                         strerrordesc_np(-error));
        return error == -E2BIG ? err_new(-E2BIG) : 0;
}

/* Adds the files of one set's directories. Within a rank the search path's order comes before that
 * of the candidates, as in systemd. */
static int add_set_files(FileList *list,
                         const RankedSubdirSet *ranked,
                         size_t position,
                         SubdirKind kind,
                         const SubdirContext *context) {
        for (Subdir *subdir = ranked->set->first[kind]; subdir; subdir = subdir->next) {
                uint64_t order = (uint64_t)ranked->rank << 48 |
                                 (uint64_t)(subdir->priority & 0xffffu) << 32 | position;
                int r = use_subdir(subdir, context);
                if (r >= 0)
                        r = add_files(list, subdir, kind, order);
                if (r < 0)
                        return r;
        }
        return 0;
}

int subdir_collect(const SubdirSets *sets,
                   SubdirKind kind,
                   const SubdirContext *context,
                   SubdirFile **ret_files,
                   size_t *ret_n_files) {
        FileList list = { 0 };
        int r = 0;

        for (size_t i = 0; r >= 0 && i < sets->n_items; i++)
                r = add_set_files(&list, &sets->items[i], i, kind, context);
        AUTO_FREE SubdirFile *files = list.files;
        if (r < 0)
                return err_pass(r);
        if (list.n_files > 0)
                qsort(files, list.n_files, sizeof(SubdirFile), compare_files);
        keep_first_of_each_name(&list);
        *ret_files = STEAL(files);
        *ret_n_files = list.n_files;
        return 0;
}
