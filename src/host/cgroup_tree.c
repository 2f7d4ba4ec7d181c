/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cgroup_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "host/process_facts.h"
#include "unit/unit_name.h"

#define PROC_TEXT_MAX (4 * 1024 * 1024)
#define DEPTH_MAX 32 /* of groups that a unit makes inside its own */

const char *const cgroup_wish_names[CGROUP_WISH_COUNT] = {
        [CGROUP_WISH_AUTO] = "auto",
        [CGROUP_WISH_UNIFIED] = "unified",
        [CGROUP_WISH_LEGACY] = "legacy",
        [CGROUP_WISH_NONE] = "none",
};

CgroupTree *cgroup_tree_free(CgroupTree *tree) {
        if (!tree)
                return NULL;
        free(tree->mount);
        free(tree->controller);
        free(tree->root);
        free(tree);
        return NULL;
}

/* Names that the kernel could take for its own files get a '_' in front, as systemd does it. */
static bool needs_escape(const char *name) {
        static const char *const taken[] = {
                "cgroup.", "cpu.",     "cpuset.", "io.",   "memory.",           "pids.",
                "rdma.",   "hugetlb.", "misc.",   "tasks", "notify_on_release", "release_agent"
        };
        if (name[0] == '_' || name[0] == '.')
                return true;
        for (size_t i = 0; i < ARRAY_LENGTH(taken); i++)
                if (str_has_prefix(str_of(name), taken[i]))
                        return true;
        return false;
}

static void add_component(StrBuf *out, const char *name) {
        strbuf_addf(out, "/%s%s", needs_escape(name) ? "_" : "", name);
}

/* "a-b.slice" as "/a.slice/a-b.slice"; the root slice as nothing. */
static void add_slice(StrBuf *out, const char *slice) {
        AUTO_FREE char *parent = NULL;

        if (streq(slice, "-.slice"))
                return;
        if (unit_name_slice_parent(slice, &parent) == 0 && parent)
                add_slice(out, parent);
        add_component(out, slice);
}

char *cgroup_tree_group(const CgroupTree *tree, const char *slice, const char *unit) {
        if (tree->mode == CGROUP_NONE)
                return NULL;
        StrBuf text = STRBUF_INIT;
        strbuf_add(&text, streq(tree->root, "/") ? "" : tree->root);
        if (slice)
                add_slice(&text, slice);
        if (unit)
                add_component(&text, unit);
        return strbuf_steal(&text);
}

char *cgroup_tree_directory(const CgroupTree *tree, const char *group) {
        StrBuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s%s", tree->mount, streq(group, "/") ? "" : group);
        return strbuf_steal(&text);
}

/* "directory of group/file" in fresh memory. */
static char *group_file(const CgroupTree *tree, const char *group, const char *file) {
        StrBuf text = STRBUF_INIT;
        strbuf_addf(&text, "%s%s/%s", tree->mount, streq(group, "/") ? "" : group, file);
        return strbuf_steal(&text);
}

int cgroup_tree_make(const CgroupTree *tree, const char *group) {
        AUTO_FREE char *directory = cgroup_tree_directory(tree, group);
        if (!directory)
                return err_new(-ENOMEM);
        if (mkdir(directory, 0755) == 0 || errno == EEXIST)
                return 0;
        return errno == ENOENT ? err_pass(dir_make_all(directory, 0755)) : err_new(-errno);
}

static int remove_below(int parent_fd, const char *name, unsigned depth) {
        if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
                return 0;
        if ((errno != ENOTEMPTY && errno != EBUSY) || depth == 0)
                return err_new(-errno);
        int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        AUTO_DIR DIR *directory = fd < 0 ? NULL : fdopendir(fd);
        if (!directory) {
                int r = -errno;
                (void)fd_close(fd); /* always -1 */
                return err_new(r);
        }
        int result = 0;
        for (struct dirent *entry; (entry = readdir(directory));) {
                if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
                        continue;
                int r = remove_below(dirfd(directory), entry->d_name, depth - 1);
                result = result < 0 ? result : r;
        }
        if (result == 0 && unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
                result = err_new(-errno);
        return result;
}

int cgroup_tree_remove(const CgroupTree *tree, const char *group) {
        if (tree->mode == CGROUP_NONE)
                return 0;
        AUTO_FREE char *directory = cgroup_tree_directory(tree, group);
        if (!directory)
                return err_new(-ENOMEM);
        return err_pass(remove_below(AT_FDCWD, directory, DEPTH_MAX));
}

static int add_pid(pid_t **pids, size_t *n_pids, pid_t pid) {
        if ((*n_pids & (*n_pids - 1)) == 0) { /* grows at powers of two */
                size_t capacity = *n_pids ? *n_pids * 2 : 1;
                pid_t *grown = realloc(*pids, MAX(capacity, (size_t)8) * sizeof(pid_t));
                if (!grown)
                        return err_new(-ENOMEM);
                *pids = grown;
        }
        (*pids)[(*n_pids)++] = pid;
        return 0;
}

static int list_one(int directory_fd, pid_t **pids, size_t *n_pids) {
        AUTO_FREE char *text = NULL;
        size_t length = 0;
        Str line;

        int r = file_read_at(directory_fd, "cgroup.procs", PROC_TEXT_MAX, &text, &length, NULL);
        if (r < 0)
                return r == -ENODEV ? 0 : err_pass(r); /* removed meanwhile */
        Str rest = { text, length };
        while (rest.length > 0 && str_next_part(&rest, '\n', &line)) {
                pid_t pid;
                if (parse_pid(line, &pid) < 0)
                        continue; /* 0: a process of another pid namespace */
                r = add_pid(pids, n_pids, pid);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static int
list_below(int parent_fd, const char *name, unsigned depth, pid_t **pids, size_t *n_pids) {
        int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                return errno == ENOENT ? 0 : err_new(-errno);
        AUTO_DIR DIR *directory = fdopendir(fd);
        if (!directory) {
                (void)fd_close(fd); /* always -1 */
                return err_new(-ENOMEM);
        }
        int r = list_one(dirfd(directory), pids, n_pids);
        for (struct dirent *entry; r == 0 && depth > 0 && (entry = readdir(directory));)
                if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
                        r = list_below(dirfd(directory), entry->d_name, depth - 1, pids, n_pids);
        return err_pass(r);
}

int cgroup_tree_list(const CgroupTree *tree, const char *group, pid_t **pids, size_t *n_pids) {
        if (tree->mode == CGROUP_NONE)
                return 0;
        AUTO_FREE char *directory = cgroup_tree_directory(tree, group);
        if (!directory)
                return err_new(-ENOMEM);
        return err_pass(list_below(AT_FDCWD, directory, DEPTH_MAX, pids, n_pids));
}

int cgroup_tree_is_empty(const CgroupTree *tree, const char *group) {
        AUTO_FREE pid_t *pids = NULL;
        AUTO_FREE char *file = NULL, *text = NULL;
        size_t n_pids = 0, length = 0;

        if (tree->mode == CGROUP_UNIFIED) {
                file = group_file(tree, group, "cgroup.events");
                if (!file)
                        return err_new(-ENOMEM);
                int r = file_read(file, PROC_TEXT_MAX, &text, &length, NULL);
                if (r < 0)
                        return r == -ENOENT || r == -ENODEV ? 1 : err_pass(r);
                return strstr(text, "populated 0") != NULL;
        }
        int r = cgroup_tree_list(tree, group, &pids, &n_pids);
        if (r < 0)
                return err_pass(r);
        for (size_t i = 0; i < n_pids; i++)
                if (process_is_alive(pids[i]))
                        return 0;
        return 1;
}

int cgroup_tree_kill(const CgroupTree *tree, const char *group) {
        if (!tree->has_kill)
                return -EOPNOTSUPP;
        AUTO_FREE char *file = group_file(tree, group, "cgroup.kill");
        if (!file)
                return err_new(-ENOMEM);
        int r = file_write_once(file, "1");
        return r == -ENOENT ? 0 : err_pass(r);
}

int cgroup_tree_move(const CgroupTree *tree, const char *group, pid_t pid) {
        AUTO_FREE char *procs = group_file(tree, group, "cgroup.procs");
        char text[16];

        if (!procs)
                return err_new(-ENOMEM);
        (void)snprintf(text, sizeof(text), "%d", (int)pid); /* always fits */
        return err_pass(file_write_once(procs, text));
}

int cgroup_tree_of_process(const CgroupTree *tree, pid_t pid, char **ret_group) {
        AUTO_FREE char *text = NULL;
        size_t length = 0;
        char path[64];

        if (tree->mode == CGROUP_NONE)
                return err_new(-ENOENT);
        (void)snprintf(path, sizeof(path), "/proc/%d/cgroup", (int)pid); /* always fits */
        int r = file_read(path, PROC_TEXT_MAX, &text, &length, NULL);
        if (r < 0)
                return err_new(r == -ENOENT ? -ESRCH : r);
        return err_pass(cgroup_path_find((Str){ text, length }, tree->controller, ret_group));
}

char *cgroup_tree_unit_of_group(const CgroupTree *tree, const char *group) {
        Str rest = str_of(group), part;

        if (tree->mode == CGROUP_NONE)
                return NULL;
        if (!streq(tree->root, "/") && !str_skip_prefix(&rest, tree->root))
                return NULL;
        if (!str_skip_prefix(&rest, "/"))
                return NULL;
        /* The first component that is no slice is the unit; deeper groups are its own. */
        while (str_next_part(&rest, '/', &part)) {
                (void)str_skip_prefix(&part, "_"); /* unescape */
                AUTO_FREE char *name = str_dup(part);
                if (!name || !unit_name_is_valid(name, UNIT_NAME_PLAIN | UNIT_NAME_INSTANCE))
                        return NULL;
                if (!str_has_suffix(part, ".slice"))
                        return STEAL(name);
        }
        return NULL;
}

/* Whether a child may be moved from our own group to one below it: on version 2 that takes the
 * right to write to the procs file of the group above both. */
static bool may_move(const CgroupTree *tree, const char *own) {
        AUTO_FREE char *procs = group_file(tree, own, "cgroup.procs");
        return procs && (tree->mode != CGROUP_UNIFIED || access(procs, W_OK) == 0);
}

/* The group that the manager was started in, also when it has made room since. */
static void cut_manager_group(char *own, const char *name) {
        AUTO_FREE char *below = path_join(name, CGROUP_MANAGER_GROUP);

        if (!below || !str_has_suffix(str_of(own), below))
                return;
        size_t length = strlen(own) - strlen(below);
        if (length > 0 && own[length - 1] == '/')
                own[MAX(length - 1, (size_t)1)] = '\0';
}

/* Describes one hierarchy: 1, or 0 when it is not ours to use. */
static int describe(CgroupTree *tree,
                    const CgroupHierarchy *hierarchy,
                    const char *controller,
                    const char *name,
                    char **ret_own) {
        AUTO_FREE char *own = NULL, *text = NULL;
        size_t length = 0;

        int r = file_read("/proc/self/cgroup", PROC_TEXT_MAX, &text, &length, NULL);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        if (!streq(hierarchy->mount_root, "/") ||
            cgroup_path_find((Str){ text, length }, controller, &own) < 0 ||
            (!streq(own, "/") && !path_is_normalized(own))) /* "/..": outside of our namespace */
                return 0;
        cut_manager_group(own, name);
        *tree = (CgroupTree){
                .mode = controller[0] == '\0' ? CGROUP_UNIFIED : CGROUP_LEGACY,
                .mount = str_dup(str_of(hierarchy->mount)),
                .controller = str_dup(str_of(controller)),
                .root = path_join(own, name),
        };
        if (!tree->mount || !tree->controller || !tree->root)
                return err_new(-ENOMEM);
        *ret_own = STEAL(own);
        return 1;
}

int cgroup_tree_new_controller(const CgroupHierarchies *hierarchies,
                               const char *controller,
                               const char *name,
                               CgroupTree **ret) {
        *ret = NULL;
        for (unsigned i = 0; i < hierarchies->n_items; i++) {
                if (!cgroup_hierarchy_has(&hierarchies->items[i], controller))
                        continue;
                AUTO(cgroup_tree_free) CgroupTree *tree = calloc(1, sizeof(*tree));
                AUTO_FREE char *own = NULL;
                if (!tree)
                        return err_new(-ENOMEM);
                int r = describe(tree, &hierarchies->items[i], controller, name, &own);
                AUTO_FREE char *directory = r > 0 ? cgroup_tree_directory(tree, own) : NULL;
                if (r < 0)
                        return err_pass(r);
                if (!directory || access(directory, W_OK) < 0)
                        continue;
                *ret = STEAL(tree);
                return 0;
        }
        return 0;
}

/* Tries one hierarchy: 1 when our root was made there, 0 when not. */
static int try_hierarchy(CgroupTree *tree, const CgroupHierarchy *hierarchy, const char *name) {
        AUTO_FREE char *own = NULL, *kill_file = NULL;

        int r = describe(tree, hierarchy, hierarchy->controller, name, &own);
        if (r <= 0)
                return err_pass(r);
        if (!may_move(tree, own) || cgroup_tree_make(tree, tree->root) < 0)
                return 0;
        kill_file = group_file(tree, tree->root, "cgroup.kill");
        tree->has_kill = kill_file && access(kill_file, W_OK) == 0;
        return 1;
}

/* How much we like a hierarchy; 0 = not at all. */
static unsigned rank(const CgroupHierarchy *hierarchy, CgroupWish wish) {
        if (hierarchy->controller[0] == '\0')
                return wish == CGROUP_WISH_LEGACY ? 0 : 3;
        if (wish == CGROUP_WISH_UNIFIED)
                return 0;
        return streq(hierarchy->controller, "name=systemd") ? 2
               : streq(hierarchy->controller, "pids")       ? 1
                                                            : 0;
}

static void forget(CgroupTree *tree) {
        free(tree->mount);
        free(tree->controller);
        free(tree->root);
        *tree = (CgroupTree){ .mode = CGROUP_NONE };
}

int cgroup_tree_new(CgroupWish wish, const char *name, CgroupTree **ret) {
        AUTO(cgroup_tree_free) CgroupTree *tree = calloc(1, sizeof(*tree));
        AUTO(cgroup_hierarchies_done) CgroupHierarchies list = { 0 };
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        if (!tree)
                return err_new(-ENOMEM);
        if (wish != CGROUP_WISH_NONE &&
            file_read("/proc/self/mountinfo", PROC_TEXT_MAX, &text, &length, NULL) == 0) {
                int r = cgroup_hierarchies_read((Str){ text, length }, &list);
                if (r < 0)
                        return err_pass(r);
        }
        for (unsigned wanted = 3; wanted > 0 && tree->mode == CGROUP_NONE; wanted--)
                for (unsigned i = 0; i < list.n_items && tree->mode == CGROUP_NONE; i++) {
                        if (rank(&list.items[i], wish) != wanted)
                                continue;
                        int r = try_hierarchy(tree, &list.items[i], name);
                        if (r < 0)
                                return err_pass(r);
                        if (r == 0)
                                forget(tree);
                }
        *ret = STEAL(tree);
        return 0;
}
