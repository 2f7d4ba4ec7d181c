/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_remove.h"

#include <dirent.h>
#include <errno.h>

#include "base/error.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/unit_name.h"

/* --- marks
 * ------------------------------------------------------------------------------------- */

void install_marks_done(InstallMarks *marks) {
        char *name;
        size_t cursor = 0;

        while ((name = hashtable_next(marks->names, &cursor, NULL)))
                free(name);
        marks->names = hashtable_free(marks->names);
}

int install_mark(InstallMarks *marks, const char *name) {
        if (!marks->names && !(marks->names = hashtable_new_string()))
                return err_new(-ENOMEM);
        if (hashtable_find(marks->names, name))
                return 0;
        char *copy = strdup(name);
        int r = copy ? hashtable_put(marks->names, copy, copy) : err_new(-ENOMEM);
        if (r < 0)
                free(copy);
        return r < 0 ? err_pass(r) : 1;
}

static bool is_marked(const InstallMarks *marks, const char *name) {
        return hashtable_find(marks->names, name) != NULL;
}

/* A unit whose file was not found: the error becomes a change, unless only Also= named it. */
static int report_missing(InstallWork *work, const InstallInfo *info, int error) {
        const char *name = info->path ? info->path : info->name;

        if (error == -ENOMEM)
                return err_pass(error);
        if (error == -ENOLINK)
                return err_pass(
                        unit_install_change_add(&work->changes, INSTALL_IS_DANGLING, name, NULL));
        if (error == -ENOENT && info->auxiliary)
                return 0;
        (void)unit_install_change_fail(&work->changes, error, name, NULL); /* goes on */
        return 0;
}

int install_set_mark(InstallWork *work, InstallSet *set, InstallMarks *marks) {
        while (set->n_processed < set->n_items) {
                InstallInfo *info = set->items[set->n_processed++];
                int r = install_info_find(
                        work, set, info, INSTALL_SEARCH_LOAD | INSTALL_SEARCH_FOLLOW_CONFIG, NULL);
                if (r < 0) {
                        r = report_missing(work, info, r);
                } else if (info->mode == INSTALL_MODE_MASKED) {
                        r = unit_install_change_add(
                                &work->changes, INSTALL_IS_MASKED, info->path, NULL);
                        if (r >= 0)
                                continue;
                } else if (info->mode != INSTALL_MODE_REGULAR) {
                        continue;
                }
                if (r >= 0)
                        r = install_mark(marks, info->name);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* --- removal
 * ----------------------------------------------------------------------------------- */

typedef struct Removal {
        InstallWork *work;
        InstallMarks *marks;
        bool again; /* something new was marked */
        int error;  /* the first link that could not be judged */
} Removal;

/* Whether the name is marked, or that of the template it is an instance of. */
static bool is_name_marked(const Removal *removal, const char *name) {
        AUTO_FREE char *template_name = NULL;

        if (is_marked(removal->marks, name))
                return true;
        return unit_name_kind(name) == UNIT_NAME_INSTANCE &&
               unit_name_template(name, &template_name) >= 0 &&
               is_marked(removal->marks, template_name);
}

/* Whether a link is marked, or leads to what is. */
static int is_removed(Removal *removal, const char *path) {
        AUTO_FREE char *place = NULL;

        if (is_name_marked(removal, path_base_name(path)))
                return 1;
        int r = install_tree_chase(&removal->work->tree, path, 0, &place);
        if (r < 0)
                return r == -ENOMEM
                               ? r
                               : unit_install_change_fail(&removal->work->changes, r, path, NULL);
        return is_marked(removal->marks, place) || is_marked(removal->marks, path_base_name(place));
}

static int remove_link(Removal *removal, const char *path) {
        InstallWork *work = removal->work;

        int r = install_tree_remove(&work->tree, INSTALL_STEP_UNLINK, path);
        if (r >= 0)
                r = unit_install_change_add(&work->changes, INSTALL_UNLINKED, path, NULL);
        if (r >= 0)
                r = install_mark(removal->marks, install_paths_without_root(&work->paths, path));
        if (r > 0)
                removal->again = true;
        return err_pass(r);
}

static int visit(Removal *removal, const char *path, const InstallNode *node) {
        if (node->type != DT_LNK || !unit_name_is_valid(node->name, UNIT_NAME_ANY))
                return 0;
        int r = is_removed(removal, path);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0 && removal->error == 0)
                removal->error = r;
        return r <= 0 ? 0 : err_pass(remove_link(removal, path));
}

/* Works through a directory and those in it. They are deep only where somebody nests them. */
static int visit_directory(Removal *removal, const char *directory) {
        const InstallListing *listing;
        const InstallNode *node;
        size_t cursor = 0;

        int r = install_tree_list(&removal->work->tree, directory, &listing);
        while (r >= 0 && (node = hashtable_next(listing->nodes, &cursor, NULL))) {
                AUTO_FREE char *path = path_join(directory, node->name);
                if (!path)
                        return err_new(-ENOMEM);
                r = node->type == DT_DIR ? visit_directory(removal, path)
                                         : visit(removal, path, node);
        }
        return err_pass(r);
}

int install_remove_marked(InstallWork *work, InstallMarks *marks, const char *directory) {
        Removal removal = { .work = work, .marks = marks, .again = true };
        int r = 0;

        if (hashtable_count(marks->names) == 0 || !directory)
                return 0;
        while (r >= 0 && removal.again) {
                removal.again = false;
                r = visit_directory(&removal, directory);
        }
        return r < 0 ? err_pass(r) : err_pass(removal.error);
}
