/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Standard streams of a service that are descriptors it is passed (StandardInput=socket, fd:NAME):
 * whether there are such descriptors is known before anything is started. */

#include <stdbool.h>

#include "engine/unit_object.h"

/* Whether some stream is the socket: then every command of the unit is passed it. */
bool unit_streams_use_socket(const Unit *unit);

/* Whether the streams find what they name among `n_sockets` sockets and the ':'-separated names of
 * all descriptors. -EINVAL or -ENOENT once the reason was logged. */
int unit_streams_check(const Unit *unit, unsigned n_sockets, const char *names);
