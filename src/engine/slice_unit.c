/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"
#include "engine/unit_ops.h"

/* The slices that everything lives in are there from the beginning. */
static void slice_loaded(Unit *unit) {
        if ((unit->flags & UNIT_PERPETUAL) && unit->state == SLICE_DEAD)
                unit_set_state(unit, SLICE_ACTIVE);
}

static int slice_start(Unit *unit) {
        unit_set_state(unit, SLICE_ACTIVE);
        return UNIT_DONE_OR_RUNNING;
}

static int slice_stop(Unit *unit) {
        const EnginePorts *ports = &unit->engine->ports;
        unit_set_state(unit, SLICE_DEAD);
        ports->release_unit(ports->userdata, unit, false);
        return UNIT_DONE_OR_RUNNING;
}

const UnitOps slice_ops = {
        .loaded = slice_loaded,
        .start = slice_start,
        .stop = slice_stop,
        .has_cgroup = true,
};
