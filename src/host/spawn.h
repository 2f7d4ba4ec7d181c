/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starts the executor: one clone that shares memory and, where it can, the descriptor table until
 * exec, so that the cost does not grow with the size of the manager. Knows nothing about units. */

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/auto.h"

/* Descriptor numbers of the executor (tend-exec(8)); the same numbers are reserved in this process.
 */
enum {
        SPAWN_PLAN_FD = 3,
        SPAWN_REPORT_FD = 4,
        SPAWN_FIRST_FD = 5, /* listening and stored descriptors; without them the pipe of exec
                               confirmation */
};

#define SPAWN_FDS_MAX 512

typedef struct Spawner {
        char *executor;           /* path of tend-exec, owned */
        char *stack;              /* of the child between clone and exec, owned */
        bool cannot_place;        /* the kernel cannot make a process in a group */
        bool none_ignored;        /* we ignore no signal, nor does the executor then */
        int null_fd;              /* what stands at the reserved numbers between starts */
        struct rlimit file_limit; /* what services get; the manager's own is raised */
} Spawner;

/* What one start needs; nothing is owned. */
typedef struct SpawnOrder {
        const char *list; /* "ExecStart", ... */
        unsigned index;
        int plan_fd;
        const char *group; /* directory of a group of version 2 to be born in, NULL = none */
        int exec_fd;       /* write end of the confirmation pipe, -1 = none */
        int switch_fd;     /* map that turns RestrictFileSystems= on, 0 = none */
        const int *fds;    /* to be passed, at most SPAWN_FDS_MAX */
        unsigned n_fds;
        unsigned n_stored;    /* the last ones of them come from the descriptor store */
        const char *fd_names; /* "a:b" */
        char *const *environment;
        int record_fd; /* state log; the child writes `record` there with its pid before it
                          executes; -1 = none */
        char *record;  /* a framed spawn record */
        size_t record_length;
} SpawnOrder;

/* Closes every inherited descriptor from 3 on but `*keep_fd` (may be -1), which is moved out of the
 * way, and reserves the executor's numbers. First thing in main. -errno. */
int spawn_reserve(int *keep_fd);

/* Makes a spawner. `executor` is the path of the program; `report_fd` is put at its place and
 * closed here. */
int spawner_new(const char *executor, int report_fd, Spawner **ret);
Spawner *spawner_free(Spawner *spawner);
DEFINE_AUTO(Spawner *, spawner_free);

/* Starts the executor; returns once it has been executed. -errno when that failed: no child is left
 * then. */
int spawner_start(Spawner *spawner, const SpawnOrder *order, pid_t *ret_pid);
