/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_ops.h"

#include <assert.h>

#include "base/macros.h"

static int refuse_start(Unit *unit) {
        (void)unit; /* whatever it says, its type cannot be started yet */
        return UNIT_UNSUPPORTED;
}

static int stop_nothing(Unit *unit) {
        (void)unit; /* it was never started */
        return UNIT_ALREADY;
}

const UnitOps unsupported_ops = {
        .start = refuse_start,
        .stop = stop_nothing,
};

static const UnitOps *const ops_by_type[] = {
        [UNIT_SERVICE] = &service_ops, [UNIT_SOCKET] = &socket_ops,
        [UNIT_TARGET] = &target_ops,   [UNIT_DEVICE] = &device_ops,
        [UNIT_MOUNT] = &passive_ops,   [UNIT_AUTOMOUNT] = &passive_ops,
        [UNIT_SWAP] = &passive_ops,    [UNIT_TIMER] = &unsupported_ops,
        [UNIT_PATH] = &path_ops,       [UNIT_SLICE] = &slice_ops,
        [UNIT_SCOPE] = &scope_ops,
};

static_assert(ARRAY_LENGTH(ops_by_type) == UNIT_TYPE_COUNT, "operations per type");

const UnitOps *unit_ops(UnitType type) {
        return ops_by_type[type];
}
