/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The directories of RuntimeDirectory=, which go away with the unit (RuntimeDirectoryPreserve=). */

#include <stdbool.h>

#include "host/host.h"

/* Removes them as the unit's settings say. */
void host_directories_release(Host *host, const Unit *unit, bool will_restart);
