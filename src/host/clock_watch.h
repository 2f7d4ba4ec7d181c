/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Tells the engine when somebody sets the clock of the wall, when the machine slept, and when the
 * local time zone becomes another; keeps the zones that calendar expressions name. Costs nothing
 * until a timer unit asks. */

#include <systemd/sd-event.h>

#include "calendar/time_zone.h"
#include "host/host.h"

typedef struct ClockWatch ClockWatch;

/* Begins to watch. -errno. */
int clock_watch_new(Host *host, ClockWatch **ret);

/* Ends watching and forgets the zones; NULL. */
ClockWatch *clock_watch_free(ClockWatch *watch);
DEFINE_AUTO(ClockWatch *, clock_watch_free);

/* The zone of this name, NULL = the local one; owned by the watch. NULL (UTC) when there is none.
 */
const TimeZone *clock_watch_zone(ClockWatch *watch, const char *name);
