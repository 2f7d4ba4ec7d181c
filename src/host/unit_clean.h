/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* systemctl clean: the directories of a unit that is down are removed by a child of ours, since
 * there may be a lot in them; what a timer remembers goes at once. */

#include "host/host.h"

/* Begins to remove the directories of these kinds (bits for runtime, state, cache, logs,
 * configuration, lowest first); the unit is cleaning until the child ends. The state of a timer is
 * its stamp and its receipts. -EBUSY when it is not inactive or has a job, -EUNATCH when it has
 * no such directories, -EOPNOTSUPP for units that have none by their type. */
int unit_clean(Host *host, Unit *unit, unsigned kinds);
