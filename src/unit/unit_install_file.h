/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The [Install] section of one file, read into what enabling knows of the unit. */

#include "unit/unit_install_info.h"

/* Looks at the file at `path` and, with INSTALL_SEARCH_LOAD, reads its section; `info->mode` is set
 * unless it is a drop-in. Units of Also= are added to `set`. -ELOOP for a link, -ENOENT, -EISDIR,
 * -EBADFD (no regular file), other -errno. */
int install_file_load(
        InstallWork *work, InstallSet *set, InstallInfo *info, const char *path, unsigned flags);
