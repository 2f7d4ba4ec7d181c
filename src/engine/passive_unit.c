/* SPDX-License-Identifier: Apache-2.0 */

/* Mounts, swaps, devices and automounts: other programs bring them about, the engine sees whether
 * they are there. */

#include "engine/engine.h"
#include "engine/unit_ops.h"

static void look(Unit *unit) {
        const EnginePorts *ports = &unit->engine->ports;
        int state = ports->is_present(ports->userdata, unit) || (unit->flags & UNIT_PERPETUAL)
                            ? PASSIVE_PRESENT
                            : PASSIVE_DEAD;
        if (state != unit->state)
                unit_set_state(unit, state);
}

/* Mounting and the like is somebody else's work. */
static int passive_start(Unit *unit) {
        look(unit);
        return unit->state == PASSIVE_PRESENT ? UNIT_DONE_OR_RUNNING : UNIT_UNSUPPORTED;
}

static int passive_stop(Unit *unit) {
        look(unit);
        return unit->state == PASSIVE_DEAD ? UNIT_DONE_OR_RUNNING : UNIT_UNSUPPORTED;
}

static void passive_event(Unit *unit, const EngineEvent *event) {
        if (event->type == EVENT_PRESENCE)
                look(unit);
}

static void passive_restored(Unit *unit) {
        look(unit);
}

const UnitOps passive_ops = {
        .loaded = look,
        .start = passive_start,
        .stop = passive_stop,
        .on_event = passive_event,
        .restored = passive_restored,
};

/* Devices can only be waited for. */
const UnitOps device_ops = {
        .loaded = look,
        .on_event = passive_event,
        .restored = passive_restored,
};
