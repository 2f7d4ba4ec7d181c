/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What clients want to see of a unit and neither the engine nor its files know: processes with
 * their groups, figures of the kernel. */

#include <stdint.h>

#include "host/host.h"

typedef void UnitProcessFunction(void *userdata, const char *group, pid_t pid, const char *command);

/* Calls `add` for each process of a unit, or of all units below a slice. */
int unit_inspect_processes(Host *host, Unit *unit, UnitProcessFunction *add, void *userdata);

/* The unit's group while it has one, in fresh memory; NULL otherwise, also when out of memory. For
 * unit NULL the root group of the manager. */
char *unit_inspect_group(const Host *host, const Unit *unit);

typedef struct UnitFigures {
        uint64_t memory_bytes, cpu_nsec, n_tasks; /* UINT64_MAX = not known, as the others */
        uint64_t memory_available;                /* bytes until a limit of it or a slice is hit */
        uint64_t ip_in_bytes, ip_in_packets, ip_out_bytes, ip_out_packets;
        uint64_t io_read_bytes, io_read_operations, io_write_bytes, io_write_operations;
        uint64_t group_id; /* inode of the group, 0 = none */
        uid_t uid;         /* of the main process, -1 = not known */
        gid_t gid;
} UnitFigures;

#define UNIT_FIGURES_INIT                                                                          \
        {                                                                                          \
                .memory_bytes = UINT64_MAX, .cpu_nsec = UINT64_MAX, .n_tasks = UINT64_MAX,         \
                .memory_available = UINT64_MAX, .io_read_bytes = UINT64_MAX,                       \
                .io_read_operations = UINT64_MAX, .io_write_bytes = UINT64_MAX,                    \
                .io_write_operations = UINT64_MAX, .ip_in_bytes = UINT64_MAX,                      \
                .ip_in_packets = UINT64_MAX, .ip_out_bytes = UINT64_MAX,                           \
                .ip_out_packets = UINT64_MAX, .uid = (uid_t)-1, .gid = (gid_t)-1,                  \
        }

/* What the kernel counts for the unit; of one that is down the totals of its last run. */
void unit_inspect_figures(const Host *host, const Unit *unit, UnitFigures *ret);
