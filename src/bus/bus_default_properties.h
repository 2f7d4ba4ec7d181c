/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Every property of org.freedesktop.systemd1 as systemd 252 introspects it: name, signature, how it
 * changes, what it says when nothing is set. Properties that several interfaces share are listed
 * once, as a family. */

#include <stdint.h>

typedef enum BusPropertyFlags {
        BUS_PROPERTY_CONSTANT = 1 << 0,    /* changes with a reload at most */
        BUS_PROPERTY_INVALIDATES = 1 << 1, /* named in PropertiesChanged, without value */
        BUS_PROPERTY_SILENT = 1 << 2,      /* changes unannounced */
        BUS_PROPERTY_WRITABLE = 1 << 3,
} BusPropertyFlags;

typedef struct BusPropertyRow {
        const char *name;
        const char *signature;
        unsigned flags;           /* BusPropertyFlags; 0 = announced with its value */
        uint64_t default_number;  /* for b t u q i y d */
        const char *default_text; /* for s; NULL = "" */
} BusPropertyRow;

typedef enum BusFamily {
        BUS_FAMILY_MANAGER,
        BUS_FAMILY_JOB,
        BUS_FAMILY_UNIT,
        BUS_FAMILY_SERVICE,
        BUS_FAMILY_SOCKET,
        BUS_FAMILY_MOUNT,
        BUS_FAMILY_SWAP,
        BUS_FAMILY_SLICE,
        BUS_FAMILY_SCOPE,
        BUS_FAMILY_TIMER,
        BUS_FAMILY_PATH,
        BUS_FAMILY_AUTOMOUNT,
        BUS_FAMILY_DEVICE,
        BUS_FAMILY_TARGET,
        BUS_FAMILY_LOG_CONTROL,
        BUS_FAMILY_CONTROL_GROUP,
        BUS_FAMILY_EXEC,
        BUS_FAMILY_KILL,
        BUS_FAMILY_COUNT
} BusFamily;

typedef struct BusPropertyFamily {
        unsigned first, n_rows; /* in bus_property_rows */
} BusPropertyFamily;

extern const BusPropertyRow bus_property_rows[];
extern const unsigned bus_property_count;
extern const BusPropertyFamily bus_property_families[BUS_FAMILY_COUNT];
