/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Whether the files of a loaded unit are other ones by now: what daemon-reload would load anew. */

#include "host/host.h"

/* Whether a file changed, came or went. Outside of a reload links to other units do not count
 * (NeedDaemonReload). Looks at directories once a turn of the loop at most. */
bool unit_file_change_found(Host *host, const Unit *unit);

/* daemon-reload: loads the units anew whose files changed. */
int unit_file_change_reload(Host *host);

/* Loads one unit anew. */
int unit_file_change_reload_one(Host *host, Unit *unit);
