/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_revert.h"

#include <dirent.h>
#include <errno.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_install_remove.h"
#include "unit/unit_name.h"

/* Whether what is at this path was put there by an administrator, or set at run time. */
static bool may_go(const InstallPaths *paths, const char *path) {
        return install_paths_is_config(paths, path) || install_paths_is_control(paths, path) ||
               install_paths_is_in(paths, INSTALL_DIRECTORY_TRANSIENT, path);
}

/* What of one unit is in one directory. */
static int collect_in(InstallWork *work,
                      const char *directory,
                      const char *name,
                      bool *has_vendor,
                      char ***drop_ins) {
        AUTO_FREE char *path = path_join(directory, name);
        AUTO(strbuf_done) StrBuf drop_in = STRBUF_INIT;
        const InstallNode *node;

        int r = path ? install_tree_find(&work->tree, path, &node) : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        if (r > 0 && node->type == DT_REG &&
            (install_paths_is_vendor(&work->paths, path) ||
             install_paths_is_generator(&work->paths, path)))
                *has_vendor = true;
        strbuf_addf(&drop_in, "%s.d", path);
        if (drop_in.failed)
                return err_new(-ENOMEM);
        r = install_tree_find(&work->tree, drop_in.data, &node);
        if (r <= 0 || node->type != DT_DIR || !may_go(&work->paths, drop_in.data))
                return r < 0 ? r : 0;
        return err_pass(strv_add_unique(drop_ins, drop_in.data));
}

/* Files and links of the unit that hide the vendor's. */
static int
collect_hiding(InstallWork *work, const char *directory, const char *name, char ***todo) {
        AUTO_FREE char *path = path_join(directory, name);
        const InstallNode *node;

        int r = path ? install_tree_find(&work->tree, path, &node) : err_new(-ENOMEM);
        if (r <= 0 || (node->type != DT_REG && node->type != DT_LNK) || !may_go(&work->paths, path))
                return r < 0 ? r : 0;
        return err_pass(strv_add_unique(todo, path));
}

static int collect(InstallWork *work, const char *name, char ***todo) {
        bool has_vendor = false;
        int r = 0;

        if (!unit_name_is_valid(name, UNIT_NAME_ANY))
                return err_new(-EINVAL);
        STRV_FOREACH(directory, work->paths.search) {
                if (r >= 0)
                        r = collect_in(work, *directory, name, &has_vendor, todo);
        }
        if (r < 0 || !has_vendor)
                return err_pass(r);
        STRV_FOREACH(directory, work->paths.search) {
                if (r >= 0)
                        r = collect_hiding(work, *directory, name, todo);
        }
        return err_pass(r);
}

/* Names what is in a directory that goes. */
static int report_content(InstallWork *work, const char *directory) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&work->tree, directory, &listing);
        while (r >= 0 && (node = hashtable_next(listing->nodes, &cursor, NULL))) {
                AUTO_FREE char *path = path_join(directory, node->name);
                r = path ? unit_install_change_add(&work->changes, INSTALL_UNLINKED, path, NULL)
                         : err_new(-ENOMEM);
        }
        return err_pass(r);
}

static int revert_path(InstallWork *work, const char *path, InstallMarks *marks) {
        const InstallNode *node;

        int r = install_tree_find(&work->tree, path, &node);
        if (r > 0 && node->type == DT_DIR)
                r = report_content(work, path);
        if (r >= 0)
                r = install_tree_remove(&work->tree, INSTALL_STEP_REMOVE, path);
        if (r >= 0)
                r = unit_install_change_add(&work->changes, INSTALL_UNLINKED, path, NULL);
        if (r >= 0)
                r = install_mark(marks, install_paths_without_root(&work->paths, path));
        return err_pass(r);
}

int install_revert(InstallWork *work, const UnitInstallRequest *request) {
        AUTO(install_marks_done) InstallMarks marks = { 0 };
        AUTO_STRV char **todo = NULL;
        int r = 0;

        STRV_FOREACH(name, request->names) {
                if (r >= 0)
                        r = collect(work, *name, &todo);
        }
        STRV_FOREACH(path, todo) {
                if (r >= 0)
                        r = revert_path(work, *path, &marks);
        }
        if (r >= 0)
                r = install_remove_marked(
                        work, &marks, work->paths.special[INSTALL_DIRECTORY_RUNTIME]);
        if (r >= 0)
                r = install_remove_marked(
                        work, &marks, work->paths.special[INSTALL_DIRECTORY_PERSISTENT]);
        return err_pass(r);
}
