/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The directories behind PrivateTmp= (systemd.exec(5)): one below /tmp and one below /var/tmp per
 * unit, shared by units that join each other's name spaces, made before the first process and
 * removed after the last. */

#include "host/host_unit.h"

/* Makes them if the unit wants them and may have them; nothing when they are there. -errno. */
int private_tmp_make(HostUnit *hu);

/* Removes them, unless a unit that shares them is still up. What cannot be removed is logged. */
void private_tmp_release(HostUnit *hu);
