/* SPDX-License-Identifier: Apache-2.0 */
#include <syslog.h>

#include "engine/engine.h"
#include "engine/unit_ops.h"

static uint64_t limit_interval(const Unit *unit) {
        return unit_spec_find(unit->spec, DIRECTIVE_START_LIMIT_INTERVAL_SEC)
                       ? unit_spec_number(unit->spec, DIRECTIVE_START_LIMIT_INTERVAL_SEC)
                       : unit->engine->config.default_start_limit_interval_usec;
}

static unsigned limit_burst(const Unit *unit) {
        return unit_spec_find(unit->spec, DIRECTIVE_START_LIMIT_BURST)
                       ? (unsigned)unit_spec_number(unit->spec, DIRECTIVE_START_LIMIT_BURST)
                       : unit->engine->config.default_start_limit_burst;
}

/* Counts a start in the present window; true while there is room. */
static bool count_start(Unit *unit) {
        uint64_t interval = limit_interval(unit), now = engine_now_usec(unit->engine);
        unsigned burst = limit_burst(unit);
        StartLimit *limit = &unit->start_limit;
        if (interval == 0 || burst == 0)
                return true;
        if (limit->window_begin_usec == 0 || now - limit->window_begin_usec > interval) {
                *limit = (StartLimit){ .window_begin_usec = now, .n_starts = 1 };
                return true;
        }
        if (limit->n_starts >= burst)
                return false;
        limit->n_starts++;
        return true;
}

bool start_limit_hit(Unit *unit) {
        if (!unit->spec || count_start(unit)) {
                unit->flags &= ~(unsigned)UNIT_START_LIMIT_HIT;
                return false;
        }
        unit->flags |= UNIT_START_LIMIT_HIT;
        unit_log(unit, LOG_WARNING, "%s: Start request repeated too quickly.", unit->id);
        AUTO(strbuf_done) StrBuf why = STRBUF_INIT;
        strbuf_addf(&why, "unit %s failed", unit->id);
        engine_emergency(
                unit,
                (EmergencyAction)unit_spec_number(unit->spec, DIRECTIVE_START_LIMIT_ACTION),
                strbuf_text(&why),
                -1);
        return true;
}

void start_limit_reset(Unit *unit) {
        unit->start_limit = (StartLimit){ 0 };
        unit->flags &= ~(unsigned)UNIT_START_LIMIT_HIT;
}
