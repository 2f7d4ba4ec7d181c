/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_ops.h"

#include <assert.h>

#include "base/macros.h"

static const UnitOps *const ops_by_type[] = {
        [UNIT_SERVICE] = &service_ops, [UNIT_SOCKET] = &socket_ops, [UNIT_TARGET] = &target_ops,
        [UNIT_DEVICE] = &device_ops,   [UNIT_MOUNT] = &passive_ops, [UNIT_AUTOMOUNT] = &passive_ops,
        [UNIT_SWAP] = &passive_ops,    [UNIT_TIMER] = &timer_ops,   [UNIT_PATH] = &path_ops,
        [UNIT_SLICE] = &slice_ops,     [UNIT_SCOPE] = &scope_ops,
};

static_assert(ARRAY_LENGTH(ops_by_type) == UNIT_TYPE_COUNT, "operations per type");

const UnitOps *unit_ops(UnitType type) {
        return ops_by_type[type];
}
