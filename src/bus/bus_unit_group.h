/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Requests about the processes of a unit as a whole: freezing, moving, abandoning. Each comes as a
 * method of the manager, which names the unit, and of the unit itself. */

#include "bus/bus_method.h"

/* Variants of bus_manager_freeze and bus_unit_freeze. */
typedef enum BusFreeze { BUS_THAW, BUS_FREEZE } BusFreeze;

BusMethodFunction bus_manager_freeze;
BusMethodFunction bus_unit_freeze;
BusMethodFunction bus_manager_clean;
BusMethodFunction bus_unit_clean;
BusMethodFunction bus_manager_attach;
BusMethodFunction bus_unit_attach;
BusMethodFunction bus_manager_abandon;
BusMethodFunction bus_unit_abandon;
