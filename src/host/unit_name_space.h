/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The network and IPC name spaces of PrivateNetwork= and PrivateIPC=: one per unit for all of its
 * commands, shared with units that join it (JoinsNamespaceOf=), kept by the keeper while a manager
 * dies. */

#include "host/host_unit.h"

/* Makes or joins those that the unit wants. What the kernel refuses is left to the executor, which
 * reports it. */
void unit_name_space_make(HostUnit *hu);

/* Where the executor finds them, in fresh memory; NULL when there is none. */
char *unit_name_space_network(const HostUnit *hu);
char *unit_name_space_ipc(const HostUnit *hu);

/* Lets go of them. With `forget` the keeper does too. */
void unit_name_space_release(HostUnit *hu, bool forget);
