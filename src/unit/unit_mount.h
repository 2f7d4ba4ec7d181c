/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What mount, automount and swap units say about paths: Where= and What= with their defaults from
 * the unit's name, and which mount points belong to the system itself. Text only. */

#include <stdbool.h>

#include "unit/unit_spec.h"

/* Where=, or the path that the unit's name stands for, in fresh memory. -EINVAL when neither is a
 * path, -ENOMEM. */
int unit_mount_where(const UnitSpec *spec, char **ret_path);

/* What= of a swap unit, or the path that its name stands for; as above. */
int unit_swap_what(const UnitSpec *spec, char **ret_path);

/* Whether the mount point is one that is set up before any unit (/proc, /dev/shm, ...) or is left
 * alone (below /run/host): no unit may mount there. */
bool unit_mount_is_api(const char *where);
