/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Settings that come over the bus (StartTransientUnit, SetUnitProperties): a property's value
 * becomes what the same setting in a unit file would be. Which value a property takes is what it
 * shows, but for the parts that only exist at run time. */

#include "bus/bus_state.h"
#include "unit/unit_spec.h"

/* Reads one variant from the call and assigns it to the setting that shows as property `name`;
 * lists are added to, and an empty one takes the setting back. Percent signs stay what they are.
 * `ret_directive` (may be NULL) tells which setting it was. 0; negative with the call's error
 * filled, in the words of systemd where it has any: PropertyReadOnly for what no unit of this type
 * has, InvalidArgs for a value of another type or one that the setting does not take. */
int bus_setting_read(BusCall *call,
                     const char *name,
                     UnitSpec *spec,
                     const DirectiveRow **ret_directive);

/* The error for a property that cannot be set: PropertyReadOnly. */
int bus_setting_refuse(const char *name, sd_bus_error *error);
