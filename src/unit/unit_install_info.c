/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_info.h"

#include <dirent.h>
#include <errno.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_alias.h"
#include "unit/unit_install_file.h"
#include "unit/unit_name.h"

#define FOLLOW_MAX 64

/* --- sets
 * --------------------------------------------------------------------------------------- */

static InstallInfo *info_free(InstallInfo *info) {
        if (!info)
                return NULL;
        free(info->name);
        free(info->path);
        free(info->target);
        free(info->default_instance);
        strv_free(info->aliases);
        strv_free(info->wanted_by);
        strv_free(info->required_by);
        strv_free(info->also);
        free(info);
        return NULL;
}

DEFINE_AUTO(InstallInfo *, info_free);

void install_set_done(InstallSet *set) {
        for (size_t i = 0; i < set->n_items; i++)
                info_free(set->items[i]);
        free(set->items);
        *set = (InstallSet){ 0 };
}

InstallInfo *install_set_find(const InstallSet *set, const char *name) {
        for (size_t i = 0; i < set->n_items; i++)
                if (streq(set->items[i]->name, name))
                        return set->items[i];
        return NULL;
}

int install_set_add(InstallSet *set, const char *name, const char *path, InstallInfo **ret) {
        AUTO(info_free) InstallInfo *info = NULL;

        if (!name)
                name = path_base_name(path);
        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        *ret = install_set_find(set, name);
        if (*ret)
                return 0;
        info = calloc(1, sizeof(*info));
        if (!info)
                return err_new(-ENOMEM);
        info->name = strdup(name);
        info->path = path ? strdup(path) : NULL;
        InstallInfo **items = reallocarray(set->items, set->n_items + 1, sizeof(*items));
        if (items)
                set->items = items;
        if (!items || !info->name || (path && !info->path))
                return err_new(-ENOMEM);
        *ret = items[set->n_items++] = STEAL(info);
        return 0;
}

int install_set_add_typed(InstallSet *set,
                          const InstallWork *work,
                          const char *typed,
                          InstallInfo **ret) {
        if (!strchr(typed, '/'))
                return err_pass(install_set_add(set, typed, NULL, ret));
        AUTO_FREE char *path = install_paths_with_root(&work->paths, typed);
        return path ? err_pass(install_set_add(set, NULL, path, ret)) : err_new(-ENOMEM);
}

bool install_info_has_rules(const InstallInfo *info) {
        return info->aliases || info->wanted_by || info->required_by;
}

bool install_info_has_also(const InstallInfo *info) {
        return info->also != NULL;
}

int install_info_expand(const InstallWork *work,
                        const InstallInfo *info,
                        const char *text,
                        char **ret) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_FREE char *instantiated = NULL;
        const char *name = info->name;

        if (info->default_instance && unit_name_kind(name) == UNIT_NAME_TEMPLATE) {
                int r = unit_name_instantiate(name, info->default_instance, &instantiated);
                if (r < 0)
                        return err_pass(r);
                name = instantiated;
        }
        SpecifierContext context = { .machine = work->machine, .unit_name = name };
        int r = specifier_expand_name(&context, str_of(text), &out);
        if (r < 0)
                return err_pass(r);
        *ret = strbuf_steal(&out);
        return *ret ? 0 : err_new(-ENOMEM);
}

/* --- files
 * -------------------------------------------------------------------------------------- */

/* Whether a link that is named `name` and leads to `target` is an alias: 1 for a link out of the
 * search path, 0 for an alias, -ELOOP for its own name, -EXDEV for another that is refused. */
static int judge_link(InstallWork *work, const char *path, const char *target) {
        const char *name = path_base_name(path), *tail = NULL;

        STRV_FOREACH(directory, work->paths.search) {
                size_t length = strlen(*directory);
                if (!path_is_below(target, *directory) || !target[length])
                        continue;
                tail = target + length + 1;
                break;
        }
        if (!tail)
                return 1;
        if (strchr(tail, '/'))
                diag_add(&work->diag,
                         NULL,
                         DIAG_WARNING,
                         "Suspicious symlink %s \xe2\x86\x92 %s, treating as alias.",
                         path,
                         target);
        const char *base = path_base_name(target);
        if (streq(base, name))
                return err_new(-ELOOP);
        return unit_alias_check(name, base, &work->diag) ? 0 : err_new(-EXDEV);
}

/* Where the link at `path` leads: 1 out of the search path, 0 into it. */
static int resolve_link(InstallWork *work, const char *path, char **ret) {
        AUTO_FREE char *directory = path_dir_name(path), *full = NULL, *simple = NULL;
        const InstallNode *node;

        int r = directory ? install_tree_find(&work->tree, path, &node) : err_new(-ENOMEM);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        full = *node->target == '/' ? install_paths_with_root(&work->paths, node->target)
                                    : path_join(directory, node->target);
        r = full ? install_tree_chase(&work->tree, full, INSTALL_CHASE_NOFOLLOW, &simple)
                 : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        r = judge_link(work, path, simple);
        if (r >= 0)
                *ret = STEAL(simple);
        return r;
}

/* Reads the file at a path, or what the link there says. */
static int load_or_follow(
        InstallWork *work, InstallSet *set, InstallInfo *info, const char *path, unsigned flags) {
        AUTO_FREE char *target = NULL;

        int r = install_file_load(work, set, info, path, flags);
        if (r != -ELOOP || flags & INSTALL_SEARCH_DROPIN)
                return r;
        r = resolve_link(work, path, &target);
        if (r < 0)
                return err_pass(r);
        info->mode = INSTALL_MODE_ALIAS;
        if (r > 0) {
                r = install_tree_is_mask(&work->tree, target);
                if (r < 0 && r != -ENOENT)
                        return err_pass(r);
                info->mode = r > 0 ? INSTALL_MODE_MASKED : INSTALL_MODE_LINKED;
        }
        free(info->target);
        info->target = STEAL(target);
        return 0;
}

/* Looks for a file of this name along the search path: 1, 0 when there is none. */
static int search_name(
        InstallWork *work, InstallSet *set, InstallInfo *info, const char *name, unsigned flags) {
        STRV_FOREACH(directory, work->paths.search) {
                AUTO_FREE char *path = path_join(*directory, name);
                if (!path)
                        return err_new(-ENOMEM);
                int r = load_or_follow(work, set, info, path, flags);
                if (r >= 0) {
                        info->path = STEAL(path);
                        return 1;
                }
                if (r != -ENOENT && r != -ENOTDIR && r != -EACCES)
                        return err_pass(r);
        }
        return 0;
}

static bool has_file(char *const *paths, const char *name) {
        STRV_FOREACH(path, paths) {
                if (streq(path_base_name(*path), name))
                        return true;
        }
        return false;
}

/* Adds the .conf files of one directory; those of a name that is there lose. */
static int collect_dropins_in(InstallWork *work, const char *directory, char ***paths) {
        AUTO_FREE char *place = NULL;
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_chase(&work->tree, directory, 0, &place);
        if (r >= 0)
                r = install_tree_list(&work->tree, place, &listing);
        while (r >= 0 && (node = hashtable_next(listing->nodes, &cursor, NULL)))
                if (str_has_suffix(str_of(node->name), ".conf") && !has_file(*paths, node->name))
                        r = strv_addf(paths, "%s/%s", place, node->name);
        return r == -ENOMEM ? err_pass(r) : 0;
}

static int collect_dropins(InstallWork *work, const char *name, char ***paths) {
        int r = 0;

        STRV_FOREACH(directory, work->paths.search) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(&path, "%s/%s.d", *directory, name);
                if (path.failed)
                        return err_new(-ENOMEM);
                if (r >= 0)
                        r = collect_dropins_in(work, path.data, paths);
        }
        return err_pass(r);
}

static int by_base_name(const void *a, const void *b) {
        const char *const *left = a, *const *right = b;

        return strcmp(path_base_name(*left), path_base_name(*right));
}

static int load_dropins(InstallWork *work,
                        InstallSet *set,
                        InstallInfo *info,
                        const char *template_name,
                        unsigned flags) {
        AUTO_STRV char **paths = NULL;

        int r = collect_dropins(work, info->name, &paths);
        if (r >= 0 && template_name)
                r = collect_dropins(work, template_name, &paths);
        if (r >= 0 && paths)
                qsort(paths, strv_length(paths), sizeof(*paths), by_base_name);
        STRV_FOREACH(path, paths) {
                int q = load_or_follow(work, set, info, *path, flags | INSTALL_SEARCH_DROPIN);
                if (q < 0 && q != -ENOENT)
                        return err_pass(q);
        }
        return err_pass(r);
}

/* Finds the file of one name, without going to another. */
static int search(InstallWork *work, InstallSet *set, InstallInfo *info, unsigned flags) {
        AUTO_FREE char *template_name = NULL;

        if (info->mode != INSTALL_MODE_UNKNOWN)
                return 0;
        if (info->path)
                return err_pass(load_or_follow(work, set, info, info->path, flags));
        if (unit_name_kind(info->name) == UNIT_NAME_INSTANCE) {
                int r = unit_name_template(info->name, &template_name);
                if (r < 0)
                        return err_pass(r);
        }
        int r = search_name(work, set, info, info->name, flags);
        if (r == 0 && template_name)
                r = search_name(work, set, info, template_name, flags);
        if (r <= 0)
                return r < 0 ? err_pass(r) : -ENOENT;
        if (info->mode == INSTALL_MODE_MASKED)
                return 0;
        return err_pass(load_dropins(work, set, info, template_name, flags));
}

/* --- links
 * -------------------------------------------------------------------------------------- */

/* Goes on at the file that a link leads to. */
static int follow_here(InstallWork *work, InstallSet *set, InstallInfo *info, unsigned flags) {
        free(info->path);
        info->path = STEAL(info->target);
        info->mode = INSTALL_MODE_UNKNOWN;
        return err_pass(load_or_follow(work, set, info, info->path, flags));
}

/* Goes on with the unit of another name. `*info` becomes that unit. */
static int follow_name(InstallWork *work, InstallSet *set, InstallInfo **info, unsigned flags) {
        const char *name = path_base_name((*info)->target);
        AUTO_FREE char *instance = NULL, *instantiated = NULL;

        if (unit_name_kind((*info)->name) == UNIT_NAME_INSTANCE &&
            unit_name_kind(name) == UNIT_NAME_TEMPLATE) {
                instance = str_dup(unit_name_instance((*info)->name));
                int r = instance ? unit_name_instantiate(name, instance, &instantiated)
                                 : err_new(-ENOMEM);
                if (r < 0)
                        return err_pass(r);
                if (streq(instantiated, (*info)->name))
                        return err_pass(follow_here(work, set, *info, flags));
                name = instantiated;
        }
        int r = install_set_add(set, name, NULL, info);
        if (r >= 0)
                r = search(work, set, *info, flags);
        return r == -ENOENT ? err_new(-ENOLINK) : err_pass(r);
}

int install_info_find(
        InstallWork *work, InstallSet *set, InstallInfo *start, unsigned flags, InstallInfo **ret) {
        InstallInfo *info = start;

        int r = search(work, set, info, flags);
        for (unsigned n = 0;
             r >= 0 && (info->mode == INSTALL_MODE_ALIAS || info->mode == INSTALL_MODE_LINKED);
             n++) {
                if (n >= FOLLOW_MAX)
                        return err_new(-ELOOP);
                if (!(flags & INSTALL_SEARCH_FOLLOW_CONFIG) &&
                    install_paths_is_config(&work->paths, info->path))
                        return err_new(-ELOOP);
                bool here = info->mode == INSTALL_MODE_LINKED ||
                            streq(path_base_name(info->target), info->name);
                r = here ? follow_here(work, set, info, flags)
                         : follow_name(work, set, &info, flags);
        }
        if (r < 0)
                return err_pass(r);
        if (ret)
                *ret = info;
        return 0;
}

int install_discover(
        InstallWork *work, InstallSet *set, const char *typed, unsigned flags, InstallInfo **ret) {
        InstallInfo *info;

        int r = install_set_add_typed(set, work, typed, &info);
        if (r >= 0)
                r = install_info_find(work, set, info, flags, ret);
        return r >= 0 || r == -ENOMEM ? err_pass(r)
                                      : unit_install_change_fail(&work->changes, r, typed, NULL);
}

int install_discover_usable(
        InstallWork *work, InstallSet *set, const char *typed, unsigned flags, InstallInfo **ret) {
        int r = install_discover(work, set, typed, flags, ret);

        if (r < 0)
                return err_pass(r);
        if ((*ret)->mode == INSTALL_MODE_MASKED)
                r = -ERFKILL;
        else if (install_paths_is_generator(&work->paths, (*ret)->path) ||
                 install_paths_is_in(&work->paths, INSTALL_DIRECTORY_TRANSIENT, (*ret)->path))
                r = -EADDRNOTAVAIL;
        return r < 0 ? unit_install_change_fail(&work->changes, r, (*ret)->path, NULL) : 0;
}
