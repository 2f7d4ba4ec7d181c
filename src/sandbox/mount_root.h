/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Another root directory for this process (RootDirectory=, MountAPIVFS=), in a mount name space of
 * its own. It is prepared first, so that everything else can be mounted below it, and entered last.
 */

#include <stdbool.h>

/* Makes the directory a mount, and mounts /proc, /sys, /dev and /run below it where `with_api` and
 * nothing is mounted there. -errno, with the path to blame in `ret_failed` (not owned). */
int mount_root_prepare(const char *root, bool with_api, const char **ret_failed);

/* Makes it the root and the working directory; what was the root before can no longer be reached.
 * -errno. */
int mount_root_enter(const char *root);
