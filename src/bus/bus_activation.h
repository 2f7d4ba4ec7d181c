/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Starts services for a message bus that leaves activation to the manager (dbus-daemon
 * --systemd-activation): it sends ActivationRequest with the name of a unit. */

#include "bus/bus_state.h"

/* Listens for requests of the bus; to be called whenever a connection to it is there. */
void bus_activation_connected(BusConnection *connection);
