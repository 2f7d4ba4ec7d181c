/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Recent transitions of a unit with their causes, for `tend status` and `tend why`. A ring of fixed
 * length. */

#include <stdint.h>

#include "base/str.h"
#include "base/strbuf.h"

#define UNIT_HISTORY_LENGTH 8

typedef struct UnitTransition {
        uint64_t realtime_usec;
        int8_t from, to; /* states of the unit's type */
        uint8_t cause;   /* HistoryCause */
        int32_t detail;  /* exit status, signal, job id by cause */
        char *other;     /* name of the unit behind it, or text; NULL. Owned */
} UnitTransition;

typedef enum HistoryCause {
        CAUSE_NONE,
        CAUSE_REQUEST,    /* a client asked; detail = job id */
        CAUSE_DEPENDENCY, /* another unit's job pulled it; other = that unit */
        CAUSE_EXIT,       /* main process exited; detail = status */
        CAUSE_SIGNAL,     /* main process was killed; detail = signal */
        CAUSE_TIMEOUT,
        CAUSE_WATCHDOG,
        CAUSE_NOTIFY,    /* the service said so */
        CAUSE_RESTART,   /* automatic restart; detail = number */
        CAUSE_CONDITION, /* a condition did not hold; other = which */
        CAUSE_ASSERT,
        CAUSE_START_LIMIT,
        CAUSE_SPAWN,        /* a command could not be started; detail = errno */
        CAUSE_CONTROL_EXIT, /* a control command ended; detail = status, other = list name */
        CAUSE_OOM,
        CAUSE_ADOPTED,           /* found again after the manager died */
        CAUSE_BOUND,             /* BindsTo=, PartOf=, Conflicts=...: other = that unit */
        CAUSE_DEPENDENCY_FAILED, /* other = the unit that failed */
        CAUSE_COUNT
} HistoryCause;

typedef struct UnitHistory {
        UnitTransition entries[UNIT_HISTORY_LENGTH];
        unsigned n_ever;       /* newest is (n_ever - 1) % UNIT_HISTORY_LENGTH */
        uint8_t pending_cause; /* said before the state changes */
        int32_t pending_detail;
        char *pending_other;
        uint32_t pending_turn; /* engine->turn when it was said */
} UnitHistory;

struct Unit;

/* Says why the next change of state happens; dropped when none follows in this turn. */
void unit_history_cause(struct Unit *unit, HistoryCause cause, int detail, const char *other);

/* Records a change; called by unit_set_state. */
void unit_history_add(struct Unit *unit, int from, int to);

/* The i-th newest transition, NULL when there are fewer. */
const UnitTransition *unit_history_get(const struct Unit *unit, unsigned i);

/* One clause for people: "main process exited with status 1", "required by web.target". */
void unit_history_describe(const struct Unit *unit, const UnitTransition *transition, StrBuf *out);

/* "request", "exit", ... as in records, and back; -EINVAL. */
const char *history_cause_name(HistoryCause cause);
int history_cause_parse(Str name, HistoryCause *ret);

/* Appends an old transition from a record. The oldest goes when there are too many. -ENOMEM. */
int unit_history_restore(struct Unit *unit, const UnitTransition *transition);

/* Releases a history and its texts; NULL. */
UnitHistory *unit_history_free(UnitHistory *history);
