/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_state.h"

#include <dirent.h>
#include <errno.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_install_commit.h"
#include "unit/unit_install_preset.h"
#include "unit/unit_install_remove.h"
#include "unit/unit_name.h"

struct UnitInstallView {
        InstallWork work;
        PresetRules rules; /* read on first use */
        bool has_rules;
};

static const char *const state_names[] = {
        [UNIT_FILE_ENABLED] = "enabled",
        [UNIT_FILE_ENABLED_RUNTIME] = "enabled-runtime",
        [UNIT_FILE_LINKED] = "linked",
        [UNIT_FILE_LINKED_RUNTIME] = "linked-runtime",
        [UNIT_FILE_ALIAS] = "alias",
        [UNIT_FILE_MASKED] = "masked",
        [UNIT_FILE_MASKED_RUNTIME] = "masked-runtime",
        [UNIT_FILE_STATIC] = "static",
        [UNIT_FILE_DISABLED] = "disabled",
        [UNIT_FILE_INDIRECT] = "indirect",
        [UNIT_FILE_GENERATED] = "generated",
        [UNIT_FILE_TRANSIENT] = "transient",
        [UNIT_FILE_BAD] = "bad",
};
static_assert(ARRAY_LENGTH(state_names) == UNIT_FILE_STATE_COUNT, "");

const char *unit_file_state_name(UnitFileState state) {
        return enum_print(state_names, ARRAY_LENGTH(state_names), (int)state);
}

int unit_file_state_parse(const char *name) {
        return enum_parse(state_names, ARRAY_LENGTH(state_names), str_of(name));
}

UnitInstallView *unit_install_view_free(UnitInstallView *view) {
        if (!view)
                return NULL;
        preset_rules_done(&view->rules);
        install_work_done(&view->work);
        free(view);
        return NULL;
}

int unit_install_view_new(const UnitInstallOptions *options, UnitInstallView **ret) {
        AUTO(unit_install_view_free) UnitInstallView *view = calloc(1, sizeof(*view));

        if (!view)
                return err_new(-ENOMEM);
        int r = install_work_init(&view->work, options);
        if (r < 0)
                return err_pass(r);
        install_commit_recover(&view->work.paths);
        *ret = STEAL(view);
        return 0;
}

void unit_install_view_take_diag(UnitInstallView *view, Diag *to) {
        diag_move(to, &view->work.diag);
}

/* --- links that lead to a unit
 * ------------------------------------------------------------------- */

/* Which links count. */
typedef struct LinkSearch {
        InstallWork *work;
        const InstallInfo *info;
        bool known_names; /* only names that [Install] asks for */
        bool ignore_same; /* the directory has lower priority than the unit's file */
        bool same_name;   /* set: a link of the unit's own name was seen */
} LinkSearch;

/* Whether [Install] of the unit makes links of this name. */
static int is_known_name(const InstallInfo *info, const char *name) {
        AUTO_FREE char *instance = NULL;

        if (streq(name, info->name) || strv_contains(info->aliases, name))
                return 1;
        if (!info->default_instance || unit_name_kind(info->name) != UNIT_NAME_TEMPLATE)
                return 0;
        int r = unit_name_instantiate(info->name, info->default_instance, &instance);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        return streq(name, instance);
}

static int counts(const LinkSearch *search, const char *name) {
        return search->known_names ? is_known_name(search->info, name) : 1;
}

static bool is_instance_of(const char *name, const char *template_name) {
        AUTO_FREE char *own = NULL;

        return unit_name_kind(name) == UNIT_NAME_INSTANCE && unit_name_template(name, &own) >= 0 &&
               streq(own, template_name);
}

/* A link in a .wants or .requires directory: it is its name that counts. */
static int judge_dependency(const LinkSearch *search, const InstallNode *node) {
        if (node->type != DT_LNK)
                return 0;
        if (streq(node->name, search->info->name) || is_instance_of(node->name, search->info->name))
                return counts(search, node->name);
        return 0;
}

/* A link beside unit files. */
static int judge_alias(LinkSearch *search, const InstallNode *node) {
        if (node->type != DT_LNK)
                return 0;
        bool to_file = streq(path_base_name(node->target), search->info->name);
        bool own_name = !search->ignore_same && streq(node->name, search->info->name);
        if (own_name && to_file) {
                search->same_name = true;
                return 0;
        }
        return own_name || to_file ? counts(search, node->name) : 0;
}

static int search_directory(LinkSearch *search, const char *path, bool dependencies) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&search->work->tree, path, &listing);
        while (r == 0 && (node = hashtable_next(listing->nodes, &cursor, NULL)))
                r = dependencies ? judge_dependency(search, node) : judge_alias(search, node);
        return err_pass(r);
}

/* Whether a directory of the search path has a link that counts: 1, 0. */
static int search_links(LinkSearch *search, const char *path) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&search->work->tree, path, &listing);
        while (r == 0 && (node = hashtable_next(listing->nodes, &cursor, NULL))) {
                if (node->type != DT_DIR || (!str_has_suffix(str_of(node->name), ".wants") &&
                                             !str_has_suffix(str_of(node->name), ".requires")))
                        continue;
                AUTO_FREE char *below = path_join(path, node->name);
                r = below ? search_directory(search, below, true) : err_new(-ENOMEM);
        }
        return r != 0 ? err_pass(r) : err_pass(search_directory(search, path, false));
}

/* What was found along the search path. */
typedef struct Found {
        bool in_runtime, elsewhere, same_in_config, same_in_runtime;
} Found;

static bool is_settings_of_users(const InstallPaths *paths, const char *directory) {
        const char *inner = install_paths_without_root(paths, directory);

        return paths->is_user &&
               (streq(inner, "/etc/systemd/user") || streq(inner, "/etc/xdg/systemd/user"));
}

/* Looks through one directory: 1 when the best answer was found. */
static int look_in(LinkSearch *search, const char *directory, Found *found) {
        const InstallPaths *paths = &search->work->paths;
        bool persistent = streq_null(directory, paths->special[INSTALL_DIRECTORY_PERSISTENT]);
        bool runtime = install_paths_is_runtime_directory(paths, directory);

        search->same_name = false;
        int r = search_links(search, directory);
        if (r < 0)
                return err_pass(r);
        if (r > 0 && (persistent || is_settings_of_users(paths, directory)))
                return 1;
        if (r > 0) {
                found->in_runtime |= runtime;
                found->elsewhere |= !runtime;
        } else if (search->same_name) {
                found->same_in_config |= persistent;
                found->same_in_runtime |= !persistent && runtime;
        }
        return 0;
}

/* The state by links: 1, or 0 when none says anything. */
static int
state_by_links(InstallWork *work, const InstallInfo *info, bool known_names, UnitFileState *ret) {
        LinkSearch search = { .work = work, .info = info, .known_names = known_names };
        Found found = { 0 };

        STRV_FOREACH(directory, work->paths.search) {
                int r = look_in(&search, *directory, &found);
                if (r < 0)
                        return err_pass(r);
                if (r > 0) {
                        *ret = UNIT_FILE_ENABLED;
                        return 1;
                }
                search.ignore_same |= path_is_below(info->path, *directory);
        }
        if (found.in_runtime)
                *ret = UNIT_FILE_ENABLED_RUNTIME;
        else if (found.elsewhere && unit_name_kind(info->name) == UNIT_NAME_INSTANCE)
                *ret = UNIT_FILE_STATIC;
        else if (found.same_in_config)
                *ret = UNIT_FILE_LINKED;
        else if (found.same_in_runtime)
                *ret = UNIT_FILE_LINKED_RUNTIME;
        else
                return 0;
        return 1;
}

/* --- states
 * ------------------------------------------------------------------------------------ */

static int state_of_regular(InstallWork *work, const InstallInfo *info, UnitFileState *ret) {
        UnitFileState other;

        if (install_paths_is_generator(&work->paths, info->path)) {
                *ret = UNIT_FILE_GENERATED;
                return 0;
        }
        if (install_paths_is_in(&work->paths, INSTALL_DIRECTORY_TRANSIENT, info->path)) {
                *ret = UNIT_FILE_TRANSIENT;
                return 0;
        }
        int r = state_by_links(work, info, true, ret);
        if (r != 0)
                return r < 0 ? err_pass(r) : 0;
        r = state_by_links(work, info, false, &other);
        if (r < 0)
                return err_pass(r);
        if (r > 0)
                *ret = UNIT_FILE_INDIRECT;
        else if (install_info_has_rules(info))
                *ret = UNIT_FILE_DISABLED;
        else
                *ret = install_info_has_also(info) ? UNIT_FILE_INDIRECT : UNIT_FILE_STATIC;
        return 0;
}

static int find_state(InstallWork *work, const char *name, UnitFileState *ret) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info;

        int r = install_set_add(&set, name, NULL, &info);
        if (r >= 0)
                r = install_info_find(work,
                                      &set,
                                      info,
                                      INSTALL_SEARCH_LOAD | INSTALL_SEARCH_FOLLOW_CONFIG,
                                      &info);
        if (r < 0)
                return err_pass(r);
        if (info->mode == INSTALL_MODE_MASKED) {
                *ret = install_paths_is_runtime(&work->paths, info->path) ? UNIT_FILE_MASKED_RUNTIME
                                                                          : UNIT_FILE_MASKED;
                return 0;
        }
        if (!streq(name, path_base_name(info->path)) &&
            unit_name_kind(info->name) != UNIT_NAME_INSTANCE) {
                *ret = UNIT_FILE_ALIAS;
                return 0;
        }
        return err_pass(state_of_regular(work, info, ret));
}

int unit_install_view_state(UnitInstallView *view, const char *name, UnitFileState *ret) {
        return err_pass(find_state(&view->work, name, ret));
}

int unit_install_view_exists(UnitInstallView *view, const char *name) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info;

        int r = install_set_add(&set, name, NULL, &info);
        if (r >= 0)
                r = install_info_find(&view->work, &set, info, 0, NULL);
        if (r == -ENOENT)
                return 0;
        return r < 0 && r != -ELOOP ? err_pass(r) : 1;
}

int unit_install_view_preset(UnitInstallView *view, const char *name) {
        if (!view->has_rules) {
                int r = preset_rules_load(&view->work, &view->rules);
                if (r < 0)
                        return err_pass(r);
                view->has_rules = true;
        }
        return preset_rules_ask(&view->rules, name, NULL);
}

static int add_files(UnitInstallView *view,
                     const char *directory,
                     HashTable *seen,
                     UnitInstallFileFunction *add,
                     void *userdata) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&view->work.tree, directory, &listing);
        while (r >= 0 && (node = hashtable_next(listing->nodes, &cursor, NULL))) {
                UnitFileState state;
                if (!unit_name_is_valid(node->name, UNIT_NAME_ANY) ||
                    (node->type != DT_LNK && node->type != DT_REG) ||
                    hashtable_find(seen, node->name))
                        continue;
                AUTO_FREE char *path = path_join(directory, node->name);
                r = path ? hashtable_put(seen, node->name, node->name) : err_new(-ENOMEM);
                if (r < 0)
                        break;
                r = find_state(&view->work, node->name, &state);
                if (r == -ENOMEM)
                        break;
                add(userdata, path, r < 0 ? UNIT_FILE_BAD : state);
                r = 0;
        }
        return err_pass(r);
}

int unit_install_view_each(UnitInstallView *view, UnitInstallFileFunction *add, void *userdata) {
        AUTO(hashtable_free) HashTable *seen = hashtable_new_string();
        int r = seen ? 0 : err_new(-ENOMEM);

        STRV_FOREACH(directory, view->work.paths.search) {
                if (r >= 0)
                        r = add_files(view, *directory, seen, add, userdata);
        }
        return err_pass(r);
}

int unit_install_view_default(UnitInstallView *view, char **ret) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info;

        int r = install_set_add(&set, "default.target", NULL, &info);
        if (r >= 0)
                r = install_info_find(&view->work, &set, info, INSTALL_SEARCH_FOLLOW_CONFIG, &info);
        if (r < 0)
                return err_pass(r);
        *ret = strdup(info->name);
        return *ret ? 0 : err_new(-ENOMEM);
}

int unit_install_view_links(UnitInstallView *view, const char *name, bool runtime, char ***ret) {
        AUTO(install_set_done) InstallSet set = { 0 };
        AUTO(install_marks_done) InstallMarks marks = { 0 };
        InstallWork *work = &view->work;
        InstallInfo *info;
        size_t n_before = work->changes.n_items;

        int r = install_set_add(&set, name, NULL, &info);
        if (r >= 0)
                r = install_set_mark(work, &set, &marks);
        if (r >= 0)
                r = install_remove_marked(
                        work,
                        &marks,
                        work->paths.special[runtime ? INSTALL_DIRECTORY_RUNTIME
                                                    : INSTALL_DIRECTORY_PERSISTENT]);
        for (size_t i = n_before; r >= 0 && i < work->changes.n_items; i++)
                if (work->changes.items[i].kind == INSTALL_UNLINKED)
                        r = strv_add(ret, work->changes.items[i].path);
        return err_pass(r);
}
