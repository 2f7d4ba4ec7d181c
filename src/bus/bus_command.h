/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Command lines and how they ran last, in systemd's two forms: with a boolean, or with the names of
 * all prefixes. */

#include "bus/bus_property.h"

BusGetter bus_command_get; /* argument: 1 for the form with names ("ExecStartEx") */
