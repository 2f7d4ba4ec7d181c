/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One thing that a socket unit listens on, and its traces in the file system. */

#include "engine/unit_object.h"

/* Makes and binds what one of the Listen settings says; the descriptor. -errno once the reason was
 * logged. */
int listen_node_open(const Unit *unit, const Rule *rule);

/* Makes the links of Symlinks=; one that cannot be made is logged and left out. */
void listen_node_link(const Unit *unit);

/* RemoveOnStop=: removes nodes and links. */
void listen_node_remove(const Unit *unit);
