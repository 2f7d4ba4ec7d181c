/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The manager's part of the control group hierarchy: one group per slice and unit below a root of
 * its own, made when a process is started in it and removed when the unit is down. Groups of others
 * are never touched. Works on version 2, on the second hierarchy of hybrid systems, and on a
 * version 1 hierarchy. Paths named "group" begin with '/' and count from the root of the hierarchy,
 * as in /proc/PID/cgroup. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "host/cgroup_detect.h"

typedef enum CgroupMode {
        CGROUP_NONE,    /* no hierarchy that we may write to */
        CGROUP_UNIFIED, /* version 2, also the second hierarchy of a hybrid system */
        CGROUP_LEGACY,  /* a hierarchy of version 1 */
        CGROUP_MODE_COUNT
} CgroupMode;

typedef enum CgroupWish {
        CGROUP_WISH_AUTO,
        CGROUP_WISH_UNIFIED,
        CGROUP_WISH_LEGACY,
        CGROUP_WISH_NONE,
        CGROUP_WISH_COUNT
} CgroupWish;

extern const char *const cgroup_wish_names[CGROUP_WISH_COUNT];

typedef struct CgroupTree {
        CgroupMode mode;
        char *mount;      /* mount point of the hierarchy; NULL when mode is NONE */
        char *controller; /* how /proc/PID/cgroup names it: "" for version 2, "name=systemd", ... */
        char *root;       /* our root group */
        bool has_kill;    /* cgroup.kill is there (Linux 5.14) */
} CgroupTree;

/* Looks for a hierarchy where the group `name` can be made below our own group, and makes it. Falls
 * back to CGROUP_NONE; fails only for lack of memory. */
int cgroup_tree_new(CgroupWish wish, const char *name, CgroupTree **ret);

/* The hierarchy of a controller of version 1 with the same root group, which is not made before
 * something is needed in it; NULL in `ret` when there is none that we may write to. */
int cgroup_tree_new_controller(const CgroupHierarchies *hierarchies,
                               const char *controller,
                               const char *name,
                               CgroupTree **ret);

/* Where the manager itself lives below its root when it had to make room (version 2 has no
 * processes in groups that hand controllers down). */
#define CGROUP_MANAGER_GROUP "init.scope"

/* Releases the object; groups stay. */
CgroupTree *cgroup_tree_free(CgroupTree *tree);
DEFINE_AUTO(CgroupTree *, cgroup_tree_free);

/* The group of a unit in its slice (unit or slice may be NULL) in fresh memory:
 * "/root/a.slice/a-b.slice/x.service"; NULL when out of memory or without groups. */
char *cgroup_tree_group(const CgroupTree *tree, const char *slice, const char *unit);

/* The directory of a group in fresh memory. */
char *cgroup_tree_directory(const CgroupTree *tree, const char *group);

/* Makes a group and those above it. */
int cgroup_tree_make(const CgroupTree *tree, const char *group);

/* Removes a group with the groups in it; -EBUSY when processes are left. Missing is success. */
int cgroup_tree_remove(const CgroupTree *tree, const char *group);

/* Appends the processes of a group and the groups in it to an array of the caller (freed with
 * free). */
int cgroup_tree_list(const CgroupTree *tree, const char *group, pid_t **pids, size_t *n_pids);

/* 1 = no live process in the group or below, 0 = there is one; also 1 when the group does not
 * exist. */
int cgroup_tree_is_empty(const CgroupTree *tree, const char *group);

/* Kills everything in the group at once where the kernel can (-EOPNOTSUPP elsewhere). */
int cgroup_tree_kill(const CgroupTree *tree, const char *group);

/* Moves a process into a group that is there. -ESRCH when it has ended. */
int cgroup_tree_move(const CgroupTree *tree, const char *group, pid_t pid);

/* The group a process is in. -ESRCH, -ENOENT. */
int cgroup_tree_of_process(const CgroupTree *tree, pid_t pid, char **ret_group);

/* The last component of a group that is below our root and names a unit, unescaped, in fresh
 * memory; NULL. */
char *cgroup_tree_unit_of_group(const CgroupTree *tree, const char *group);
