/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* How systemd's programs find the manager: its private socket, and what they say without one. */

#include "tend/tend.h"

/* Connects to the manager of the scope. -errno after the message of systemd's programs. */
int private_bus_connect(Tend *tend);

/* The same on another host ("[USER@]HOST[:PORT]", by ssh and systemd-stdio-bridge there) or,
 * without one, on another machine or of another user ("[USER@]MACHINE"; ".host" is this one). With
 * neither it is private_bus_connect. */
int private_bus_connect_to(Tend *tend, const char *host, const char *machine);
