/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/ctl_time.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/macros.h"

/* From `least_usec` on a span is told in these two units. */
static const struct {
        uint64_t least_usec, first_usec, second_usec;
        const char *first, *second; /* "" = short forms do not count one and many */
        bool is_word;
} spans[] = {
        { USEC_PER_YEAR, USEC_PER_YEAR, USEC_PER_MONTH, "year", "month", true },
        { USEC_PER_MONTH, USEC_PER_MONTH, USEC_PER_DAY, "month", "day", true },
        { USEC_PER_WEEK, USEC_PER_WEEK, USEC_PER_DAY, "week", "day", true },
        { 2 * USEC_PER_DAY, USEC_PER_DAY, 0, "day", NULL, true },
        { 25 * USEC_PER_HOUR, USEC_PER_DAY, USEC_PER_HOUR, " day", "h", false },
        { 6 * USEC_PER_HOUR, USEC_PER_HOUR, 0, "h", NULL, false },
        { USEC_PER_HOUR, USEC_PER_HOUR, USEC_PER_MINUTE, "h", "min", false },
        { 5 * USEC_PER_MINUTE, USEC_PER_MINUTE, 0, "min", NULL, false },
        { USEC_PER_MINUTE, USEC_PER_MINUTE, USEC_PER_SEC, "min", "s", false },
        { USEC_PER_SEC, USEC_PER_SEC, 0, "s", NULL, false },
        { USEC_PER_MSEC, USEC_PER_MSEC, 0, "ms", NULL, false },
        { 1, 1, 0, "us", NULL, false },
};

static void print_amount(uint64_t amount, const char *unit, bool is_word, StrBuf *out) {
        strbuf_addf(out,
                    "%llu%s%s%s",
                    (unsigned long long)amount,
                    is_word ? " " : "",
                    unit,
                    is_word && amount != 1 ? "s" : "");
}

void ctl_print_relative(uint64_t usec, uint64_t now_usec, StrBuf *out) {
        uint64_t span_usec = usec > now_usec ? usec - now_usec : now_usec - usec;

        if (usec == 0 || usec == USEC_INFINITY)
                return;
        if (span_usec == 0)
                strbuf_add(out, "now");
        for (size_t i = 0; i < ARRAY_LENGTH(spans); i++) {
                if (span_usec < spans[i].least_usec)
                        continue;
                uint64_t first = span_usec / spans[i].first_usec;
                print_amount(first, spans[i].first, spans[i].is_word, out);
                if (spans[i].second) {
                        uint64_t rest_usec = span_usec % spans[i].first_usec;
                        strbuf_add_char(out, ' ');
                        print_amount(rest_usec / spans[i].second_usec,
                                     spans[i].second,
                                     spans[i].is_word,
                                     out);
                }
                strbuf_add(out, usec > now_usec ? " left" : " ago");
                return;
        }
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
