/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_history.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "engine/engine.h"

/* How a cause reads: `text`, then the detail if %d stands in it, then the other's name if %s does.
 */
typedef struct CauseRow {
        const char *text;      /* with the detail; NULL when nothing is known */
        const char *with_name; /* used when the other is known; NULL = `text` */
        const char *name;      /* in records */
} CauseRow;

// clang-format off
static const CauseRow cause_rows[] = {
        [CAUSE_NONE]         = { NULL, NULL, "none" },
        [CAUSE_REQUEST]      = { "requested by a client", NULL, "request" },
        [CAUSE_DEPENDENCY]   = { "required by another unit", "required by %s", "dependency" },
        [CAUSE_EXIT]         = { "main process exited with status %d", NULL, "exit" },
        [CAUSE_SIGNAL]       = { "main process was killed by signal %d", NULL, "signal" },
        [CAUSE_TIMEOUT]      = { "it took too long", NULL, "timeout" },
        [CAUSE_WATCHDOG]     = { "no sign of life within the watchdog time", NULL, "watchdog" },
        [CAUSE_NOTIFY]       = { "the service said so", "the service said %s", "notify" },
        [CAUSE_RESTART]      = { "automatic restart number %d", NULL, "restart" },
        [CAUSE_CONDITION]    = { "a condition does not hold", "%s= does not hold", "condition" },
        [CAUSE_ASSERT]       = { "an assertion does not hold", "%s= does not hold", "assert" },
        [CAUSE_START_LIMIT]  = { "it was started too often", NULL, "start-limit" },
        [CAUSE_SPAWN]        = { "a command could not be started (error %d)", NULL, "spawn" },
        [CAUSE_CONTROL_EXIT] = { "a control command ended with status %d", "a command of %s= ended with status %d", "control-exit" },
        [CAUSE_OOM]          = { "the kernel ran out of memory and killed one of its processes", NULL, "oom" },
        [CAUSE_ADOPTED]      = { "found running when the manager started again", NULL, "adopted" },
        [CAUSE_BOUND]        = { "another unit changed", "follows from %s", "bound" },
        [CAUSE_DEPENDENCY_FAILED] = { "a dependency failed", "its dependency %s failed", "dependency-failed" },
};
// clang-format on

static_assert(ARRAY_LENGTH(cause_rows) == CAUSE_COUNT, "a row per cause");

static UnitHistory *history_of(Unit *unit) {
        if (!unit->history)
                unit->history = calloc(1, sizeof(*unit->history));
        return unit->history;
}

void unit_history_cause(Unit *unit, HistoryCause cause, int detail, const char *other) {
        UnitHistory *history = history_of(unit);
        if (!history)
                return;
        free(history->pending_other);
        history->pending_cause = (uint8_t)cause;
        history->pending_detail = detail;
        history->pending_other = other ? strdup(other) : NULL;
        history->pending_turn = unit->engine->turn;
}

void unit_history_add(Unit *unit, int from, int to) {
        UnitHistory *history = history_of(unit);
        const EnginePorts *ports = &unit->engine->ports;
        if (!history)
                return;
        UnitTransition *entry = &history->entries[history->n_ever++ % UNIT_HISTORY_LENGTH];
        free(entry->other);
        *entry = (UnitTransition){
                .realtime_usec = ports->now_realtime_usec(ports->userdata),
                .from = (int8_t)from,
                .to = (int8_t)to,
        };
        if (history->pending_cause == CAUSE_NONE || history->pending_turn != unit->engine->turn)
                return;
        entry->cause = history->pending_cause;
        entry->detail = history->pending_detail;
        entry->other = STEAL(history->pending_other);
        history->pending_cause = CAUSE_NONE;
}

int unit_history_restore(Unit *unit, const UnitTransition *transition) {
        UnitHistory *history = history_of(unit);
        AUTO_FREE char *other = transition->other ? strdup(transition->other) : NULL;
        if (!history || (transition->other && !other))
                return err_new(-ENOMEM);
        UnitTransition *entry = &history->entries[history->n_ever++ % UNIT_HISTORY_LENGTH];
        free(entry->other);
        *entry = *transition;
        entry->other = STEAL(other);
        return 0;
}

const UnitTransition *unit_history_get(const Unit *unit, unsigned i) {
        const UnitHistory *history = unit->history;
        if (!history || i >= history->n_ever || i >= UNIT_HISTORY_LENGTH)
                return NULL;
        return &history->entries[(history->n_ever - 1 - i) % UNIT_HISTORY_LENGTH];
}

const char *history_cause_name(HistoryCause cause) {
        return cause_rows[cause].name;
}

int history_cause_parse(Str name, HistoryCause *ret) {
        for (unsigned i = 0; i < CAUSE_COUNT; i++) {
                if (str_equal_c(name, cause_rows[i].name)) {
                        *ret = (HistoryCause)i;
                        return 0;
                }
        }
        return err_new(-EINVAL);
}

/* Fills in the detail and the name where the words have a place for them. */
static void add_words(StrBuf *out, const char *words, const UnitTransition *transition) {
        for (Str rest = str_of(words); rest.length > 0;) {
                if (str_skip_prefix(&rest, "%d")) {
                        strbuf_addf(out, "%d", transition->detail);
                } else if (str_skip_prefix(&rest, "%s")) {
                        strbuf_add(out, transition->other);
                } else {
                        strbuf_add_char(out, rest.data[0]);
                        rest = (Str){ rest.data + 1, rest.length - 1 };
                }
        }
}

void unit_history_describe(const Unit *unit, const UnitTransition *transition, StrBuf *out) {
        (void)unit; /* for causes that will need its settings */
        const CauseRow *row = &cause_rows[transition->cause];
        const char *words = transition->other && row->with_name ? row->with_name : row->text;
        if (words)
                add_words(out, words, transition);
}

UnitHistory *unit_history_free(UnitHistory *history) {
        if (!history)
                return NULL;
        for (unsigned i = 0; i < UNIT_HISTORY_LENGTH; i++)
                free(history->entries[i].other);
        free(history->pending_other);
        free(history);
        return NULL;
}
