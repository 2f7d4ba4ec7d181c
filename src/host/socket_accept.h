/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Accept=yes: takes one connection off a socket and tells the engine who came. */

#include "host/host_unit.h"

/* Accepts one connection, if one waits, and has it served or closes it. */
void socket_accept_one(HostUnit *hu, int fd);

/* Has those served that the last manager had accepted and not yet given to a service. */
void socket_accept_restored(Host *host);
