/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Units and settings that exist by request: StartTransientUnit, SetUnitProperties. */

#include "bus/bus_method.h"

BusMethodFunction bus_manager_start_transient;
BusMethodFunction bus_manager_set_properties;
BusMethodFunction bus_unit_set_properties;
