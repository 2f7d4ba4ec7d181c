/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_install_commit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"

#define TEMPORARY_NAME ".tend-link"
#define DIRECTORY_MODE 0755
#define JOURNAL_MODE 0600

/* One commit. */
typedef struct Commit {
        const InstallPaths *paths;
        const InstallCommitHook *hook;
        char *journal; /* its path on the disk */
        int lock_fd;   /* of the directory it is in */
} Commit;

static void commit_done(Commit *commit) {
        free(commit->journal);
        if (commit->lock_fd >= 0)
                (void)close(commit->lock_fd); /* a directory */
}

DEFINE_AUTO_DONE(Commit, commit_done);

static void step_hook(const Commit *commit) {
        if (commit->hook && commit->hook->call)
                commit->hook->call(commit->hook->userdata);
}

/* --- places
 * ------------------------------------------------------------------------------------ */

/* Where a directory is on the disk, links followed below the root; what is missing is taken as
 * written. */
static int find_directory(const InstallPaths *paths, const char *path, char **ret) {
        AUTO(install_tree_done) InstallTree disk = { 0 };

        int r = install_tree_init(&disk, paths->root);
        return r < 0 ? r : err_pass(install_tree_chase(&disk, path, 0, ret));
}

/* Where a file is on the disk. */
static int find_place(const InstallPaths *paths, const char *path, char **ret) {
        AUTO_FREE char *directory = path_dir_name(path), *place = NULL;

        int r = directory ? find_directory(paths, directory, &place) : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        *ret = path_join(place, path_base_name(path));
        return *ret ? 0 : err_new(-ENOMEM);
}

/* The directory of links that a path lies below; NULL. */
static const char *top_of(const InstallPaths *paths, const char *path) {
        for (size_t i = 0; i < INSTALL_DIRECTORY_COUNT; i++)
                if (paths->special[i] && path_is_below(path, paths->special[i]) &&
                    !streq(path, paths->special[i]))
                        return paths->special[i];
        return NULL;
}

/* --- steps
 * ------------------------------------------------------------------------------------- */

/* Removes directories that are empty now, up to that of links. */
static void remove_empty(const char *path, const char *top) {
        AUTO_FREE char *directory = path_dir_name(path);

        while (directory && path_is_below(directory, top) && !streq(directory, top) &&
               rmdir(directory) >= 0) {
                char *up = path_dir_name(directory);
                free(directory);
                directory = up;
        }
}

static int sync_parent(const char *path) {
        AUTO_FREE char *directory = path_dir_name(path);
        AUTO_FD int fd = directory ? open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

        if (fd >= 0)
                (void)fsync(fd); /* where directories cannot be synced nothing is lost by it */
        return 0;
}

static int make_link(const Commit *commit, const char *place, const char *target) {
        AUTO_FREE char *directory = path_dir_name(place);

        int r = directory ? dir_make_all(directory, DIRECTORY_MODE) : err_new(-ENOMEM);
        if (r < 0)
                return err_pass(r);
        if (symlink(target, place) >= 0)
                return 0;
        if (errno != EEXIST)
                return err_new(-errno);
        AUTO_FREE char *temporary = path_join(directory, TEMPORARY_NAME);
        if (!temporary)
                return err_new(-ENOMEM);
        if (unlink(temporary) < 0 && errno != ENOENT)
                return err_new(-errno);
        if (symlink(target, temporary) < 0)
                return err_new(-errno);
        step_hook(commit);
        return rename(temporary, place) < 0 ? err_new(-errno) : 0;
}

static int take_away(const Commit *commit, const InstallStep *step, const char *place) {
        const char *top_name = top_of(commit->paths, step->path);
        AUTO_FREE char *top = NULL;
        struct stat st;

        if (step->kind == INSTALL_STEP_REMOVE && lstat(place, &st) >= 0 && S_ISDIR(st.st_mode))
                return err_pass(dir_remove_all(place));
        if (unlink(place) < 0 && errno != ENOENT)
                return err_new(-errno);
        if (step->kind == INSTALL_STEP_REMOVE || !top_name)
                return 0;
        int r = find_directory(commit->paths, top_name, &top);
        if (r >= 0)
                remove_empty(place, top);
        return err_pass(r);
}

static int carry_out(const Commit *commit, const InstallStep *step) {
        AUTO_FREE char *place = NULL;

        step_hook(commit);
        int r = find_place(commit->paths, step->path, &place);
        if (r < 0)
                return err_pass(r);
        r = step->kind == INSTALL_STEP_LINK ? make_link(commit, place, step->target)
                                            : take_away(commit, step, place);
        return r < 0 ? err_pass(r) : sync_parent(place);
}

/* What is at a step's place now, as a step that makes it so again. */
static int remember(const Commit *commit, const InstallStep *step, InstallStep *ret) {
        AUTO_FREE char *place = NULL;
        char target[PATH_MAX];

        int r = find_place(commit->paths, step->path, &place);
        if (r < 0)
                return err_pass(r);
        ssize_t n = readlink(place, target, sizeof(target));
        *ret = (InstallStep){ n >= 0 ? INSTALL_STEP_LINK : INSTALL_STEP_UNLINK,
                              strdup(step->path),
                              n >= 0 ? str_dup((Str){ target, (size_t)n }) : NULL };
        return ret->path && (n < 0 || ret->target) ? 0 : err_new(-ENOMEM);
}

/* --- the whole plan
 * ---------------------------------------------------------------------------- */

/* Steps with their opposites; links come first. */
typedef struct Plan {
        InstallStep *steps, *opposites; /* owned */
        size_t n_steps;
        size_t n_links;
        bool replaces; /* a link that is there gets another target */
} Plan;

static void plan_done(Plan *plan) {
        install_steps_free(plan->steps, plan->n_steps);
        install_steps_free(plan->opposites, plan->n_steps);
}

DEFINE_AUTO_DONE(Plan, plan_done);

static bool has_later(const InstallTree *tree, size_t i) {
        for (size_t n = i + 1; n < tree->n_steps; n++)
                if (streq(tree->steps[n].path, tree->steps[i].path))
                        return true;
        return false;
}

/* Takes over a step of the tree unless the disk is so already. */
static int plan_step(const Commit *commit, InstallStep *step, Plan *plan) {
        InstallStep *opposite = &plan->opposites[plan->n_steps];

        int r = remember(commit, step, opposite);
        bool same = r >= 0 && step->kind == INSTALL_STEP_LINK &&
                    streq_null(opposite->target, step->target);
        if (r < 0 || same) {
                free(opposite->path);
                free(opposite->target);
                return err_pass(r);
        }
        plan->replaces |= step->kind == INSTALL_STEP_LINK && opposite->target;
        plan->n_links += step->kind == INSTALL_STEP_LINK;
        plan->steps[plan->n_steps++] = *step;
        *step = (InstallStep){ 0 };
        return 0;
}

static int make_plan(const Commit *commit, InstallTree *tree, Plan *plan) {
        plan->steps = calloc(tree->n_steps + 1, sizeof(InstallStep));
        plan->opposites = calloc(tree->n_steps + 1, sizeof(InstallStep));
        if (!plan->steps || !plan->opposites)
                return err_new(-ENOMEM);
        for (size_t i = 0; i < tree->n_steps; i++)
                if (has_later(tree, i))
                        tree->steps[i].kind = INSTALL_STEP_KIND_COUNT;
        for (unsigned pass = 0; pass < INSTALL_STEP_KIND_COUNT; pass++)
                for (size_t i = 0; i < tree->n_steps; i++) {
                        if (tree->steps[i].kind != pass || !tree->steps[i].path)
                                continue;
                        int r = plan_step(commit, &tree->steps[i], plan);
                        if (r < 0)
                                return err_pass(r);
                }
        return 0;
}

/* The directory of links that has the journal: where the plan makes links or, when it makes none,
 * one that is there. */
static const char *choose_directory(const InstallWork *work, const Plan *plan) {
        const char *directories[] = { work->config_path,
                                      work->paths.special[INSTALL_DIRECTORY_RUNTIME] };

        for (size_t i = 0; plan->n_links == 0 && i < ARRAY_LENGTH(directories); i++) {
                AUTO_FREE char *place = NULL;
                if (directories[i] && find_directory(&work->paths, directories[i], &place) >= 0 &&
                    access(place, F_OK) >= 0)
                        return directories[i];
        }
        return work->config_path;
}

/* Finds the journal's place and takes the lock. With `make` the directory is made. */
static int open_commit(Commit *commit, const char *directory, bool make) {
        AUTO_FREE char *place = NULL;

        int r = find_directory(commit->paths, directory, &place);
        if (r >= 0 && make)
                r = dir_make_all(place, DIRECTORY_MODE);
        if (r < 0)
                return err_pass(r);
        commit->journal = path_join(place, INSTALL_JOURNAL_NAME);
        if (!commit->journal)
                return err_new(-ENOMEM);
        commit->lock_fd = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (commit->lock_fd < 0 || flock(commit->lock_fd, LOCK_EX) < 0)
                return err_new(-errno);
        return 0;
}

static int write_journal(const Commit *commit, const Plan *plan) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        install_journal_print(plan->steps, plan->n_steps, &text);
        if (text.failed)
                return err_new(-ENOMEM);
        step_hook(commit);
        return err_pass(file_write_atomic(
                commit->journal, (Str){ text.data, text.length }, JOURNAL_MODE, true));
}

static void undo(const Commit *commit, const Plan *plan, size_t n_done) {
        while (n_done-- > 0)
                (void)carry_out(commit, &plan->opposites[n_done]); /* the first error is told */
}

/* Carries out all steps. `ret_failed` is the one that failed. */
static int carry_out_all(const Commit *commit, const Plan *plan, const InstallStep **ret_failed) {
        for (size_t i = 0; i < plan->n_steps; i++) {
                int r = carry_out(commit, &plan->steps[i]);
                if (r < 0) {
                        *ret_failed = &plan->steps[i];
                        undo(commit, plan, MIN(i + 1, plan->n_links));
                        return err_pass(r);
                }
        }
        return 0;
}

/* What was planned did not happen: only what else there is to say stays among the changes. */
static int report_failure(InstallWork *work, int error, const char *path) {
        AUTO(unit_install_changes_done) UnitInstallChanges old = work->changes;

        work->changes = (UnitInstallChanges){ 0 };
        for (size_t i = 0; i < old.n_items; i++) {
                const UnitInstallChange *change = &old.items[i];
                if (change->kind == INSTALL_LINKED || change->kind == INSTALL_UNLINKED)
                        continue;
                int r = unit_install_change_add(
                        &work->changes, change->kind, change->path, change->source);
                if (r < 0)
                        return err_pass(r);
                work->changes.items[work->changes.n_items - 1].error = change->error;
        }
        return unit_install_change_fail(&work->changes, error, path, NULL);
}

int install_commit(InstallWork *work, const InstallCommitHook *hook) {
        AUTO(commit_done) Commit commit = { .paths = &work->paths, .hook = hook, .lock_fd = -1 };
        AUTO(plan_done) Plan plan = { 0 };
        const InstallStep *failed = NULL;

        int r = make_plan(&commit, &work->tree, &plan);
        if (r < 0 || plan.n_steps == 0)
                return err_pass(r);
        bool journal = plan.n_steps > 1 || plan.replaces;
        r = open_commit(&commit, choose_directory(work, &plan), true);
        if (r >= 0 && journal)
                r = write_journal(&commit, &plan);
        if (r >= 0)
                r = carry_out_all(&commit, &plan, &failed);
        if (journal && commit.journal) {
                step_hook(&commit);
                (void)unlink(commit.journal); /* doing it all again does no harm */
        }
        if (r < 0 && r != -ENOMEM)
                return report_failure(work, r, failed ? failed->path : plan.steps[0].path);
        return err_pass(r);
}

/* --- recovery
 * ---------------------------------------------------------------------------------- */

static bool is_ours(const InstallPaths *paths, const char *path) {
        STRV_FOREACH(directory, paths->search) {
                if (path_is_below(path, *directory) && !streq(path, *directory))
                        return true;
        }
        return false;
}

static void recover_at(const InstallPaths *paths, const char *directory) {
        AUTO(commit_done) Commit commit = { .paths = paths, .lock_fd = -1 };
        AUTO_FREE char *text = NULL;
        InstallStep *steps;
        size_t length, n_steps;
        bool failed = false;

        if (open_commit(&commit, directory, false) < 0 ||
            file_read(commit.journal, INSTALL_JOURNAL_MAX, &text, &length, NULL) < 0)
                return;
        if (install_journal_parse(text, length, &steps, &n_steps) < 0) {
                (void)unlink(commit.journal); /* is of no use to anybody */
                return;
        }
        for (size_t i = 0; i < n_steps; i++) {
                int r = is_ours(paths, steps[i].path) ? carry_out(&commit, &steps[i]) : 0;
                failed |= r == -EROFS || r == -EACCES || r == -EPERM || r == -ENOSPC;
        }
        install_steps_free(steps, n_steps);
        if (!failed)
                (void)unlink(commit.journal); /* the next one tries again */
}

void install_commit_recover(const InstallPaths *paths) {
        static const InstallDirectory directories[] = { INSTALL_DIRECTORY_PERSISTENT,
                                                        INSTALL_DIRECTORY_RUNTIME };

        for (size_t i = 0; i < ARRAY_LENGTH(directories); i++) {
                const char *directory = paths->special[directories[i]];
                AUTO_FREE char *place = NULL, *journal = NULL;
                if (!directory || find_directory(paths, directory, &place) < 0)
                        continue;
                journal = path_join(place, INSTALL_JOURNAL_NAME);
                if (journal && faccessat(AT_FDCWD, journal, F_OK, AT_SYMLINK_NOFOLLOW) >= 0)
                        recover_at(paths, directory);
        }
}
