/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/time_text.h"

#include <time.h>

#include "base/duration.h"
#include "base/macros.h"

void time_print(uint64_t realtime_usec, StrBuf *out) {
        time_t seconds = (time_t)(realtime_usec / USEC_PER_SEC);
        struct tm parts;
        char text[64];

        if (realtime_usec == 0 || realtime_usec == USEC_INFINITY ||
            !localtime_r(&seconds, &parts) ||
            strftime(text, sizeof(text), "%a %Y-%m-%d %H:%M:%S %Z", &parts) == 0) {
                strbuf_add_char(out, '-');
                return;
        }
        strbuf_add(out, text);
}

void time_print_clock(uint64_t realtime_usec, StrBuf *out) {
        time_t seconds = (time_t)(realtime_usec / USEC_PER_SEC);
        struct tm parts;

        if (!localtime_r(&seconds, &parts)) {
                strbuf_add_char(out, '-');
                return;
        }
        strbuf_addf(out,
                    "%02d:%02d:%02d.%03u",
                    parts.tm_hour,
                    parts.tm_min,
                    parts.tm_sec,
                    (unsigned)(realtime_usec / USEC_PER_MSEC % 1000));
}

/* What is left out of a span of this length. */
static uint64_t accuracy(uint64_t span_usec) {
        static const struct {
                uint64_t above_usec, accuracy_usec;
        } rows[] = {
                { USEC_PER_MONTH, USEC_PER_DAY },   { USEC_PER_DAY, USEC_PER_HOUR },
                { USEC_PER_HOUR, USEC_PER_MINUTE }, { USEC_PER_SEC, USEC_PER_SEC },
                { USEC_PER_MSEC, USEC_PER_MSEC },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
                if (span_usec >= rows[i].above_usec)
                        return rows[i].accuracy_usec;
        return 1;
}

void time_print_relative(uint64_t realtime_usec, uint64_t now_usec, StrBuf *out) {
        bool is_past = realtime_usec <= now_usec;
        uint64_t span_usec = is_past ? now_usec - realtime_usec : realtime_usec - now_usec;

        if (!is_past)
                strbuf_add(out, "in ");
        duration_print(out, span_usec, accuracy(span_usec));
        if (is_past)
                strbuf_add(out, " ago");
}
