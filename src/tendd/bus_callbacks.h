/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the bus asks of the host (bus/bus_host.h), answered by functions of the host. */

#include "bus/bus_host.h"
#include "tendd/manager.h"

/* The table; strings in it live as long as the manager. */
int bus_callbacks_fill(Manager *manager, BusHost *ret);
