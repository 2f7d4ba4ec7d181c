/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/mount_apply.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "sandbox/kernel_mount.h"
#include "sandbox/private_devices.h"

#define NOTHING_SPECIAL (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)

typedef struct MountWork {
        MountPlan *plan;
        const MountPlace *place;
        int *fds; /* one per entry: what is going to be mounted there; -1 = nothing */
} MountWork;

/* --- paths ---------------------------------------------------------------------------------- */

/* Kinds that put something new at their path, which need not be there before. */
static bool makes_its_place(MountKind kind) {
        return kind == MOUNT_BIND || kind == MOUNT_BIND_READ_ONLY || kind == MOUNT_TEMPORARY ||
               kind == MOUNT_PROC || kind == MOUNT_QUEUES || kind == MOUNT_PRIVATE_DEVICES;
}

/* Of a path that is not there: what is, resolved, and the rest behind it. */
static int resolve_parent(const char *path, const char *root, char **ret) {
        AUTO_FREE char *there = NULL;
        const char *end = path + strlen(path);
        int r = -ENOENT;
        while (r == -ENOENT && end > path) {
                AUTO_FREE char *parent = NULL;
                do
                        end--;
                while (end > path && *end != '/');
                parent = end > path ? str_dup((Str){ path, (size_t)(end - path) }) : strdup("/");
                r = parent ? path_resolve(parent, root, &there) : -ENOMEM;
        }
        if (r < 0)
                return err_pass(r);
        AUTO_FREE char *full = path_join(there, end + 1);
        if (!full)
                return err_new(-ENOMEM);
        /* A link that leads nowhere would be followed from another root than the unit's. */
        char *rest = full + strlen(there) + 1, *slash = strchrnul(rest, '/'), kept = *slash;
        *slash = '\0';
        bool leads_nowhere = faccessat(AT_FDCWD, full, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
        *slash = kept;
        if (leads_nowhere)
                return err_new(-ENOENT);
        *ret = STEAL(full);
        return 0;
}

/* The path as this process sees it, with links resolved below the root it is counted from; 0 when
 * it is not there. `known` is one that was resolved before, or NULL. */
static int resolve(const MountPlace *place, const char *known, MountEntry *entry) {
        const char *root = entry->below_root ? place->root : NULL;
        char *found = NULL;
        int r = path_resolve_near(known, entry->path, root, &found);
        if (r == -ENOENT && makes_its_place(entry->kind))
                r = resolve_parent(entry->path, root, &found);
        if (r < 0)
                return r == -ENOENT || r == -ENOTDIR ? 0 : err_pass(r);
        free(entry->path);
        entry->path = found;
        return 1;
}

/* A bind whose source may be missing, and is. */
static bool lacks_source(const MountEntry *entry) {
        return entry->source && entry->optional && access(entry->source, F_OK) < 0 &&
               errno == ENOENT;
}

static void drop(MountPlan *plan, unsigned i) {
        MountEntry *entry = &plan->entries[i];
        free(entry->path);
        free(entry->source);
        free(entry->options);
        memmove(entry, entry + 1, (plan->n_entries - i - 1) * sizeof(*entry));
        plan->n_entries--;
}

/* Whether a path that is not there now will be seen by a bind. */
static bool comes_with_bind(const MountPlan *plan, const MountEntry *entry) {
        for (unsigned i = 0; i < plan->n_entries; i++) {
                const MountEntry *bind = &plan->entries[i];
                if (!bind->source || !path_is_below(entry->path, bind->path))
                        continue;
                AUTO_FREE char *path = path_join(bind->source, entry->path + strlen(bind->path));
                if (path && access(path, F_OK) == 0)
                        return true;
        }
        return false;
}

static int resolve_all(MountPlan *plan, const MountPlace *place, const MountEntry **ret_failed) {
        for (unsigned i = 0; i < plan->n_entries;) {
                MountEntry *entry = &plan->entries[i];
                int r = resolve(place, i > 0 ? entry[-1].path : NULL, entry);
                *ret_failed = entry;
                if (r < 0)
                        return err_pass(r);
                if (r == 0)
                        r = comes_with_bind(plan, entry);
                if (r == 0 && !entry->optional)
                        return err_new(-ENOENT);
                if (r == 0 || lacks_source(entry))
                        drop(plan, i);
                else
                        i++;
        }
        return 0;
}

/* --- what is going to be mounted ------------------------------------------------------------- */

/* Permissions are nothing to root, and others are shown the same. */
#define CLOSED (NOTHING_SPECIAL | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY)

/* What the manager made for it: it costs a fraction of a file system of its own. */
static int copy_closed(const MountPlace *place, bool is_directory) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        if (!place->inaccessible)
                return -ENOENT;
        strbuf_addf(&path, "%s%s", place->inaccessible, is_directory ? "-directory" : "");
        AUTO_FD int fd = path.failed ? -ENOMEM : kernel_mount_copy(strbuf_text(&path), true);
        int r = fd < 0 ? fd : kernel_mount_change(fd, CLOSED, 0, false);
        return r < 0 ? r : steal_fd(&fd);
}

static int hide(const MountWork *work, const char *path) {
        struct stat st;
        if (stat(path, &st) < 0)
                return err_new(-errno);
        bool is_directory = S_ISDIR(st.st_mode);
        int fd = copy_closed(work->place, is_directory);
        if (fd >= 0)
                return fd;
        return is_directory ? err_pass(kernel_mount_new("tmpfs", "mode=000,size=4096", CLOSED))
                            : err_pass(kernel_mount_copy("/dev/null", true));
}

/* The nearest entry above the i-th that shows something else than what is there now; NULL = none.
 */
static const MountEntry *shown_by(const MountPlan *plan, unsigned i) {
        const MountEntry *found = NULL;
        for (unsigned j = 0; j < i; j++)
                if (makes_its_place(plan->entries[j].kind) &&
                    path_is_below(plan->entries[i].path, plan->entries[j].path))
                        found = &plan->entries[j];
        return found;
}

/* Where that which will be seen at the i-th entry's path is now: below the source of a bind above
 * it. NULL = nowhere, as a fresh file system is mounted above; or out of memory. */
static char *present_path(const MountPlan *plan, unsigned i) {
        const MountEntry *above = shown_by(plan, i);
        const char *path = plan->entries[i].path;
        if (!above)
                return strdup(path);
        return above->source ? path_join(above->source, path + strlen(above->path)) : NULL;
}

/* A copy of what is there, with what has been said about it and what is above. */
static int copy_changed(const MountWork *work, unsigned i) {
        uint64_t set = 0;
        AUTO_FREE char *path = present_path(work->plan, i);
        AUTO_FD int fd = kernel_mount_copy(path ?: work->plan->entries[i].path, false);
        if (fd < 0)
                return err_pass(fd);
        if (mount_plan_is_read_only(work->plan, i))
                set |= MOUNT_ATTR_RDONLY;
        if (mount_plan_is_no_exec(work->plan, i))
                set |= MOUNT_ATTR_NOEXEC;
        int r = set ? kernel_mount_change(fd, set, 0, true) : 0;
        return r < 0 ? err_pass(r) : steal_fd(&fd);
}

static int copy_bound(const MountEntry *entry) {
        AUTO_FD int fd = kernel_mount_copy(entry->source, entry->shallow);
        if (fd < 0)
                return err_pass(fd);
        int r = entry->kind == MOUNT_BIND_READ_ONLY
                        ? kernel_mount_change(fd, MOUNT_ATTR_RDONLY, 0, true)
                        : 0;
        return r < 0 ? err_pass(r) : steal_fd(&fd);
}

static int prepare(const MountWork *work, unsigned i) {
        const MountEntry *entry = &work->plan->entries[i];
        switch (entry->kind) {
        case MOUNT_INACCESSIBLE:
                return hide(work, entry->path);
        case MOUNT_TEMPORARY:
                return kernel_mount_new("tmpfs", entry->options, 0);
        case MOUNT_PRIVATE_DEVICES:
                return private_devices_make();
        case MOUNT_PROC:
                return kernel_mount_new(
                        "proc", entry->options, NOTHING_SPECIAL | MOUNT_ATTR_NOEXEC);
        case MOUNT_QUEUES:
                return kernel_mount_new("mqueue", NULL, NOTHING_SPECIAL | MOUNT_ATTR_NOEXEC);
        case MOUNT_BIND:
        case MOUNT_BIND_READ_ONLY:
                return copy_bound(entry);
        case MOUNT_READ_ONLY:
        case MOUNT_READ_WRITE:
        case MOUNT_READ_WRITE_IMPLICIT:
        case MOUNT_EXEC:
        case MOUNT_NO_EXEC:
        case MOUNT_KIND_COUNT:
                break;
        }
        return copy_changed(work, i);
}

static bool is_root(const MountEntry *entry) {
        return streq(entry->path, "/");
}

static int prepare_all(const MountWork *work, const MountEntry **ret_failed) {
        for (unsigned i = 0; i < work->plan->n_entries; i++) {
                *ret_failed = &work->plan->entries[i];
                if (is_root(*ret_failed) || mount_plan_is_needless(work->plan, i))
                        continue;
                work->fds[i] = prepare(work, i);
                int r = work->fds[i];
                if (r >= 0 && (*ret_failed)->is_no_exec)
                        r = kernel_mount_change(work->fds[i], MOUNT_ATTR_NOEXEC, 0, true);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* --- putting it in place ---------------------------------------------------------------------- */

/* Makes a directory, or an empty file for something that is none, unless `path` is there. What
 * `fd` mounts tells: its source may be hidden by now. */
static int make_place(const char *path, int fd) {
        struct stat st;
        if (access(path, F_OK) == 0)
                return 0;
        if (fstat(fd, &st) < 0)
                return err_new(-errno);
        if (S_ISDIR(st.st_mode))
                return err_pass(dir_make_all(path, 0755));
        AUTO_FREE char *directory = path_dir_name(path);
        int r = directory ? dir_make_all(directory, 0755) : -ENOMEM;
        if (r < 0)
                return err_pass(r);
        AUTO_FD int place = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        return place < 0 && errno != EEXIST ? err_new(-errno) : 0;
}

/* The root itself cannot be put over: what is mounted now is changed. */
static int change_root(const MountWork *work, unsigned i) {
        uint64_t set = 0;
        if (mount_plan_is_read_only(work->plan, i))
                set |= MOUNT_ATTR_RDONLY;
        if (mount_plan_is_no_exec(work->plan, i))
                set |= MOUNT_ATTR_NOEXEC;
        return set ? err_pass(kernel_mount_change_at("/", set, 0, true)) : 0;
}

/* Makes the i-th entry's place in what will be seen there. In a fresh file system it is made once
 * that is mounted. */
static int make_place_before(const MountWork *work, unsigned i) {
        const MountEntry *above = shown_by(work->plan, i);
        if (work->fds[i] < 0 || !makes_its_place(work->plan->entries[i].kind) ||
            (above && !above->source))
                return 0;
        AUTO_FREE char *path = present_path(work->plan, i);
        return path ? err_pass(make_place(path, work->fds[i])) : err_new(-ENOMEM);
}

/* Places in what is there now are made before it may become read-only. */
static int make_places(const MountWork *work, const MountEntry **ret_failed) {
        for (unsigned i = 0; i < work->plan->n_entries; i++) {
                *ret_failed = &work->plan->entries[i];
                int r = make_place_before(work, i);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int attach(const MountWork *work, unsigned i) {
        const MountEntry *entry = &work->plan->entries[i];
        if (is_root(entry))
                return err_pass(change_root(work, i));
        if (work->fds[i] < 0)
                return 0;
        const MountEntry *above = shown_by(work->plan, i);
        int r = above && !above->source && makes_its_place(entry->kind)
                        ? make_place(entry->path, work->fds[i])
                        : 0;
        if (r >= 0)
                r = kernel_mount_attach(work->fds[i], entry->path);
        /* What was put above it may hide it: then nobody sees it, and nothing is to be protected.
         */
        return r == -ENOENT && entry->optional ? 0 : err_pass(r);
}

static int attach_all(const MountWork *work, const MountEntry **ret_failed) {
        int r = make_places(work, ret_failed);
        for (unsigned i = 0; r >= 0 && i < work->plan->n_entries; i++) {
                *ret_failed = &work->plan->entries[i];
                r = attach(work, i);
        }
        for (unsigned i = 0; r >= 0 && i < work->plan->n_entries; i++) {
                const MountEntry *entry = &work->plan->entries[i];
                if (!entry->is_read_only || work->fds[i] < 0)
                        continue;
                *ret_failed = entry;
                r = kernel_mount_change(work->fds[i], MOUNT_ATTR_RDONLY, 0, false);
        }
        return err_pass(r);
}

int mount_apply(MountPlan *plan, const MountPlace *place, const MountEntry **ret_failed) {
        MountWork work = { .plan = plan, .place = place };
        *ret_failed = NULL;
        int r = resolve_all(plan, place, ret_failed);
        if (r < 0)
                return err_pass(r);
        mount_plan_reduce(plan);
        AUTO_FREE int *fds = malloc((plan->n_entries + 1) * sizeof(*fds));
        if (!fds)
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < plan->n_entries; i++)
                fds[i] = -1;
        work.fds = fds;
        r = prepare_all(&work, ret_failed);
        if (r >= 0)
                r = attach_all(&work, ret_failed);
        if (r >= 0 && place->refuses_suid) {
                *ret_failed = NULL;
                r = kernel_mount_change_at(place->root ?: "/", MOUNT_ATTR_NOSUID, 0, true);
        }
        for (unsigned i = 0; i < plan->n_entries; i++)
                (void)fd_close(fds[i]); /* always -1; what was not attached goes away */
        return err_pass(r);
}
