/* SPDX-License-Identifier: Apache-2.0 */
#include <syslog.h>

#include "engine/engine.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"

/* Outcomes of ports->check_conditions from here on name the condition. */
#define FAILED_AT 2

static void set_flag(Unit *unit, unsigned flag, bool value) {
        unit->flags = value ? unit->flags | flag : unit->flags & ~flag;
}

/* The directive of the one that failed, for the history. */
static const char *failed_name(const Unit *unit, bool assertions) {
        const ConditionList *list = unit_spec_conditions(
                unit->spec, assertions ? DIRECTIVE_ASSERT : DIRECTIVE_CONDITION);
        if (!list || unit->failed_condition < 0 ||
            (unsigned)unit->failed_condition >= list->n_conditions)
                return NULL;
        return condition_directive_name(list->conditions[unit->failed_condition].type, assertions);
}

static bool holds(Unit *unit, bool assertions) {
        const EnginePorts *ports = &unit->engine->ports;
        DirectiveId id = assertions ? DIRECTIVE_ASSERT : DIRECTIVE_CONDITION;
        int r = 1;
        if (unit_spec_conditions(unit->spec, id))
                r = ports->check_conditions(ports->userdata, unit, assertions);
        *(assertions ? &unit->assert_time : &unit->condition_time) = unit_now(unit);
        set_flag(unit, assertions ? UNIT_ASSERT_RESULT : UNIT_CONDITION_RESULT, r == 1);
        unit->failed_condition = r >= FAILED_AT ? r - FAILED_AT : -1;
        if (r == 0 && unit_spec_conditions(unit->spec, id)->n_conditions == 1)
                unit->failed_condition = 0; /* the only one it can be */
        if (r != 1)
                unit_history_cause(unit,
                                   assertions ? CAUSE_ASSERT : CAUSE_CONDITION,
                                   0,
                                   failed_name(unit, assertions));
        return r == 1;
}

/* What it is bound to and ordered after must be up; normally jobs saw to that. */
static bool bindings_are_up(Unit *unit) {
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_BINDS_TO), &cursor));) {
                if (!(edge->kinds & DEP_BIT(DEP_AFTER)) ||
                    active_state_is_up(unit_active_state(edge->other)))
                        continue;
                unit_log(unit,
                         LOG_NOTICE,
                         "%s: Bound to unit %s, but unit isn't active.",
                         unit->id,
                         edge->other->id);
                return false;
        }
        return true;
}

int unit_start_gate(Unit *unit) {
        if (unit->load_state != UNIT_LOADED)
                return UNIT_FAILED_NOW;
        if (!holds(unit, false)) /* such a start does not count towards the limit */
                return UNIT_SKIPPED;
        if (!holds(unit, true)) {
                unit_log(unit, LOG_NOTICE, "%s: Starting requested but asserts failed.", unit->id);
                return UNIT_ASSERT_FAILED;
        }
        return bindings_are_up(unit) ? UNIT_DONE_OR_RUNNING : UNIT_NEEDS_OTHER;
}
