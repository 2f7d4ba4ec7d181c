/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Scheduling of this process: nice level, CPU policy and affinity, memory policy, IO class. */

#include <stdbool.h>

#include "unit/unit_value.h"

typedef enum SchedulingOutcome {
        SCHEDULING_SET = 0,
        SCHEDULING_NEAREST = 1, /* as near as RLIMIT_NICE allows */
} SchedulingOutcome;

/* Sets the nice level, or the nearest that is allowed (SchedulingOutcome). -errno. */
int scheduling_set_nice(int level);

/* Policy SCHED_*, priority as the policy wants it, and SCHED_RESET_ON_FORK. */
int scheduling_set_cpu_policy(int policy, int priority, bool reset_on_fork);

/* Runs on these CPUs only. -EINVAL when none of them exists. */
int scheduling_set_affinity(const BitSet *cpus);

/* Memory policy MPOL_* over these nodes (NULL = none named). -EOPNOTSUPP where the kernel has no
 * NUMA. */
int scheduling_set_memory_policy(int policy, const BitSet *nodes);

/* The CPUs of these memory nodes, added to `cpus` (CPUAffinity=numa). */
int scheduling_cpus_of_nodes(const BitSet *nodes, BitSet *cpus);

/* IO class 1 real time, 2 best effort, 3 idle; priority 0 to 7. */
int scheduling_set_io(int class, int priority);
