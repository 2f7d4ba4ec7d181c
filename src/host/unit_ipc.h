/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* RemoveIPC= of a unit that has stopped. */

#include "host/host_unit.h"

/* Removes what the unit's user and group left behind, unless another unit of theirs is up. Nothing
 * for a user's manager, and where the unit names neither. */
void unit_ipc_release(const HostUnit *hu);
