/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/duration.h"
#include "calendar/calendar_spec.h"
#include "calendar/time_stamp.h"
#include "calendar/zone_rule.h"
#include "fuzz_input.h"

#define NOW (UINT64_C(1767229200) * USEC_PER_SEC)

static void require(bool truth) {
        if (!truth)
                abort();
}

/* What was printed reads as the same, and the next match lies ahead. */
static void check_calendar(Str text) {
        AUTO(calendar_free) CalendarSpec *spec = NULL, *again = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, out_again = STRBUF_INIT;
        uint64_t next, before;
        if (calendar_parse(text, &spec) < 0)
                return;
        calendar_print(spec, &out);
        require(calendar_parse(str_of(strbuf_text(&out)), &again) == 0);
        calendar_print(again, &out_again);
        require(streq(strbuf_text(&out), strbuf_text(&out_again)));
        if (calendar_next(spec, NULL, NOW, &next) == 0) {
                require(next > NOW);
                /* Not always the same: systemd's way forward passes over some matches when a step
                 * leads out of a minute, and ours with it. */
                require(calendar_previous(spec, NULL, next + 1, &before) < 0 || before <= next);
        }
}

static void check_stamp(Str text) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        uint64_t usec, again;
        if (time_stamp_parse(text, NOW, NULL, &usec) < 0)
                return;
        if (usec < USEC_PER_SEC || usec > TIME_STAMP_MAX_USEC)
                return;
        time_stamp_print(&out, usec, NULL);
        require(time_stamp_parse(str_of(strbuf_text(&out)), NOW, NULL, &again) == 0);
        require(again == usec - usec % USEC_PER_SEC);
}

static void check_zone(Str text) {
        AUTO(time_zone_free) TimeZone *zone = NULL;
        CivilTime at;
        ZoneRule rule;
        if (zone_rule_parse(text, &rule) == 0)
                (void)zone_rule_at(&rule, (int64_t)(NOW / USEC_PER_SEC));
        if (time_zone_parse(text, &zone) < 0)
                return;
        for (int64_t seconds = -4000000000; seconds < 9000000000; seconds += 500000000) {
                ZoneCursor cursor = { .zone = zone };
                int64_t found;
                time_zone_civil(zone, seconds, &at);
                (void)zone_cursor_find(&cursor, -1, &at, &found);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        Str text = { (const char *)data, size };
        check_calendar(text);
        check_stamp(text);
        check_zone(text);
        return 0;
}
