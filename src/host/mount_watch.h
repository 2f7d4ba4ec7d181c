/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whether the thing behind a mount, swap, device or automount unit is there: by the kernel's mount
 * table, its list of swaps, and the file system. Changes of the mount table reach the engine as
 * EVENT_PRESENCE. */

#include <stdbool.h>

#include "base/auto.h"
#include "host/host.h"

/* Reads the mount table and watches it from now on. */
int mount_watch_new(Host *host, MountWatch **ret);
MountWatch *mount_watch_free(MountWatch *watch);
DEFINE_AUTO(MountWatch *, mount_watch_free);

/* Whether it is there now. */
bool mount_watch_is_present(MountWatch *watch, const Unit *unit);
