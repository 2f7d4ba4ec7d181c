/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Files of units that exist by request, and of settings that were changed by request. A transient
 * unit is a unit file below the runtime directory as long as its unit exists, so that the next
 * manager finds it; changed settings are drop-in files where systemd has them (system.control). */

#include <stdbool.h>

#include "host/host.h"

/* The directory of unit files of transient units in fresh memory; NULL when out of memory. */
char *transient_files_directory(const RuntimePaths *paths);

/* Writes the file of a unit that does not exist yet and loads it. */
int transient_files_make(Host *host, const char *name, const char *text, UnitSpec **ret);

/* Removes a transient unit's file and drop-ins. Missing is fine. */
void transient_files_drop(const Host *host, const char *name);

/* Writes a drop-in file "50-SETTING.conf" for the unit: one that is gone after a reboot (`runtime`,
 * and for transient units always), or one that stays. -EOPNOTSUPP where the search path has no
 * place for it. */
int transient_files_set(
        Host *host, const Unit *unit, const char *setting, const char *text, bool runtime);
