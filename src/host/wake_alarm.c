/* SPDX-License-Identifier: Apache-2.0 */
#include "host/wake_alarm.h"

#include <errno.h>
#include <time.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "host/host_unit.h"

#define LATER_USEC                                                                                 \
        (10 * USEC_PER_MSEC) /* on a machine that is awake the timer itself comes first */

static int on_alarm(sd_event_source *source, uint64_t usec, void *userdata) {
        HostUnit *hu = userdata;
        const EngineEvent event = { .type = EVENT_TIMER, .unit = hu->unit };
        (void)source;
        (void)usec;
        host_queue_event(hu->host, &event);
        return 0;
}

static int make(HostUnit *hu, uint64_t at_usec) {
        int r = sd_event_add_time(
                hu->host->event, &hu->wake, CLOCK_BOOTTIME_ALARM, at_usec, 1, on_alarm, hu);
        return r == -EINVAL ? err_new(-EOPNOTSUPP) : err_pass(r);
}

int wake_alarm_set(Host *host, Unit *unit, uint64_t in_usec) {
        HostUnit *hu = host_unit_get(host, unit);
        uint64_t at = usec_add(clock_boottime_usec(), usec_add(in_usec, LATER_USEC));
        if (!hu)
                return err_new(-ENOMEM);
        if (in_usec == USEC_INFINITY)
                return hu->wake ? err_pass(sd_event_source_set_enabled(hu->wake, SD_EVENT_OFF)) : 0;
        if (!hu->wake)
                return err_pass(make(hu, at));
        int r = sd_event_source_set_time(hu->wake, at);
        return r < 0 ? err_pass(r)
                     : err_pass(sd_event_source_set_enabled(hu->wake, SD_EVENT_ONESHOT));
}
