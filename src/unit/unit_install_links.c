/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_links.h"

#include <dirent.h>
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_alias.h"
#include "unit/unit_install.h"
#include "unit/unit_name.h"

static int fail(InstallWork *work, int error, const char *path, const char *source) {
        return error == -ENOMEM ? error
                                : unit_install_change_fail(&work->changes, error, path, source);
}

/* The first error stays, else counts are added. */
static int join_results(int a, int b) {
        if (a < 0)
                return a;
        return b < 0 ? b : a + b;
}

/* --- one link
 * ----------------------------------------------------------------------------------- */

/* Whether two targets of a link at `path` are the same place. */
static int is_same_target(InstallWork *work, const char *path, const char *a, const char *b) {
        const char *const targets[] = { a, b };
        AUTO_FREE char *directory = path_dir_name(path);
        AUTO_STRV char **places = NULL;

        if (!directory)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < ARRAY_LENGTH(targets); i++) {
                AUTO_FREE char *full = *targets[i] == '/'
                                               ? install_paths_with_root(&work->paths, targets[i])
                                               : path_join(directory, targets[i]);
                char *place = NULL;
                int r = full ? install_tree_chase(&work->tree, full, 0, &place) : err_new(-ENOMEM);
                if (r >= 0)
                        r = strv_take(&places, place);
                if (r < 0)
                        return r == -ENOMEM ? r : 0;
        }
        if (streq(places[0], places[1]))
                return 1;
        /* Files of one unit that hide each other are the same for links. */
        return streq(path_base_name(places[0]), path_base_name(places[1])) &&
               install_paths_is_searched(&work->paths, places[0]) &&
               install_paths_is_searched(&work->paths, places[1]);
}

int install_link(InstallWork *work, const char *target, const char *path, bool force) {
        const InstallNode *node;

        target = install_paths_without_root(&work->paths, target);
        int r = install_tree_find(&work->tree, path, &node);
        if (r < 0)
                return fail(work, r, path, NULL);
        if (r > 0) {
                if (node->type != DT_LNK)
                        return fail(work, -EEXIST, path, NULL);
                int same = is_same_target(work, path, node->target, target);
                if (same != 0)
                        return err_pass(same);
                if (!force)
                        return fail(work, -EEXIST, path, node->target);
                r = unit_install_change_add(&work->changes, INSTALL_UNLINKED, path, NULL);
        }
        if (r >= 0)
                r = install_tree_link(&work->tree, path, target);
        if (r >= 0)
                r = unit_install_change_add(&work->changes, INSTALL_LINKED, path, target);
        return r < 0 ? err_pass(r) : 1;
}

/* --- Alias=
 * ------------------------------------------------------------------------------------ */

/* The old form of Alias=, which names a link in a .wants directory. */
static bool wants_alias_is_valid(const InstallInfo *info, const char *alias) {
        AUTO_FREE char *directory = path_dir_name(alias);
        size_t length = directory ? strlen(directory) : 0;

        for (size_t i = 0; i < 2; i++) {
                const char *suffix = i == 0 ? ".wants" : ".requires";
                if (!directory || !str_has_suffix(str_of(directory), suffix))
                        continue;
                directory[length - strlen(suffix)] = '\0';
                return unit_name_is_valid(directory, UNIT_NAME_ANY) &&
                       unit_alias_is_compatible(
                               path_base_name(alias), info->name, info->default_instance);
        }
        return false;
}

/* An alias that is a template of an instance means the same instance. */
static int instantiate_alias(const InstallInfo *info, char **alias) {
        AUTO_FREE char *instance = NULL, *name = NULL;

        if (unit_name_kind(*alias) != UNIT_NAME_TEMPLATE ||
            unit_name_kind(info->name) != UNIT_NAME_INSTANCE)
                return 0;
        instance = str_dup(unit_name_instance(info->name));
        int r = instance ? unit_name_instantiate(*alias, instance, &name) : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        free(*alias);
        *alias = STEAL(name);
        return 0;
}

/* 1 when the alias may be made, 0 when it is the unit's own name; errors are changes. */
static int check_alias(InstallWork *work, const InstallInfo *info, char **alias) {
        if (strchr(*alias, '/'))
                return wants_alias_is_valid(info, *alias) ? 1
                                                          : fail(work, -EXDEV, *alias, info->name);
        int r = instantiate_alias(info, alias);
        if (r < 0)
                return err_pass(r);
        if (streq(*alias, info->name))
                return 0;
        return unit_alias_check(*alias, info->name, NULL) ? 1
                                                          : fail(work, -EXDEV, *alias, info->name);
}

static int link_alias(InstallWork *work, const InstallInfo *info, const char *text) {
        AUTO_FREE char *alias = NULL, *path = NULL;

        int r = install_info_expand(work, info, text, &alias);
        if (r < 0)
                return fail(work, r, text, NULL);
        r = check_alias(work, info, &alias);
        if (r <= 0)
                return err_pass(r);
        path = path_join(work->config_path, alias);
        return path ? err_pass(install_link(
                              work, info->path, path, work->flags & UNIT_INSTALL_FORCE))
                    : err_new(-ENOMEM);
}

/* --- WantedBy= and RequiredBy=
 * ----------------------------------------------------------------- */

int install_unit_exists(InstallWork *work, const char *name) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info;

        int r = install_set_add(&set, name, NULL, &info);
        if (r >= 0)
                r = install_info_find(work, &set, info, 0, NULL);
        return r == -ENOMEM ? r : r != -ENOENT;
}

typedef struct Dependency {
        char *name;            /* of the link, owned */
        unsigned target_kinds; /* what its directory may belong to */
} Dependency;

static void dependency_done(Dependency *dependency) {
        free(dependency->name);
}

DEFINE_AUTO_DONE(Dependency, dependency_done);

static int check_instance(InstallWork *work, const char *name) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info;

        int r = install_set_add(&set, name, NULL, &info);
        if (r >= 0)
                r = install_info_find(work, &set, info, INSTALL_SEARCH_FOLLOW_CONFIG, &info);
        if (r >= 0 && info->mode == INSTALL_MODE_MASKED)
                return fail(work, -ERFKILL, info->path, NULL);
        return err_pass(r);
}

static int find_dependency_name(InstallWork *work, const InstallInfo *info, Dependency *ret) {
        ret->target_kinds = UNIT_NAME_ANY;
        if (unit_name_kind(info->name) != UNIT_NAME_TEMPLATE || !info->default_instance) {
                if (unit_name_kind(info->name) == UNIT_NAME_TEMPLATE)
                        ret->target_kinds = UNIT_NAME_TEMPLATE | UNIT_NAME_INSTANCE;
                ret->name = strdup(info->name);
                return ret->name ? 0 : err_new(-ENOMEM);
        }
        int r = unit_name_instantiate(info->name, info->default_instance, &ret->name);
        return r < 0 ? r : err_pass(check_instance(work, ret->name));
}

static int warn_missing(InstallWork *work, const InstallInfo *info, const char *target) {
        int r = install_unit_exists(work, target);

        if (r != 0)
                return r < 0 ? r : 0;
        return err_pass(unit_install_change_add(
                &work->changes, INSTALL_DESTINATION_MISSING, target, info->path));
}

static int link_dependency(InstallWork *work,
                           const InstallInfo *info,
                           const Dependency *dependency,
                           const char *suffix,
                           const char *text) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        AUTO_FREE char *target = NULL;

        int r = install_info_expand(work, info, text, &target);
        if (r < 0)
                return fail(work, r, text, NULL);
        if (!unit_name_is_valid(target, dependency->target_kinds)) {
                if (work->flags & UNIT_INSTALL_IGNORE_AUXILIARY)
                        return 0; /* presets: nothing that can be done */
                if (unit_name_is_valid(target, UNIT_NAME_ANY))
                        return fail(work, -EIDRM, target, dependency->name);
                return fail(work, -EUCLEAN, target, NULL);
        }
        strbuf_addf(&path, "%s/%s%s/%s", work->config_path, target, suffix, dependency->name);
        if (path.failed)
                return err_new(-ENOMEM);
        r = install_link(work, info->path, path.data, true);
        int q = warn_missing(work, info, target);
        return q < 0 ? q : r;
}

static int link_dependencies(InstallWork *work,
                             const InstallInfo *info,
                             char *const *targets,
                             const char *suffix) {
        AUTO(dependency_done) Dependency dependency = { 0 };
        int result = 0;

        if (!targets)
                return 0;
        int r = find_dependency_name(work, info, &dependency);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(target, targets) {
                r = link_dependency(work, info, &dependency, suffix, *target);
                if (r == -ENOMEM)
                        return err_pass(r);
                result = join_results(result, r);
        }
        return result;
}

/* --- units
 * ------------------------------------------------------------------------------------- */

/* A unit outside of the search path gets a link into it. */
static int link_itself(InstallWork *work, const InstallInfo *info) {
        if (install_paths_is_searched(&work->paths, info->path))
                return 0;
        AUTO_FREE char *path = path_join(work->config_path, info->name);
        return path ? err_pass(install_link(
                              work, info->path, path, work->flags & UNIT_INSTALL_FORCE))
                    : err_new(-ENOMEM);
}

static int link_unit(InstallWork *work, const InstallInfo *info) {
        int result = 0;

        /* Links to a file that is not there, or to another one, help nobody. */
        int r = link_itself(work, info);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(alias, info->aliases) {
                r = link_alias(work, info, *alias);
                if (r == -ENOMEM)
                        return err_pass(r);
                result = join_results(result, r);
        }
        /* As with systemd, what one list gave hides what goes wrong in the next. */
        r = link_dependencies(work, info, info->wanted_by, ".wants");
        if (result == 0 || r == -ENOMEM)
                result = r;
        r = link_dependencies(work, info, info->required_by, ".requires");
        return result == 0 || r == -ENOMEM ? err_pass(r) : result;
}

/* 0 when the unit may be passed over, else the error. */
static int report_missing(InstallWork *work, const InstallInfo *info, int error) {
        if (error == -ENOMEM)
                return err_pass(error);
        if (!info->auxiliary)
                return fail(work, error, info->name, NULL);
        return err_pass(unit_install_change_add(
                &work->changes, INSTALL_AUXILIARY_FAILED, info->name, NULL));
}

static int link_next(InstallWork *work, InstallSet *set, unsigned search_flags, int *result) {
        InstallInfo *info = set->items[set->n_processed++];

        int r = install_info_find(work, set, info, search_flags, NULL);
        if (r < 0)
                return err_pass(report_missing(work, info, r));
        if (info->mode == INSTALL_MODE_MASKED) {
                /* Something might have been enabled here: no complaint that nothing was. */
                *result = join_results(*result, 1);
                return err_pass(unit_install_change_add(
                        &work->changes, INSTALL_IS_MASKED, info->path, NULL));
        }
        if (info->mode != INSTALL_MODE_REGULAR)
                return 0;
        r = link_unit(work, info);
        *result = join_results(*result, r);
        return r == -ENOMEM ? err_pass(r) : 0;
}

int install_set_link(InstallWork *work, InstallSet *set, unsigned search_flags) {
        int result = 0;

        while (set->n_processed < set->n_items) {
                int r = link_next(work, set, search_flags, &result);
                if (r < 0)
                        return err_pass(r);
        }
        return result;
}
