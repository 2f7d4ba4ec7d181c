/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_past.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/strv.h"
#include "engine/engine.h"
#include "engine/unit_history.h"

struct UnitPast {
        char *name;           /* owned, key of the table */
        UnitHistory *history; /* owned */
        char **reports;       /* owned */
};

static UnitPast *past_free(UnitPast *past) {
        if (!past)
                return NULL;
        (void)unit_history_free(past->history);
        strv_free(past->reports);
        free(past->name);
        free(past);
        return NULL;
}

static void forget_oldest(HashTable *table) {
        size_t cursor = 0;
        const UnitPast *oldest = hashtable_next(table, &cursor, NULL);
        (void)past_free(hashtable_remove(table, oldest->name));
}

void unit_past_keep(Unit *unit) {
        HashTable *table = unit->engine->pasts;
        if (!unit->history)
                return;
        UnitPast *past = calloc(1, sizeof(*past));
        if (!past)
                return;
        past->name = strdup(unit->id);
        if (hashtable_count(table) >= UNIT_PAST_MAX)
                forget_oldest(table);
        if (!past->name || hashtable_put(table, past->name, past) < 0) {
                (void)past_free(past);
                return;
        }
        past->history = STEAL(unit->history);
        past->reports = STEAL(unit->reports);
}

void unit_past_recall(Unit *unit) {
        if (unit->history || hashtable_count(unit->engine->pasts) == 0)
                return;
        UnitPast *past = hashtable_remove(unit->engine->pasts, unit->id);
        if (!past)
                return;
        unit->history = STEAL(past->history);
        strv_free(unit->reports);
        unit->reports = STEAL(past->reports);
        (void)past_free(past);
}

void unit_past_clear(struct Engine *engine) {
        size_t cursor = 0;
        for (UnitPast *past; (past = hashtable_next(engine->pasts, &cursor, NULL));)
                (void)past_free(past);
        engine->pasts = hashtable_free(engine->pasts);
}
