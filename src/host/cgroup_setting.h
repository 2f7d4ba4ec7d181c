/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What is written into the files of a control group for the settings of a unit: the names and texts
 * of both versions, as systemd.resource-control(5) and the kernel's cgroup-v1 and cgroup-v2
 * documents say. Pure: reads a specification, touches nothing. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "unit/unit_spec.h"

typedef enum CgroupController {
        CONTROLLER_CPU,
        CONTROLLER_CPUACCT, /* version 1 only; version 2 counts always */
        CONTROLLER_CPUSET,
        CONTROLLER_IO, /* "blkio" in version 1 */
        CONTROLLER_MEMORY,
        CONTROLLER_PIDS,
        CONTROLLER_DEVICES, /* version 1 only */
        CONTROLLER_FREEZER, /* version 1 only; no setting needs it (unit_freeze.h) */
        CONTROLLER_COUNT
} CgroupController;

/* "cpu"; version is 1 or 2. NULL where that version has no such controller. */
const char *cgroup_controller_name(CgroupController controller, unsigned version);

/* What the texts depend on besides the specification. */
typedef struct CgroupMachine {
        unsigned version;           /* of the control groups that are written, 1 or 2 */
        uint64_t memory_bytes;      /* of which percentages are taken */
        uint64_t tasks;             /* the same for TasksMax= */
        uint64_t default_tasks_max; /* for units that do not say TasksMax=, UINT64_MAX = none */
        uint64_t inherited_memory_min, inherited_memory_low; /* of the slices above, in bytes */
        bool starting;                                       /* Startup...= settings hold now */
        Str devices;                                         /* text of /proc/devices */
        /* The device node at a path (`ret_type` is S_IFBLK or S_IFCHR); -errno. */
        int (*find_node)(const char *path, mode_t *ret_type, dev_t *ret_device);
        /* The block device that holds a path or is one; -errno. */
        int (*find_disk)(const char *path, dev_t *ret_device);
} CgroupMachine;

/* One write(2). */
typedef struct CgroupWrite {
        const char *file;
        char *text; /* owned */
        DirectiveId directive;
} CgroupWrite;

typedef struct CgroupWrites {
        CgroupWrite *items;
        unsigned n_items;
        DirectiveId missing[8]; /* settings that name a device that is not there */
        unsigned n_missing;
} CgroupWrites;

/* Releases the list. */
void cgroup_writes_done(CgroupWrites *writes);
DEFINE_AUTO_DONE(CgroupWrites, cgroup_writes_done);

/* The controllers that the settings of a unit (not those of its slices) want: a bit each. */
unsigned cgroup_setting_controllers(const UnitSpec *spec);

/* What is to be written for one controller, in order. With `reset`, files of settings that the unit
 * does not have get the kernel's default. -ENOMEM. */
int cgroup_setting_writes(const UnitSpec *spec,
                          CgroupController controller,
                          const CgroupMachine *machine,
                          bool reset,
                          CgroupWrites *ret);

/* Calls `add` for each setting of the unit that wants something of the controller and has no file
 * in this version (version 0: there is no such controller at all). */
void cgroup_setting_without_file(const UnitSpec *spec,
                                 CgroupController controller,
                                 unsigned version,
                                 void (*add)(void *userdata, DirectiveId id),
                                 void *userdata);

/* The memory limit in bytes; UINT64_MAX when there is none. */
uint64_t cgroup_setting_memory_limit(const UnitSpec *spec, const CgroupMachine *machine);

/* An amount of memory that the unit sets, in bytes; false when it does not set it. */
bool cgroup_setting_memory(const UnitSpec *spec, DirectiveId id, uint64_t total, uint64_t *ret);
