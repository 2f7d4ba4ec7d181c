/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Mounts for a running service, by methods of the manager and of the service. */

#include "bus/bus_method.h"

BusMethodFunction bus_manager_bind_mount;
BusMethodFunction bus_service_bind_mount;
