/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/ctl_time.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/macros.h"
#include "calendar/time_stamp.h"

void ctl_print_relative(uint64_t usec, uint64_t now_usec, StrBuf *out) {
        if (usec != 0 && usec != USEC_INFINITY)
                time_stamp_print_relative(out, usec, now_usec);
}

uint64_t ctl_next_elapse(const UnitView *view) {
        uint64_t monotonic_usec = view->next_monotonic_usec, realtime_usec = view->next_usec;

        if (realtime_usec == 0)
                realtime_usec = USEC_INFINITY;
        if (monotonic_usec == 0 || monotonic_usec == USEC_INFINITY)
                return realtime_usec;
        uint64_t now_usec = clock_monotonic_usec(), converted_usec = clock_realtime_usec();
        if (monotonic_usec > now_usec)
                converted_usec = usec_add(converted_usec, monotonic_usec - now_usec);
        else
                converted_usec = usec_sub(converted_usec, now_usec - monotonic_usec);
        return MIN(realtime_usec, converted_usec);
}
