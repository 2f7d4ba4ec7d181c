/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* "CPUWeight=50" as a property of a transient unit. */

#include <systemd/sd-bus.h>

/* Appends (sv) for an assignment that stands as in a unit file of this unit's type. -errno after a
 * message. */
int property_assign(sd_bus_message *message, const char *unit, const char *assignment);
