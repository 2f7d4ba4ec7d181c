/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Marks of units that are to be restarted or reloaded later: the property Markers, which
 * SetUnitProperties changes, and EnqueueMarkedJobs. The engine takes a mark away when the unit went
 * down or was reloaded. */

#include "bus/bus_method.h"

/* What a call makes of the marks of a unit. */
typedef struct BusMarkChange {
        unsigned set, mask; /* UNIT_MARKS */
} BusMarkChange;

/* Reads the variant of a property Markers: names, all of them with + or -, or none. */
int bus_mark_read(BusCall *call, BusMarkChange *ret);

/* Does it. */
void bus_mark_apply(Unit *unit, const BusMarkChange *change);

BusMethodFunction bus_manager_enqueue_marked;
