/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Which controllers there are and where: in hierarchies of version 1 of their own, or in the
 * hierarchy of version 2 that units are followed in. Groups are made only where a setting needs
 * them. Knows specifications of units, but no units. */

#include "host/cgroup_setting.h"
#include "host/cgroup_tree.h"

typedef struct CgroupControllers {
        const CgroupTree *tracking;        /* not owned */
        CgroupTree *own[CONTROLLER_COUNT]; /* version 1, owned; NULL = none */
        unsigned unified;                  /* bits of those that version 2 has */
        unsigned prepared;                 /* bits of those that reach our root group */
        uint64_t memory_bytes, tasks;      /* of the machine */
} CgroupControllers;

/* Looks for them. `name` is that of our root group; the tree outlives the object. -ENOMEM. */
int cgroup_controllers_new(const CgroupTree *tracking, const char *name, CgroupControllers **ret);
CgroupControllers *cgroup_controllers_free(CgroupControllers *controllers);
DEFINE_AUTO(CgroupControllers *, cgroup_controllers_free);

/* 1 or 2; 0 when there is no such controller that we may use. */
unsigned cgroup_controllers_version(const CgroupControllers *controllers, CgroupController which);

/* The tree in which the controller's groups are; NULL when there is none. */
const CgroupTree *cgroup_controllers_tree(const CgroupControllers *controllers,
                                          CgroupController which);

/* Makes a group that the controller acts upon. The group above it (a slice, or our root) is there
 * already. -errno; -EBUSY when a group of version 2 above has processes of others. */
int cgroup_controllers_make(CgroupControllers *controllers,
                            CgroupController which,
                            const char *group);

/* Who is told of a setting that the kernel did not take. */
typedef struct CgroupListener {
        void *userdata;
        void (*refused)(void *userdata, DirectiveId id, const char *file, int error);
} CgroupListener;

/* Puts a list into the files of a group, each line by itself; refusals are told and passed over. */
void cgroup_controllers_write(const CgroupTree *tree,
                              const char *group,
                              const CgroupWrites *writes,
                              const CgroupListener *listener);

/* Removes our root groups of version 1 with what is in them. */
void cgroup_controllers_remove(CgroupControllers *controllers);

/* CgroupMachine.find_node and find_disk of the machine we run on. */
int cgroup_find_node(const char *path, mode_t *ret_type, dev_t *ret_device);
int cgroup_find_disk(const char *path, dev_t *ret_device);
