/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/trigger_limit.h"

#include "engine/engine.h"

uint64_t trigger_limit_interval(const Unit *unit) {
        const Value *value = unit_spec_find(unit->spec, DIRECTIVE_TRIGGER_LIMIT_INTERVAL_SEC);
        return value && value->number != USEC_INFINITY ? value->number : TRIGGER_INTERVAL_USEC;
}

bool trigger_limit_hit(const Unit *unit, StartLimit *limit, uint64_t default_burst) {
        uint64_t interval = trigger_limit_interval(unit);
        uint64_t burst = unit_spec_number(unit->spec, DIRECTIVE_TRIGGER_LIMIT_BURST);
        uint64_t now = engine_now_usec(unit->engine);
        if (!unit_spec_find(unit->spec, DIRECTIVE_TRIGGER_LIMIT_BURST))
                burst = default_burst;
        if (interval == 0 || burst == 0)
                return false;
        if (limit->window_begin_usec == 0 || now - limit->window_begin_usec > interval) {
                *limit = (StartLimit){ .window_begin_usec = now, .n_starts = 1 };
                return false;
        }
        return ++limit->n_starts > burst;
}
