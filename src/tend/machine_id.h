/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The id of the machine, where tend is its first process. */

#include "tend/tend.h"

/* The first process of a container sees to it that the machine has an id, as machine-id(5) says:
 * when /etc/machine-id is missing, empty or "uninitialized", $container_uuid or a random id is
 * written there. Without one journal files could not be told from those of other machines. What
 * cannot be written is said, and nothing else comes of it. */
void machine_id_commit(const Tend *tend);
