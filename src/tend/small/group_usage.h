/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What control groups use, of version 2 or of version 1's controllers, and how it changes. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"

typedef struct GroupUsage {
        char *group;                      /* owned */
        uint64_t tasks, memory;           /* 0 = not known */
        uint64_t cpu_usec, read, written; /* so far */
        uint64_t cpu_permille;            /* of one processor, since the last reading */
        uint64_t read_rate, write_rate;   /* bytes a second, likewise */
        bool has_cpu, has_io, has_rate;
} GroupUsage;

typedef struct GroupUsages {
        GroupUsage *usages; /* owned */
        unsigned n_usages;
        uint64_t read_usec; /* when (monotonic) */
} GroupUsages;

/* Reads a group and those below it, `depth` levels. With `processes` counts processes instead of
 * tasks. -errno when the group is not there. */
int group_usages_read(const char *group, unsigned depth, bool processes, GroupUsages *ret);

/* Fills in what changed since an earlier reading. */
void group_usages_compare(GroupUsages *now, const GroupUsages *before);

/* Releases the readings. */
void group_usages_done(GroupUsages *usages);
DEFINE_AUTO_DONE(GroupUsages, group_usages_done);
