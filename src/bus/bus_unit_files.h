/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Methods that change which unit files are used: EnableUnitFiles and its like. */

#include "bus/bus_method.h"

BusMethodFunction bus_manager_change_unit_files; /* variant: UnitInstallVerb */
BusMethodFunction bus_manager_add_unit_file_dependency;
BusMethodFunction bus_manager_get_unit_file_links;
