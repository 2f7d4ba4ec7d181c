/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install.h"

#include <dirent.h>
#include <errno.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_install_commit.h"
#include "unit/unit_install_links.h"
#include "unit/unit_install_preset.h"
#include "unit/unit_install_remove.h"
#include "unit/unit_install_revert.h"
#include "unit/unit_name.h"

#define LOAD_AND_FOLLOW (INSTALL_SEARCH_LOAD | INSTALL_SEARCH_FOLLOW_CONFIG)

/* --- enable and disable
 * ---------------------------------------------------------------------- */

static int enable(InstallWork *work, char *const *names) {
        AUTO(install_set_done) InstallSet set = { 0 };

        STRV_FOREACH(name, names) {
                InstallInfo *info;
                int r = install_discover_usable(work, &set, *name, LOAD_AND_FOLLOW, &info);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(install_set_link(work, &set, INSTALL_SEARCH_LOAD));
}

static int disable(InstallWork *work, char *const *names) {
        AUTO(install_set_done) InstallSet set = { 0 };
        AUTO(install_marks_done) InstallMarks marks = { 0 };

        STRV_FOREACH(name, names) {
                InstallInfo *info;
                if (!unit_name_is_valid(*name, UNIT_NAME_ANY))
                        return unit_install_change_fail(&work->changes, -EUCLEAN, *name, NULL);
                int r = install_set_add(&set, *name, NULL, &info);
                if (r < 0)
                        return err_pass(r);
        }
        int r = install_set_mark(work, &set, &marks);
        return r < 0 ? r : err_pass(install_remove_marked(work, &marks, work->config_path));
}

static int do_enable(InstallWork *work, const UnitInstallRequest *request) {
        return err_pass(enable(work, request->names));
}

static int do_disable(InstallWork *work, const UnitInstallRequest *request) {
        return err_pass(disable(work, request->names));
}

/* A unit is enabled again by the path of its file, since a link to it will be gone. */
static int find_again(InstallWork *work, const char *typed, char **ret) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info = NULL;
        const char *again = typed;

        int r = strchr(typed, '/') ? -EINVAL : install_set_add(&set, typed, NULL, &info);
        if (r >= 0)
                r = install_info_find(work, &set, info, LOAD_AND_FOLLOW, &info);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r >= 0 && info->mode == INSTALL_MODE_REGULAR)
                again = install_paths_without_root(&work->paths, info->path);
        *ret = strdup(again);
        return *ret ? 0 : err_new(-ENOMEM);
}

static int do_reenable(InstallWork *work, const UnitInstallRequest *request) {
        AUTO_STRV char **names = NULL, **again = NULL;

        STRV_FOREACH(typed, request->names) {
                char *file = NULL;
                int r = find_again(work, *typed, &file);
                if (r >= 0)
                        r = strv_take(&again, file);
                if (r >= 0)
                        r = strv_add(&names, path_base_name(*typed));
                if (r < 0)
                        return err_pass(r);
        }
        int r = disable(work, names);
        return r < 0 ? r : err_pass(enable(work, again));
}

/* --- link and mask
 * --------------------------------------------------------------------------- */

/* Whether a file may be linked: 1, 0 when it is in the search path already. */
static int check_linked(InstallWork *work, const char *typed, char **ret_path) {
        const InstallNode *node;

        if (*typed != '/' || !unit_name_is_valid(path_base_name(typed), UNIT_NAME_ANY))
                return err_new(-EINVAL);
        AUTO_FREE char *path = install_paths_with_root(&work->paths, typed);
        if (!path)
                return err_new(-ENOMEM);
        int r = install_tree_find(&work->tree, path, &node);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        if (node->type != DT_REG)
                return err_new(node->type == DT_LNK   ? -ELOOP
                               : node->type == DT_DIR ? -EISDIR
                                                      : -EBADFD);
        if (install_paths_is_searched(&work->paths, typed))
                return 0;
        *ret_path = STEAL(path);
        return 1;
}

static int do_link(InstallWork *work, const UnitInstallRequest *request) {
        AUTO_STRV char **paths = NULL;
        int result = 0;

        STRV_FOREACH(typed, request->names) {
                char *path = NULL;
                int r = check_linked(work, *typed, &path);
                if (r < 0 && r != -ENOMEM)
                        return unit_install_change_fail(&work->changes, r, *typed, NULL);
                if (r > 0)
                        r = strv_take(&paths, path);
                if (r < 0)
                        return err_pass(r);
        }
        STRV_FOREACH(path, paths) {
                AUTO_FREE char *link = path_join(work->config_path, path_base_name(*path));
                int r = link ? install_link(work, *path, link, work->flags & UNIT_INSTALL_FORCE)
                             : err_new(-ENOMEM);
                if (r < 0 && result >= 0)
                        result = r;
        }
        return err_pass(result);
}

static int do_mask(InstallWork *work, const UnitInstallRequest *request) {
        int result = 0;

        STRV_FOREACH(name, request->names) {
                int r = -EINVAL;
                if (unit_name_is_valid(*name, UNIT_NAME_ANY)) {
                        AUTO_FREE char *path = path_join(work->config_path, *name);
                        r = path ? install_link(work,
                                                "/dev/null",
                                                path,
                                                work->flags & UNIT_INSTALL_FORCE)
                                 : -ENOMEM;
                }
                if (r < 0 && result >= 0)
                        result = r;
        }
        return err_pass(result);
}

static int unmask_one(InstallWork *work, const char *path, InstallMarks *marks) {
        int r = install_tree_remove(&work->tree, INSTALL_STEP_UNLINK, path);

        if (r >= 0)
                r = unit_install_change_add(&work->changes, INSTALL_UNLINKED, path, NULL);
        if (r >= 0)
                r = install_mark(marks, install_paths_without_root(&work->paths, path));
        return err_pass(r);
}

static int do_unmask(InstallWork *work, const UnitInstallRequest *request) {
        AUTO(install_marks_done) InstallMarks marks = { 0 };
        AUTO_STRV char **paths = NULL;
        int r = 0;

        STRV_FOREACH(name, request->names) {
                AUTO_FREE char *path = path_join(work->config_path, *name);
                if (!unit_name_is_valid(*name, UNIT_NAME_ANY))
                        return err_new(-EINVAL);
                r = path ? install_tree_is_mask(&work->tree, path) : -ENOMEM;
                if (r < 0 && r != -ENOENT)
                        return err_pass(r);
                r = r > 0 ? strv_add_unique(&paths, path) : 0;
                if (r < 0)
                        return err_pass(r);
        }
        STRV_FOREACH(path, paths) {
                if (r >= 0)
                        r = unmask_one(work, *path, &marks);
        }
        if (r >= 0)
                r = install_remove_marked(work, &marks, work->config_path);
        return err_pass(r);
}

/* --- dependencies and the default target
 * ----------------------------------------------------- */

static int add_dependency(InstallWork *work, const UnitInstallRequest *request, bool requires) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *target, *info;

        if (!unit_name_is_valid(request->target, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        int r = install_discover_usable(
                work, &set, request->target, INSTALL_SEARCH_FOLLOW_CONFIG, &target);
        if (r < 0)
                return err_pass(r);
        STRV_FOREACH(name, request->names) {
                r = install_discover_usable(work, &set, *name, INSTALL_SEARCH_FOLLOW_CONFIG, &info);
                if (r < 0)
                        return err_pass(r);
                char ***list = requires ? &info->required_by : &info->wanted_by;
                *list = strv_free(*list);
                r = strv_add(list, target->name);
                if (r < 0)
                        return err_pass(r);
        }
        return err_pass(install_set_link(work, &set, INSTALL_SEARCH_FOLLOW_CONFIG));
}

static int do_add_wants(InstallWork *work, const UnitInstallRequest *request) {
        return err_pass(add_dependency(work, request, false));
}

static int do_add_requires(InstallWork *work, const UnitInstallRequest *request) {
        return err_pass(add_dependency(work, request, true));
}

static int do_set_default(InstallWork *work, const UnitInstallRequest *request) {
        AUTO(install_set_done) InstallSet set = { 0 };
        InstallInfo *info;
        UnitType type;

        if (!unit_name_is_valid(request->target, UNIT_NAME_ANY) ||
            unit_name_type(request->target, &type) < 0 || type != UNIT_TARGET ||
            streq(request->target, "default.target"))
                return err_new(-EINVAL);
        int r = install_discover_usable(work, &set, request->target, 0, &info);
        if (r < 0)
                return err_pass(r);
        const char *directory = work->paths.special[INSTALL_DIRECTORY_PERSISTENT];
        AUTO_FREE char *path = directory ? path_join(directory, "default.target") : NULL;
        r = path ? install_link(work, info->path, path, work->flags & UNIT_INSTALL_FORCE)
                 : err_new(-ENOMEM);
        return r < 0 ? err_pass(r) : 0;
}

/* --- all of it
 * ------------------------------------------------------------------------------- */

typedef int VerbFunction(InstallWork *work, const UnitInstallRequest *request);

/* clang-format off */
static VerbFunction *const verbs[] = {
        [UNIT_INSTALL_ENABLE] = do_enable,
        [UNIT_INSTALL_DISABLE] = do_disable,
        [UNIT_INSTALL_REENABLE] = do_reenable,
        [UNIT_INSTALL_LINK] = do_link,
        [UNIT_INSTALL_PRESET] = install_preset,
        [UNIT_INSTALL_PRESET_ALL] = install_preset_all,
        [UNIT_INSTALL_MASK] = do_mask,
        [UNIT_INSTALL_UNMASK] = do_unmask,
        [UNIT_INSTALL_REVERT] = install_revert,
        [UNIT_INSTALL_ADD_WANTS] = do_add_wants,
        [UNIT_INSTALL_ADD_REQUIRES] = do_add_requires,
        [UNIT_INSTALL_SET_DEFAULT] = do_set_default,
};
/* clang-format on */
static_assert(ARRAY_LENGTH(verbs) == UNIT_INSTALL_VERB_COUNT, "");

static int
run(InstallWork *work, const UnitInstallOptions *options, const UnitInstallRequest *request) {
        const InstallCommitHook hook = { options->on_step, options->on_step_userdata };

        work->config_path = work->paths.special[request->flags & UNIT_INSTALL_RUNTIME
                                                        ? INSTALL_DIRECTORY_RUNTIME
                                                        : INSTALL_DIRECTORY_PERSISTENT];
        if (!work->config_path)
                return err_new(-ENXIO);
        install_commit_recover(&work->paths);
        int r = verbs[request->verb](work, request);
        int q = install_commit(work, &hook);
        return q < 0 ? err_pass(q) : err_pass(r);
}

int unit_install_run(const UnitInstallOptions *options,
                     const UnitInstallRequest *request,
                     UnitInstallReport *ret) {
        AUTO(install_work_done) InstallWork work = { 0 };

        *ret = (UnitInstallReport){ 0 };
        int r = install_work_init(&work, options);
        work.flags = request->flags;
        if (r >= 0)
                r = run(&work, options, request);
        ret->changes = work.changes;
        ret->diag = work.diag;
        work.changes = (UnitInstallChanges){ 0 };
        work.diag = DIAG_INIT;
        return err_pass(r);
}

void unit_install_report_done(UnitInstallReport *report) {
        unit_install_changes_done(&report->changes);
        diag_clear(&report->diag);
}

void unit_install_recover(const UnitInstallOptions *options) {
        AUTO(install_work_done) InstallWork work = { 0 };

        if (install_work_init(&work, options) >= 0)
                install_commit_recover(&work.paths);
}

static const char *const mode_names[] = {
        [UNIT_PRESET_FULL] = "full",
        [UNIT_PRESET_ENABLE_ONLY] = "enable-only",
        [UNIT_PRESET_DISABLE_ONLY] = "disable-only",
};
static_assert(ARRAY_LENGTH(mode_names) == UNIT_PRESET_MODE_COUNT, "");

int unit_preset_mode_parse(const char *text, UnitPresetMode *ret) {
        int mode = *text ? enum_parse(mode_names, ARRAY_LENGTH(mode_names), str_of(text))
                         : (int)UNIT_PRESET_FULL;

        if (mode < 0)
                return err_new(-EINVAL);
        *ret = (UnitPresetMode)mode;
        return 0;
}
