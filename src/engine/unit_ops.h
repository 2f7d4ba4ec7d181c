/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What each type of unit does in its own way. The registry and job queue call these; nobody else
 * does. */

#include "base/diag.h"
#include "engine/engine_event.h"
#include "engine/unit_object.h"

/* Outcomes of start, stop and reload; each ends or keeps the job in the way named. */
typedef enum UnitOutcome {
        UNIT_DONE_OR_RUNNING = 0, /* under way, or finished at once: the state tells which */
        UNIT_ALREADY = 1,         /* nothing to do: job done */
        UNIT_AGAIN = 2,           /* cannot act now (other phase under way): job waits */
        UNIT_REFUSED = 3,         /* not applicable: job invalid */
        UNIT_UNSUPPORTED = 4,     /* job unsupported */
        UNIT_FAILED_NOW = 5,      /* failed at once: job failed */
        UNIT_SKIPPED = 6,         /* condition: job skipped (counts as done) */
        UNIT_ASSERT_FAILED = 7,   /* job assert */
        UNIT_ONCE_ONLY = 8,       /* job once */
        UNIT_NEEDS_OTHER = 9,     /* a unit it is bound to is not up: job dependency */
        UNIT_UNDER_WAY = 11,  /* as UNIT_DONE_OR_RUNNING, but nothing began: no line in the log */
        UNIT_NOT_ACTIVE = 10, /* verify-active found the unit down: job skipped */
} UnitOutcome;

typedef struct UnitOps {
        int (*init)(
                Unit *unit); /* allocates the runtime part before the first start, event or record;
                                units that were only loaded do without; NULL when there is none */
        void (*done)(Unit *unit);   /* releases it */
        void (*loaded)(Unit *unit); /* after (re)loading, with the runtime part: derives facts from
                                       the specification */
        int (*start)(
                Unit *unit);     /* UnitOutcome; conditions were checked. NULL: cannot be started */
        int (*stop)(Unit *unit); /* UnitOutcome; NULL: cannot be stopped */
        int (*reload)(Unit *unit);            /* UnitOutcome; NULL: cannot be reloaded */
        bool (*can_reload)(const Unit *unit); /* NULL: never; also without runtime part */
        bool (*reload_ok)(const Unit *unit);  /* result of the reload that just ended; NULL: true */
        void (*reset_failed)(Unit *unit);
        void (*on_exit)(Unit *unit, const EngineEvent *event);
        void (*on_event)(Unit *unit, const EngineEvent *event); /* all other events for this unit */
        void (*on_timer)(Unit *unit,
                         UnitTimer *timer); /* this timer of the unit was due (and is stopped) */
        void (*on_triggered)(Unit *unit,
                             Unit *triggered); /* a unit that this one triggers changed its state,
                                                  or its job ended; NULL: of no interest */
        /* Appends and reads type-specific lines of the record (engine_snapshot.h). */
        void (*save)(const Unit *unit, StrBuf *out);
        int (*restore)(Unit *unit,
                       Str key,
                       Str value); /* 0, or 1 when the key is not known. Processes are
                                      registered (engine_watch_pid) at once */
        void (*restored)(
                Unit *unit); /* from engine_restore_finish, after exits that the keeper remembered
                                were handled: checks processes that are left, arms timers */
        bool has_cgroup;     /* processes can live in it */
} UnitOps;

/* The operations of a type. Never NULL. */
const UnitOps *unit_ops(UnitType type);

extern const UnitOps scope_ops, service_ops, socket_ops, path_ops, timer_ops, target_ops, slice_ops,
        passive_ops, device_ops;

/* The start gate (start_gate.c): load state, conditions, assertions, RefuseManualStart is the
 * caller's. UnitOutcome; stamps condition_time and the flags. UNIT_DONE_OR_RUNNING means: go on. */
int unit_start_gate(Unit *unit);

/* Start rate limit (start_limit.c): counts a start; true when it is above StartLimitBurst= in
 * StartLimitIntervalSec=. */
bool start_limit_hit(Unit *unit);
/* Forgets the counted starts (reset-failed, RestartResetSec=). */
void start_limit_reset(Unit *unit);
