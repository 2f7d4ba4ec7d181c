/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Signals to the processes of a unit. */

#include <stdbool.h>

#include "engine/ports.h"
#include "host/host.h"

/* EnginePorts.signal_unit. */
int unit_signal_send(Host *host, Unit *unit, unsigned whom, int signal_number, bool with_continue);
