/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One unit at run time. Owned by the engine's registry; the specification is owned by the unit. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/list.h"
#include "base/pqueue.h"
#include "base/random_id.h"
#include "engine/job.h"
#include "engine/unit_graph.h"
#include "engine/unit_state.h"
#include "unit/unit_spec.h"

struct Engine;
struct ServiceRuntime;
struct ScopeRuntime;
struct SocketRuntime;
struct PathRuntime;
struct UnitHistory;

typedef struct DualTimestamp {
        uint64_t realtime_usec, monotonic_usec; /* 0 = never */
} DualTimestamp;

/* A deadline of a unit, in engine->timers while it runs. */
typedef struct UnitTimer {
        PqueueItem item;
        struct Unit *unit;
} UnitTimer;

typedef enum UnitFlags {
        UNIT_IN_LOAD_QUEUE = 1 << 0,
        UNIT_IN_COLLECT_QUEUE = 1 << 1,
        UNIT_CHANGED = 1 << 2, /* ports->unit_changed is due */
        UNIT_DEFAULTS_ADDED = 1 << 3,
        UNIT_PERPETUAL = 1 << 4, /* -.slice and the like: cannot be stopped */
        UNIT_CONDITION_RESULT = 1 << 5,
        UNIT_ASSERT_RESULT = 1 << 6,
        UNIT_IN_STOP_WHEN_UNNEEDED = 1 << 7,
        UNIT_RETRY_WAITING = 1 << 8, /* RetryDependents=: waits for a dependency to come up */
        UNIT_START_LIMIT_HIT = 1 << 9,
        UNIT_DEAD_ADOPTED = 1 << 10, /* restored from a record, not confirmed yet */
        UNIT_RESTORED = 1 << 11,     /* got its state from a record; engine_restore_finish is due */
        UNIT_COLLECT_MARK = 1 << 12, /* seen by the collector in this sweep */
        UNIT_INITIALISED = 1 << 13,  /* ops->init was called */
        UNIT_LOADING =
                1
                << 14, /* in ops->loaded: a state found there is no event and has no consequences */
        UNIT_NEEDS_RESTART = 1 << 15, /* marks of clients (EnqueueMarkedJobs) */
        UNIT_NEEDS_RELOAD = 1 << 16,
        UNIT_TELLS_TRIGGERS = 1 << 17, /* unit_tell_triggers is due when it is looked at again */
} UnitFlags;

#define UNIT_MARKS ((unsigned)UNIT_NEEDS_RESTART | (unsigned)UNIT_NEEDS_RELOAD)

typedef struct StartLimit {
        uint64_t window_begin_usec;
        unsigned n_starts;
} StartLimit;

typedef struct Unit {
        struct Engine *engine;
        char *id; /* primary name */
        UnitType type;
        UnitSpec *spec; /* NULL only while a stub */
        UnitLoadState load_state;
        unsigned flags;       /* UnitFlags */
        int state;            /* enum of the type; set only by unit_set_state */
        int failed_condition; /* place in the list of the one that did not hold last, -1 unknown */

        UnitEdge *edges; /* owned */
        unsigned n_edges, capacity_edges;
        Job *job;                   /* owned by the engine's list; NULL when none */
        struct PlannedJob *planned; /* of the transaction that is being built; NULL otherwise */
        uint32_t order_node;        /* of the walk that looks for cycles; 0 otherwise */
        uint32_t edge_kinds;        /* DEP_BITs of all edges, maybe of some that have gone */
        struct Unit *slice;         /* not owned */

        ListLink by_type; /* engine->units[type] */
        ListLink load_queue, collect_queue, changed_queue, needed_queue;

        Id128 invocation_id;
        DualTimestamp state_change, inactive_exit, active_enter, active_exit, inactive_enter;
        DualTimestamp condition_time, assert_time;
        StartLimit start_limit;
        unsigned n_references; /* clients that hold the unit (RefUnit) */
        unsigned n_automatic;  /* starts and stops for Upholds=, BindsTo= and the like in
                                  automatic_begin_usec's window */
        uint64_t automatic_begin_usec;

        struct ServiceRuntime *service; /* services only, owned */
        struct ScopeRuntime *scope;     /* scopes only, owned */
        struct SocketRuntime *socket;   /* sockets only, owned */
        struct TimerRuntime *timer;     /* timers only, owned */
        struct PathRuntime *path;       /* paths only, owned */
        char **activation; /* environment that tells what triggered the present start, owned */
        struct UnitHistory *history; /* recent transitions, owned; NULL until the first */
        char **reports;              /* what executors said about settings in the last start,
                                        owned (service_add_report) */
        void *host; /* the host's per-unit data (cgroup, plan, stored descriptors); released by
                       ports->unit_gone */
} Unit;

/* A stub in the registry under a valid name. Found again by engine_find_unit. */
int unit_new(struct Engine *engine, const char *name, Unit **ret);
Unit *unit_free(Unit *unit);

/* What both clocks say. */
DualTimestamp unit_now(const Unit *unit);

/* The only function that changes `state`: stamps, history, changed queue, dependents (OnFailure=,
 * BindsTo=, Upholds=, ...), jobs that end with it. */
void unit_set_state(Unit *unit, int state);

/* Arms the timer for a monotonic deadline; USEC_INFINITY stops it. The unit's ops->on_timer is
 * called when it is due. */
void unit_timer_set(Unit *unit, UnitTimer *timer, uint64_t deadline_usec);

/* One line to ports->log about this unit. */
void unit_log(const Unit *unit, int level, const char *format, ...) PRINTF_LIKE(3, 4);

/* What the next line of unit_log is about, for machines: an id of sd-messages.h, and fields as
 * "NAME=value\n"; either may be NULL. They must stay until that line. */
void unit_log_about(const Unit *unit, const char *message_id, const char *fields);

/* Marks for ports->unit_changed at the end of the turn. */
void unit_mark_changed(Unit *unit);

/* Public state and names. */
ActiveState unit_active_state(const Unit *unit);
const char *unit_sub_state_name(const Unit *unit);
const char *unit_description(const Unit *unit); /* Description= or the name */
const char *
unit_result_name(const Unit *unit); /* "success", "exit-code", ... for services; "success" else */

/* The processes that the unit knows by name; 0 = none. */
pid_t unit_main_pid(const Unit *unit);
pid_t unit_control_pid(const Unit *unit);

/* Whether it is one of these. */
bool unit_knows_pid(const Unit *unit, pid_t pid);

/* What systemctl asks before acting. */
bool unit_can_start(const Unit *unit);
bool unit_can_stop(const Unit *unit);
bool unit_can_reload(const Unit *unit);
bool unit_can_isolate(const Unit *unit);

/* Whether the files on disk changed since loading (asks ports). */
bool unit_needs_reload(const Unit *unit);
