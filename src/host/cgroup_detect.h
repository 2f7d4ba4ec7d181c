/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which control group hierarchies are mounted and which group we are in: reading /proc texts, no
 * decision. */

#include <stdbool.h>

#include "base/auto.h"
#include "base/str.h"

/* One mounted hierarchy. */
typedef struct CgroupHierarchy {
        char *mount;      /* mount point */
        char *mount_root; /* which group stands at the mount point ("/" as a rule) */
        char *controller; /* "" for version 2, else as in /proc/PID/cgroup */
        char *options;    /* of the file system: controllers of version 1 are among them */
} CgroupHierarchy;

typedef struct CgroupHierarchies {
        CgroupHierarchy *items;
        unsigned n_items;
} CgroupHierarchies;

/* Reads the text of /proc/PID/mountinfo. Hierarchies mounted twice are listed twice. */
int cgroup_hierarchies_read(Str mountinfo, CgroupHierarchies *ret);

/* Releases the list. */
void cgroup_hierarchies_done(CgroupHierarchies *list);
DEFINE_AUTO_DONE(CgroupHierarchies, cgroup_hierarchies_done);

/* Whether a hierarchy of version 1 has this controller. */
bool cgroup_hierarchy_has(const CgroupHierarchy *hierarchy, const char *controller);

/* The group in the text of /proc/PID/cgroup for a controller ("" = version 2) in fresh memory.
 * -ENOENT. */
int cgroup_path_find(Str text, const char *controller, char **ret_group);
