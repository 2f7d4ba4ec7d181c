/* SPDX-License-Identifier: Apache-2.0 */
#include "host/cgroup_controllers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "host/cgroup_room.h"

#define MOUNTINFO_MAX (4 * 1024 * 1024)

/* --- the machine ------------------------------------------------------------------------------ */

static uint64_t read_number(const char *path) {
        AUTO_FREE char *line = NULL;
        uint64_t number;

        if (file_read_line(path, &line) < 0 || parse_u64(str_of(line), 10, &number) < 0)
                return UINT64_MAX;
        return number;
}

static uint64_t memory_of_machine(void) {
        struct sysinfo info;
        return sysinfo(&info) < 0 ? UINT64_MAX : (uint64_t)info.totalram * info.mem_unit;
}

int cgroup_find_node(const char *path, mode_t *ret_type, dev_t *ret_device) {
        struct stat st;

        if (stat(path, &st) < 0)
                return err_new(-errno);
        if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
                return err_new(-ENODEV);
        *ret_type = st.st_mode & S_IFMT;
        *ret_device = st.st_rdev;
        return 0;
}

/* Limits are set on whole disks: "8:1" becomes "8:0". */
static dev_t whole_disk(dev_t device) {
        AUTO_FREE char *line = NULL;
        char path[80];
        uint64_t first, second;
        Str number;

        (void)snprintf(path,
                       sizeof(path),
                       "/sys/dev/block/%u:%u/partition",
                       major(device),
                       minor(device)); /* fits */
        if (access(path, F_OK) < 0)
                return device;
        (void)snprintf(path,
                       sizeof(path),
                       "/sys/dev/block/%u:%u/../dev",
                       major(device),
                       minor(device)); /* fits */
        if (file_read_line(path, &line) < 0)
                return device;
        Str rest = str_of(line);
        if (!str_next_part(&rest, ':', &number) || parse_u64(number, 10, &first) < 0 ||
            parse_u64(rest, 10, &second) < 0)
                return device;
        return makedev((unsigned)first, (unsigned)second);
}

int cgroup_find_disk(const char *path, dev_t *ret_device) {
        struct stat st;

        if (stat(path, &st) < 0)
                return err_new(-errno);
        dev_t device = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
        if (major(device) == 0) /* a file system without a disk of its own */
                return err_new(-ENODEV);
        *ret_device = whole_disk(device);
        return 0;
}

/* --- which there are -------------------------------------------------------------------------- */

static int find_own(CgroupControllers *c, const char *name) {
        AUTO(cgroup_hierarchies_done) CgroupHierarchies list = { 0 };
        AUTO_FREE char *text = NULL;
        size_t length = 0;

        if (file_read("/proc/self/mountinfo", MOUNTINFO_MAX, &text, &length, NULL) < 0)
                return 0;
        int r = cgroup_hierarchies_read((Str){ text, length }, &list);
        for (int i = 0; r == 0 && i < CONTROLLER_COUNT; i++)
                r = cgroup_tree_new_controller(
                        &list, cgroup_controller_name((CgroupController)i, 1), name, &c->own[i]);
        return err_pass(r);
}

/* The controllers that may be handed down to our root group, if we may write there. */
static int find_unified(CgroupControllers *c) {
        AUTO_FREE char *parent = path_dir_name(c->tracking->root);
        AUTO_FREE char *directory = parent ? cgroup_tree_directory(c->tracking, parent) : NULL;
        AUTO_FREE char *names = directory ? path_join(directory, "cgroup.controllers") : NULL;
        AUTO_FREE char *control = directory ? path_join(directory, "cgroup.subtree_control") : NULL;
        AUTO_FREE char *line = NULL;
        Str word;

        if (!names || !control)
                return err_new(-ENOMEM);
        if (file_read_line(names, &line) < 0 || access(control, W_OK) < 0)
                return 0;
        Str rest = str_of(line);
        while (str_next_word(&rest, &word))
                for (int i = 0; i < CONTROLLER_COUNT; i++) {
                        const char *name = cgroup_controller_name((CgroupController)i, 2);
                        if (name && str_equal_c(word, name))
                                c->unified |= 1u << i;
                }
        return 0;
}

int cgroup_controllers_new(const CgroupTree *tracking, const char *name, CgroupControllers **ret) {
        AUTO(cgroup_controllers_free) CgroupControllers *c = calloc(1, sizeof(*c));
        int r = 0;

        if (!c)
                return err_new(-ENOMEM);
        c->tracking = tracking;
        c->memory_bytes = memory_of_machine();
        c->tasks = MIN(read_number("/proc/sys/kernel/pid_max"),
                       read_number("/proc/sys/kernel/threads-max"));
        if (tracking->mode != CGROUP_NONE)
                r = find_own(c, name);
        if (r == 0 && tracking->mode == CGROUP_UNIFIED)
                r = find_unified(c);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(c);
        return 0;
}

CgroupControllers *cgroup_controllers_free(CgroupControllers *controllers) {
        for (unsigned i = 0; controllers && i < CONTROLLER_COUNT; i++)
                controllers->own[i] = cgroup_tree_free(controllers->own[i]);
        free(controllers);
        return NULL;
}

unsigned cgroup_controllers_version(const CgroupControllers *controllers, CgroupController which) {
        if (controllers->unified & (1u << which))
                return 2;
        return controllers->own[which] ? 1 : 0;
}

const CgroupTree *cgroup_controllers_tree(const CgroupControllers *controllers,
                                          CgroupController which) {
        if (controllers->unified & (1u << which))
                return controllers->tracking;
        return controllers->own[which];
}

void cgroup_controllers_remove(CgroupControllers *controllers) {
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++)
                if (controllers->own[i] && (controllers->prepared & (1u << i)))
                        (void)cgroup_tree_remove(
                                controllers->own[i],
                                controllers->own[i]->root); /* what is in use stays */
}

/* --- groups ----------------------------------------------------------------------------------- */

static char *file_of(const CgroupTree *tree, const char *group, const char *file) {
        AUTO_FREE char *directory = cgroup_tree_directory(tree, group);
        return directory ? path_join(directory, file) : NULL;
}

/* A new group of cpuset in version 1 has neither processors nor memory and takes no process. */
static int inherit_file(const CgroupTree *tree, const char *group, const char *file) {
        AUTO_FREE char *parent = path_dir_name(group);
        AUTO_FREE char *from = parent ? file_of(tree, parent, file) : NULL;
        AUTO_FREE char *to = file_of(tree, group, file);
        AUTO_FREE char *present = NULL, *wanted = NULL;

        if (!from || !to)
                return err_new(-ENOMEM);
        int r = file_read_line(to, &present);
        if (r < 0)
                return err_pass(r);
        if (*present)
                return 0;
        r = file_read_line(from, &wanted);
        return r < 0 ? err_pass(r) : err_pass(file_write_once(to, wanted));
}

static int inherit(const CgroupTree *tree, CgroupController which, const char *group) {
        if (which != CONTROLLER_CPUSET)
                return 0;
        int r = inherit_file(tree, group, "cpuset.cpus");
        return r < 0 ? err_pass(r) : err_pass(inherit_file(tree, group, "cpuset.mems"));
}

static int make_own(const CgroupTree *tree, CgroupController which, const char *group) {
        int r = cgroup_tree_make(tree, group);
        return r < 0 ? err_pass(r) : err_pass(inherit(tree, which, group));
}

/* Version 2: groups inside this one get the controller. */
static int hand_down(const CgroupControllers *c, CgroupController which, const char *group) {
        AUTO_FREE char *control = file_of(c->tracking, group, "cgroup.subtree_control");
        char text[32];

        if (!control)
                return err_new(-ENOMEM);
        (void)snprintf(text, sizeof(text), "+%s", cgroup_controller_name(which, 2)); /* fits */
        return err_pass(file_write_once(control, text));
}

/* Whether processes of `group` stand in the way of handing controllers down. The root of the whole
 * hierarchy, which has no type, may have both (cgroups(7)). */
static bool has_processes(const CgroupControllers *c, const char *group) {
        AUTO_FREE char *type = file_of(c->tracking, group, "cgroup.type");
        AUTO_FREE char *procs = file_of(c->tracking, group, "cgroup.procs");
        AUTO_FREE char *line = NULL;

        return type && procs && access(type, F_OK) == 0 && file_read_line(procs, &line) == 0 &&
               line[0] != '\0';
}

/* Our root group gets the controller; for that the group above it may have no process. The kernel
 * would hand down some (cpu, pids) all the same, after which groups below take no process. */
static int reach_root(const CgroupControllers *c, CgroupController which) {
        AUTO_FREE char *parent = path_dir_name(c->tracking->root);
        int r = 0;

        if (!parent)
                return err_new(-ENOMEM);
        if (has_processes(c, parent))
                r = cgroup_room_make(c->tracking, parent);
        return r < 0 ? err_pass(r) : err_pass(hand_down(c, which, parent));
}

static int prepare(CgroupControllers *c, CgroupController which) {
        const CgroupTree *tree = cgroup_controllers_tree(c, which);

        if (c->prepared & (1u << which))
                return 0;
        int r = cgroup_controllers_version(c, which) == 2 ? reach_root(c, which)
                                                          : make_own(tree, which, tree->root);
        if (r == 0)
                c->prepared |= 1u << which;
        return err_pass(r);
}

int cgroup_controllers_make(CgroupControllers *controllers,
                            CgroupController which,
                            const char *group) {
        const CgroupTree *tree = cgroup_controllers_tree(controllers, which);
        AUTO_FREE char *parent = path_dir_name(group);

        if (!tree || !parent)
                return err_new(tree ? -ENOMEM : -EOPNOTSUPP);
        int r = prepare(controllers, which);
        if (r < 0 || streq(group, tree->root))
                return err_pass(r);
        if (cgroup_controllers_version(controllers, which) == 1)
                return err_pass(make_own(tree, which, group));
        r = cgroup_tree_make(tree, group);
        return r < 0 ? err_pass(r) : err_pass(hand_down(controllers, which, parent));
}

void cgroup_controllers_write(const CgroupTree *tree,
                              const char *group,
                              const CgroupWrites *writes,
                              const CgroupListener *listener) {
        for (unsigned i = 0; i < writes->n_items; i++) {
                const CgroupWrite *write = &writes->items[i];
                AUTO_FREE char *path = file_of(tree, group, write->file);
                int r = path ? file_write_once(path, write->text) : -ENOMEM;
                if (r < 0 && write->directive != DIRECTIVE_NONE)
                        listener->refused(listener->userdata, write->directive, write->file, r);
        }
        for (unsigned i = 0; i < writes->n_missing; i++)
                listener->refused(listener->userdata, writes->missing[i], NULL, -ENODEV);
}
