/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starts the executor, in two steps that run beside each other: a process that shares our memory
 * until it has executed the program, which then waits; and its order (base/executor_order.h), which
 * the manager makes meanwhile. The cost does not grow with the size of the manager. Knows nothing
 * about units. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/executor_order.h"

/* Descriptor numbers of the executor (tend-exec(8)); the same numbers are reserved in this process.
 */
enum {
        SPAWN_ORDER_FD = 3, /* where it gets its order */
        SPAWN_REPORT_FD = 4,
        SPAWN_LOG_FD = 5,   /* the state log, until it has its order */
        SPAWN_FIRST_FD = 6, /* what comes with the order */
};

#define SPAWN_FDS_MAX EXECUTOR_PASSED_MAX
#define SPAWN_EXIT_EXEC 203 /* EXIT_EXEC of systemd.exec(5) */

/* What the child reads and writes in our memory until it has executed the program. */
typedef struct SpawnChild {
        const char *executor;
        struct rlimit file_limit; /* what services get; the manager's own is raised */
        pid_t pid;
        int tid;   /* not 0 as long as it uses our memory; cleared by the kernel */
        int error; /* of the call that failed */
} SpawnChild;

typedef struct Spawner {
        char *executor;    /* path of tend-exec, owned */
        char *stack;       /* of the child between clone and exec, owned */
        SpawnChild *child; /* the last one, owned */
        bool cannot_place; /* the kernel cannot make a process in a group */
        bool none_ignored; /* we ignore no signal, nor does the executor then */
        int null_fd;       /* what stands at the reserved numbers otherwise */
        int next_pair[2];  /* the socket of the next executor, ours and its; -1 = none */
} Spawner;

/* An executor that waits for its order. */
typedef struct SpawnedExecutor {
        pid_t pid;     /* 0 = none */
        int order_fd;  /* -1 = none, owned */
        bool in_group; /* it was born in its group */
        uint32_t plan; /* the number of the plan that it knows already, 0 = none */
        unsigned log;  /* which state log it has open, for its owner */
} SpawnedExecutor;

#define SPAWNED_EXECUTOR_NONE ((SpawnedExecutor){ .order_fd = -1 })

/* What one start needs; nothing is owned. */
typedef struct SpawnOrder {
        const char *list; /* "ExecStart", ... */
        unsigned index;
        int plan_fd;    /* -1 = the executor knows it */
        int exec_fd;    /* write end of the confirmation pipe, -1 = none */
        int switch_fd;  /* map that turns RestrictFileSystems= on, 0 = none */
        const int *fds; /* to be passed, at most SPAWN_FDS_MAX */
        unsigned n_fds;
        unsigned n_stored;    /* the last ones of them come from the descriptor store */
        const char *fd_names; /* "a:b" */
        char *const *environment;
} SpawnOrder;

/* Closes every inherited descriptor from 3 on but `*keep_fd` (may be -1), which is moved out of the
 * way, and reserves the executor's numbers. First thing in main. -errno. */
int spawn_reserve(int *keep_fd);

/* Makes a spawner. `executor` is the path of the program; `report_fd` is put at its place and
 * closed here. */
int spawner_new(const char *executor, int report_fd, Spawner **ret);
Spawner *spawner_free(Spawner *spawner);
DEFINE_AUTO(Spawner *, spawner_free);

/* Starts an executor that waits, in the group of version 2 whose directory is `group` (NULL = none)
 * if the kernel can do that; or it joins the groups of its plan. Until it has its order it keeps
 * the state log `log_fd` open (-1 = none), and with it the lock; should the manager die before, it
 * writes a void record there. Whoever has it orders or cancels. */
int spawner_begin(Spawner *spawner, const char *group, int log_fd, SpawnedExecutor *ret);

/* Gives a waiting executor a plan to be read meanwhile; `number` is not 0. -errno: it does not know
 * it then. */
int spawner_give_plan(SpawnedExecutor *executor, int plan_fd, uint32_t number);

/* Gives a waiting executor its order, whose spawn record is on the state log by then. -errno when
 * it is gone; no child is left then. One that could not be executed may only be known by its end,
 * with SPAWN_EXIT_EXEC. `executor` is none afterwards. */
int spawner_order(Spawner *spawner, SpawnedExecutor *executor, const SpawnOrder *order);

/* Ends a waiting executor, unless it is none already, and forgets it. */
void spawned_executor_cancel(SpawnedExecutor *executor);
DEFINE_AUTO_DONE(SpawnedExecutor, spawned_executor_cancel);
