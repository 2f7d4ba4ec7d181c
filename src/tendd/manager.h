/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The parts of tendd put together: configuration, host, bus, and the end of it all. */

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/log.h"
#include "bus/bus_server.h"
#include "host/host.h"
#include "host/manager_config.h"
#include "host/runtime_paths.h"
#include "sandbox/seccomp_cache.h"
#include "tendd/exit_with.h"

/* What the command line says. Lists are owned. */
typedef struct ManagerOptions {
        bool has_scope;
        UnitScope scope;
        const char *runtime_directory;
        char **unit_directories;
        char **start_units;
        const char *exit_with; /* unit whose end is ours; NULL = none */
        int keeper_fd;
        int log_level; /* -1 = as configured */
        bool log_to_file;
        bool strict;
        CgroupWish cgroups;
} ManagerOptions;

typedef struct Manager {
        const ManagerOptions *options; /* not owned */
        Log log;
        int log_fd; /* of the log file; -1 = stderr */
        RuntimePaths *paths;
        ManagerConfig config;
        sd_event *event;
        Host *host;
        BusServer *bus;
        char *executor;
        char **unit_paths; /* search path for the bus */
        sd_event_source *signals[8];
        unsigned n_signals;
        ExitWith exit_with;
        SeccompCache filters;
        bool stopping; /* everything is being stopped */
        bool is_done;
        bool begins_anew; /* daemon-reexec: it ends, and another goes on */
        int exit_status;
} Manager;

/* Makes all parts, takes over from the last manager and opens the doors. -errno after logging why.
 */
int manager_init(Manager *manager, const ManagerOptions *options);

/* Runs the loop until everything is stopped; the exit status. */
int manager_run(Manager *manager);

/* Releases everything. Services go on unless they were stopped. */
void manager_done(Manager *manager);

/* Begins to stop all units in reverse order; the manager ends with this status when they are down.
 */
void manager_stop(Manager *manager, int exit_status);

/* Ends the loop at the next turn, so that this program can be executed anew (daemon-reexec):
 * services go on, the next manager takes them over. */
void manager_begin_anew(Manager *manager);

/* Loads unit files again (daemon-reload). */
int manager_reload(Manager *manager);
