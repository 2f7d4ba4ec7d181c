/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Planned links: those that [Install] sections ask for, and the removal of all that lead to given
 * units. */

#include "unit/unit_install_info.h"

/* Plans a link at `path` to `target` (without root directory when it lies there). 1 when the link
 * is or will be there. Without `force` another link there is -EEXIST; what is no link always is. */
int install_link(InstallWork *work, const char *target, const char *path, bool force);

/* Plans the links of all units of the set and of those their Also= names. How many units asked for
 * links, or the first error; what happened stands in the changes. */
int install_set_link(InstallWork *work, InstallSet *set, unsigned search_flags);

/* Whether there is a unit file of this name; 1, 0, -ENOMEM. */
int install_unit_exists(InstallWork *work, const char *name);
