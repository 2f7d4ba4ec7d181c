/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What control groups use, of version 2 or of version 1's controllers, and how it changes: what
 * systemd-cgtop(1) shows. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"

typedef enum GroupCount { COUNT_TASKS, COUNT_PROCESSES, COUNT_ALL_PROCESSES } GroupCount;

/* What is looked at. */
typedef struct GroupQuery {
        const char *root; /* the group to begin with, "/" */
        unsigned depth;   /* levels below it */
        GroupCount count; /* processes without and with those of the kernel */
        bool is_flat;     /* processes of a group are not those of the groups below it too */
} GroupQuery;

typedef struct GroupUsage {
        char *group; /* owned */
        uint64_t tasks, memory;
        uint64_t cpu_nsec, read, written; /* so far */
        uint64_t cpu_permille;            /* of one processor, since the last reading */
        uint64_t read_rate, write_rate;   /* bytes a second, likewise */
        bool has_tasks, has_cpu, has_memory,
                has_io; /* there is something to tell; for the processor
                           and bytes since the last reading */
} GroupUsage;

typedef struct GroupUsages {
        GroupUsage *usages; /* owned */
        unsigned n_usages;
        uint64_t read_usec; /* when (monotonic) */
} GroupUsages;

/* What is counted unless somebody asks: tasks where a controller knows them. */
GroupCount group_usages_usual_count(void);

/* Reads a group and those below it, and what changed since an earlier reading (empty = none). A
 * group that is not there has nothing to tell. -ENOMEM. */
int group_usages_read(const GroupQuery *query, const GroupUsages *before, GroupUsages *ret);

/* Releases the readings. */
void group_usages_done(GroupUsages *usages);
DEFINE_AUTO_DONE(GroupUsages, group_usages_done);
