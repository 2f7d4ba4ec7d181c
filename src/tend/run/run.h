/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The program systemd-run of version 252: a command as a transient service or scope, perhaps
 * behind a timer, path or socket. */

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "tend/tend.h"

typedef enum RunFlags {
        RUN_SCOPE = 1 << 0,
        RUN_SLICE_INHERIT = 1 << 1,
        RUN_NO_BLOCK = 1 << 2,
        RUN_REMAIN = 1 << 3,
        RUN_WAIT = 1 << 4,
        RUN_SEND_SIGHUP = 1 << 5,
        RUN_SAME_DIRECTORY = 1 << 6,
        RUN_PTY = 1 << 7,
        RUN_PIPE = 1 << 8,
        RUN_QUIET = 1 << 9,
        RUN_COLLECT = 1 << 10,
        RUN_SHELL = 1 << 11,
        RUN_PIPE_BY_PATH = 1 << 12, /* the manager takes no descriptors: it opens ours again */
} RunFlags;

typedef struct Run {
        Tend *tend;
        unsigned flags; /* RunFlags */
        const char *unit, *description, *slice, *service_type, *user, *group, *directory;
        const char *host, *machine;
        int nice;
        bool has_nice;
        char **properties, **environment; /* owned: assignments */
        char **timer, **path, **socket;   /* owned: assignments for the unit that starts ours */
        bool has_timer;                   /* one of them says when */
        char **command;                   /* owned; its first word is a path */
        char *name, *trigger_name;        /* units, owned; trigger_name NULL = none */
        char *terminal;                   /* of --pty: path of the other side, owned */
} Run;

/* The program. The exit status. */
int run_main(Tend *tend, int argc, char **argv);

/* Asks for the units: the job's path in fresh memory. -errno with the error filled. */
int run_request(const Run *run, sd_bus_error *error, char **ret_job);

/* Runs the command as a scope: replaces this process; returns only the exit status of a failure. */
int run_as_scope(const Run *run);

/* Waits for the end of the service, passing on a terminal (`master`, -1 = none) meanwhile. The
 * exit status that the service gives us. */
int run_until_end(const Run *run, int master);
