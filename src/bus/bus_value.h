/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Values of settings as D-Bus values: one appender per pair of signature and shape. */

#include "bus/bus_property.h"

/* Whether there is an appender for this pair. */
bool bus_value_can_append(const char *signature, ValueShape shape);

/* Appends a stored value with this signature; -EOPNOTSUPP when there is no appender. */
int bus_value_append(BusBody *body,
                     const char *signature,
                     const DirectiveRow *directive,
                     const Value *value);

/* The getter for properties that are simply a setting: its value, or the row's default. */
BusGetter bus_value_get;

/* The value of a setting of the context's unit as it is in effect (unit/unit_implied.h, or what the
 * manager has for all), good until the next look-up; NULL when it is unset. */
const Value *bus_value_find(BusGetterContext *context, DirectiveId id);
