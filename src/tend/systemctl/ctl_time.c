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

void ctl_print_bytes(uint64_t bytes, StrBuf *out) {
        static const char suffixes[] = "KMGTPE";
        unsigned power = 0;

        while (power < sizeof(suffixes) - 1 && bytes >> (10 * (power + 1)) > 0)
                power++;
        if (power == 0) {
                strbuf_addf(out, "%lluB", (unsigned long long)bytes);
                return;
        }
        unsigned shift = 10 * power;
        uint64_t rest = bytes & ((UINT64_C(1) << shift) - 1);
        strbuf_addf(out,
                    "%llu.%llu%c",
                    (unsigned long long)(bytes >> shift),
                    (unsigned long long)((rest >> (shift - 10)) * 10 / 1024),
                    suffixes[power - 1]);
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
