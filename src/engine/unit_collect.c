/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "engine/unit_past.h"
#include "engine/unit_registry.h"

/* Units seen on the way from one that may be useless to those that keep it. */
typedef struct Sweep {
        Unit **units; /* owned array */
        unsigned n_units, capacity;
} Sweep;

void unit_collect_later(Unit *unit) {
        if (!list_is_linked(&unit->collect_queue))
                list_append(&unit->engine->collect_queue, &unit->collect_queue);
}

static bool is_kept_by_state(const Unit *unit) {
        switch (unit_active_state(unit)) {
        case ACTIVE_STATE_INACTIVE:
                return false;
        case ACTIVE_STATE_FAILED:
                return !unit->spec || unit_spec_number(unit->spec, DIRECTIVE_COLLECT_MODE) !=
                                              COLLECT_INACTIVE_OR_FAILED;
        case ACTIVE_STATE_ACTIVE:
        case ACTIVE_STATE_RELOADING:
        case ACTIVE_STATE_ACTIVATING:
        case ACTIVE_STATE_DEACTIVATING:
        case ACTIVE_STATE_MAINTENANCE:
        case ACTIVE_STATE_COUNT:
                break;
        }
        return true;
}

/* Whether the unit must stay for its own sake. */
static bool is_pinned(const Unit *unit) {
        unsigned keeps = UNIT_PERPETUAL | UNIT_RESTORED | UNIT_RETRY_WAITING;
        if (unit->service && unit->service->has_leftovers)
                return true;
        return unit->job || unit->n_references > 0 || (unit->flags & keeps) ||
               unit->load_state == UNIT_STUB || is_kept_by_state(unit);
}

static int see(Sweep *sweep, Unit *unit) {
        if (sweep->n_units == sweep->capacity) {
                unsigned capacity = sweep->capacity ? sweep->capacity * 2 : 16;
                Unit **units = realloc(sweep->units, capacity * sizeof(Unit *));
                if (!units)
                        return err_new(-ENOMEM);
                sweep->units = units;
                sweep->capacity = capacity;
        }
        unit->flags |= UNIT_COLLECT_MARK;
        sweep->units[sweep->n_units++] = unit;
        return 0;
}

/* Whether no unit that must stay names this one, directly or through others; `sweep` has all that
 * were looked at. */
static bool is_useless(Sweep *sweep, Unit *unit) {
        if (is_pinned(unit) || see(sweep, unit) < 0)
                return false;
        for (unsigned i = 0; i < sweep->n_units; i++) {
                unsigned cursor = 0;
                const Unit *seen = sweep->units[i];
                for (const UnitEdge *edge;
                     (edge = unit_graph_next(seen, DEP_BIT(DEP_REFERENCED_BY), &cursor));) {
                        if (edge->other->flags & UNIT_COLLECT_MARK)
                                continue;
                        if (is_pinned(edge->other) || see(sweep, edge->other) < 0)
                                return false;
                }
        }
        return true;
}

void unit_collect_all(Engine *engine) {
        Sweep sweep = { 0 };
        for (Unit *unit; (unit = LIST_FIRST(&engine->collect_queue, Unit, collect_queue));) {
                list_remove(&unit->collect_queue);
                sweep.n_units = 0;
                bool useless = is_useless(&sweep, unit);
                for (unsigned i = 0; i < sweep.n_units; i++)
                        sweep.units[i]->flags &= ~(unsigned)UNIT_COLLECT_MARK;
                for (unsigned i = 0; useless && i < sweep.n_units; i++) {
                        unit_past_keep(sweep.units[i]);
                        (void)unit_free(sweep.units[i]);
                }
        }
        free(sweep.units);
}
