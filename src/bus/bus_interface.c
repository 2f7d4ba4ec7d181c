/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_interface.h"

#include <assert.h>
#include <errno.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"

#define SYSTEMD1 "org.freedesktop.systemd1."

/* clang-format off */
const BusInterfaceRow bus_interface_rows[BUS_INTERFACE_COUNT] = {
        [BUS_INTERFACE_MANAGER] = { SYSTEMD1 "Manager", 1, { BUS_FAMILY_MANAGER } },
        [BUS_INTERFACE_JOB] = { SYSTEMD1 "Job", 1, { BUS_FAMILY_JOB } },
        [BUS_INTERFACE_UNIT] = { SYSTEMD1 "Unit", 1, { BUS_FAMILY_UNIT } },
        [BUS_INTERFACE_SERVICE] = { SYSTEMD1 "Service", 4, { BUS_FAMILY_SERVICE, BUS_FAMILY_CONTROL_GROUP, BUS_FAMILY_EXEC, BUS_FAMILY_KILL } },
        [BUS_INTERFACE_SOCKET] = { SYSTEMD1 "Socket", 4, { BUS_FAMILY_SOCKET, BUS_FAMILY_CONTROL_GROUP, BUS_FAMILY_EXEC, BUS_FAMILY_KILL } },
        [BUS_INTERFACE_TARGET] = { SYSTEMD1 "Target", 1, { BUS_FAMILY_TARGET } },
        [BUS_INTERFACE_DEVICE] = { SYSTEMD1 "Device", 1, { BUS_FAMILY_DEVICE } },
        [BUS_INTERFACE_MOUNT] = { SYSTEMD1 "Mount", 4, { BUS_FAMILY_MOUNT, BUS_FAMILY_CONTROL_GROUP, BUS_FAMILY_EXEC, BUS_FAMILY_KILL } },
        [BUS_INTERFACE_AUTOMOUNT] = { SYSTEMD1 "Automount", 1, { BUS_FAMILY_AUTOMOUNT } },
        [BUS_INTERFACE_SWAP] = { SYSTEMD1 "Swap", 4, { BUS_FAMILY_SWAP, BUS_FAMILY_CONTROL_GROUP, BUS_FAMILY_EXEC, BUS_FAMILY_KILL } },
        [BUS_INTERFACE_TIMER] = { SYSTEMD1 "Timer", 1, { BUS_FAMILY_TIMER } },
        [BUS_INTERFACE_PATH] = { SYSTEMD1 "Path", 1, { BUS_FAMILY_PATH } },
        [BUS_INTERFACE_SLICE] = { SYSTEMD1 "Slice", 2, { BUS_FAMILY_SLICE, BUS_FAMILY_CONTROL_GROUP } },
        [BUS_INTERFACE_SCOPE] = { SYSTEMD1 "Scope", 3, { BUS_FAMILY_SCOPE, BUS_FAMILY_CONTROL_GROUP, BUS_FAMILY_KILL } },
        [BUS_INTERFACE_LOG_CONTROL] = { "org.freedesktop.LogControl1", 1, { BUS_FAMILY_LOG_CONTROL } },
        [BUS_INTERFACE_TEND] = { "io.tend.Manager1", 0, { 0 } },
        [BUS_INTERFACE_PROPERTIES] = { "org.freedesktop.DBus.Properties", 0, { 0 } },
        [BUS_INTERFACE_INTROSPECTABLE] = { "org.freedesktop.DBus.Introspectable", 0, { 0 } },
        [BUS_INTERFACE_PEER] = { "org.freedesktop.DBus.Peer", 0, { 0 } },
};

static const BusInterface interface_of_type[UNIT_TYPE_COUNT] = {
        [UNIT_SERVICE] = BUS_INTERFACE_SERVICE,
        [UNIT_SOCKET] = BUS_INTERFACE_SOCKET,
        [UNIT_TARGET] = BUS_INTERFACE_TARGET,
        [UNIT_DEVICE] = BUS_INTERFACE_DEVICE,
        [UNIT_MOUNT] = BUS_INTERFACE_MOUNT,
        [UNIT_AUTOMOUNT] = BUS_INTERFACE_AUTOMOUNT,
        [UNIT_SWAP] = BUS_INTERFACE_SWAP,
        [UNIT_TIMER] = BUS_INTERFACE_TIMER,
        [UNIT_PATH] = BUS_INTERFACE_PATH,
        [UNIT_SLICE] = BUS_INTERFACE_SLICE,
        [UNIT_SCOPE] = BUS_INTERFACE_SCOPE,
};
/* clang-format on */

int bus_interface_parse(const char *name, BusInterface *ret) {
        for (unsigned i = 0; i < BUS_INTERFACE_COUNT; i++) {
                if (!streq(bus_interface_rows[i].name, name))
                        continue;
                *ret = (BusInterface)i;
                return 0;
        }
        return -ENOENT;
}

BusInterface bus_interface_of_type(UnitType type) {
        assert(type < UNIT_TYPE_COUNT);
        return interface_of_type[type];
}
