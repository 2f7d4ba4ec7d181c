/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_ops.h"

static int target_start(Unit *unit) {
        unit_set_state(unit, TARGET_ACTIVE);
        return UNIT_DONE_OR_RUNNING;
}

static int target_stop(Unit *unit) {
        unit_set_state(unit, TARGET_DEAD);
        return UNIT_DONE_OR_RUNNING;
}

const UnitOps target_ops = {
        .start = target_start,
        .stop = target_stop,
};
