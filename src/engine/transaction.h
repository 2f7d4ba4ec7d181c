/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A set of jobs that is planned, checked and then installed as a whole. Internal to the engine.
 * Passes in order: build (transaction_build.c), prune and merge (transaction_prune.c), order
 * (transaction_order.c), install (transaction.c). */

#include "engine/engine.h"

struct PlannedJob;

/* One planned job pulled in another. Owned by the transaction. */
typedef struct PlannedLink {
        ListLink by_subject, by_object;
        struct PlannedJob *subject, *object;
        bool matters;   /* the subject fails without the object */
        bool conflicts; /* the object stops a unit because of Conflicts= */
} PlannedLink;

typedef enum PlannedFlags {
        PLANNED_MATTERS = 1 << 0, /* the anchor depends on it */
        PLANNED_IGNORE_ORDER = 1 << 1,
        PLANNED_OPTIONAL = 1 << 2, /* came by a dependency that may fail */
} PlannedFlags;

typedef struct PlannedJob {
        Unit *unit;
        JobType type;
        unsigned flags;               /* PlannedFlags */
        struct PlannedJob *same_unit; /* next job of this unit; unit->planned is the first */
        ListLink all;                 /* in Transaction.jobs */
        ListLink due;                 /* in Transaction.due while what it pulls in is being added */
        unsigned row, cursor;         /* how far that is */
        ListLink pulls;               /* PlannedLink.by_subject */
        ListLink pulled_by;           /* PlannedLink.by_object */
} PlannedJob;

typedef struct Transaction {
        Engine *engine;
        JobMode mode;
        PlannedJob *anchor;
        ListLink jobs;
        ListLink due; /* the job whose dependencies are being added, then what pulled it in, ... */
} Transaction;

typedef enum LinkFlags {
        LINK_MATTERS = 1 << 0,
        LINK_CONFLICTS = 1 << 1,
} LinkFlags;

/* Plans a job and all that it pulls in. `error` says why not (-ECANCELED); -ENOMEM. */
int transaction_build(Transaction *transaction, JobType type, Unit *unit, EngineError *error);

/* Adds one job below `by` (NULL for the anchor) without what it pulls in. */
int transaction_add(Transaction *transaction,
                    PlannedJob *wanted, /* unit, type and flags */
                    PlannedJob *by,
                    unsigned link_flags,
                    EngineError *error);

/* Whether isolating another unit leaves this one alone: slices, scopes, devices, swaps and mounts
 * unless they say otherwise. */
bool transaction_stays_on_isolate(const Unit *unit);

/* Takes a job out; with `dependents`, also those that fail without it. */
void transaction_delete(PlannedJob *job, bool dependents);
/* The same for all jobs of a unit. */
void transaction_delete_unit(Unit *unit);

/* Marks what the anchor depends on. */
void transaction_mark_matters(Transaction *transaction);
/* Mode fail: takes out what would stop or turn around something that is not essential. */
void transaction_minimize(Transaction *transaction);
/* Takes out jobs that have nothing to do. */
void transaction_drop_redundant(Transaction *transaction);
/* Takes out jobs that nothing pulls in any more. */
void transaction_drop_garbage(Transaction *transaction);

/* One pass over the jobs: 0 when each unit has jobs that merge into one (done then), positive when
 * a conflicting job was taken out (try again), -ECANCELED. */
int transaction_merge(Transaction *transaction, EngineError *error);

/* One look for cycles: 0 when there are none, positive when a job was taken out to break one,
 * -ECANCELED, -ENOMEM. */
int transaction_check_order(Transaction *transaction, EngineError *error);
