/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Interfaces: their names, which families of properties they have, and which objects carry them. */

#include <stdint.h>

#include "bus/bus_default_properties.h"
#include "unit/unit_name.h"

typedef enum BusInterface {
        BUS_INTERFACE_MANAGER,
        BUS_INTERFACE_JOB,
        BUS_INTERFACE_UNIT,
        BUS_INTERFACE_SERVICE,
        BUS_INTERFACE_SOCKET,
        BUS_INTERFACE_TARGET,
        BUS_INTERFACE_DEVICE,
        BUS_INTERFACE_MOUNT,
        BUS_INTERFACE_AUTOMOUNT,
        BUS_INTERFACE_SWAP,
        BUS_INTERFACE_TIMER,
        BUS_INTERFACE_PATH,
        BUS_INTERFACE_SLICE,
        BUS_INTERFACE_SCOPE,
        BUS_INTERFACE_LOG_CONTROL,
        BUS_INTERFACE_TEND,
        BUS_INTERFACE_PROPERTIES,
        BUS_INTERFACE_INTROSPECTABLE,
        BUS_INTERFACE_PEER,
        BUS_INTERFACE_COUNT
} BusInterface;

#define BUS_INTERFACE_BIT(interface) (UINT32_C(1) << (interface))

/* Present on every object. */
#define BUS_INTERFACES_COMMON                                                                      \
        (BUS_INTERFACE_BIT(BUS_INTERFACE_PROPERTIES) |                                             \
         BUS_INTERFACE_BIT(BUS_INTERFACE_INTROSPECTABLE) | BUS_INTERFACE_BIT(BUS_INTERFACE_PEER))

#define BUS_INTERFACE_FAMILIES_MAX 4

typedef struct BusInterfaceRow {
        const char *name; /* "org.freedesktop.systemd1.Unit" */
        unsigned n_families;
        BusFamily families[BUS_INTERFACE_FAMILIES_MAX]; /* in systemd's order */
} BusInterfaceRow;

extern const BusInterfaceRow bus_interface_rows[BUS_INTERFACE_COUNT];

/* The interface of this name, -ENOENT. */
int bus_interface_parse(const char *name, BusInterface *ret);

/* The interface of a unit type's own properties. */
BusInterface bus_interface_of_type(UnitType type);
