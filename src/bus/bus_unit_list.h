/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Lists of units and of unit files. */

#include "bus/bus_method.h"

/* Which filters a call carries. */
typedef enum BusListFilter {
        BUS_LIST_ALL,
        BUS_LIST_STATES,
        BUS_LIST_PATTERNS, /* states and patterns */
} BusListFilter;

BusMethodFunction bus_manager_list_units; /* variant: BusListFilter */
BusMethodFunction bus_manager_list_units_by_names;
BusMethodFunction bus_manager_list_unit_files; /* variant: BusListFilter */
BusMethodFunction bus_manager_get_unit_file_state;
