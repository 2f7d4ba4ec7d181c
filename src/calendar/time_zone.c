/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/time_zone.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/strbuf.h"
#include "calendar/zone_file.h"

#define ZONE_DIRECTORY "/usr/share/zoneinfo/"
#define ZONE_FILE_MAX (256 * 1024)

/* Letters, digits, "-_+", and single slashes inside. */
static bool is_zone_name(Str name) {
        char before = '/';
        for (size_t i = 0; i < name.length; i++) {
                char c = name.data[i];
                bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                                (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '+';
                if (!is_plain && (c != '/' || before == '/'))
                        return false;
                before = c;
        }
        return name.length > 0 && name.length < NAME_MAX && before != '/';
}

bool time_zone_exists(Str name) {
        static const char magic[] = { 'T', 'Z', 'i', 'f' };
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        char head[sizeof(magic)];
        struct stat st;

        if (str_equal_c(name, "UTC"))
                return true;
        if (!is_zone_name(name))
                return false;
        strbuf_add(&path, ZONE_DIRECTORY);
        strbuf_add_str(&path, name);
        if (strbuf_result(&path) < 0)
                return false;
        AUTO_FD int fd = open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
               read(fd, head, sizeof(head)) == sizeof(head) &&
               memcmp(head, magic, sizeof(magic)) == 0;
}

static int load_path(const char *path, TimeZone **ret) {
        AUTO_FREE char *bytes = NULL;
        size_t length;
        int r = file_read(path, ZONE_FILE_MAX, &bytes, &length, NULL);
        if (r < 0)
                return err_pass(r);
        return err_pass(time_zone_parse((Str){ bytes, length }, ret));
}

int time_zone_load(const char *name, TimeZone **ret) {
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
        if (!is_zone_name(str_of(name)))
                return err_new(-ENOENT);
        strbuf_addf(&path, "%s%s", ZONE_DIRECTORY, name);
        if (strbuf_result(&path) < 0)
                return err_new(-ENOMEM);
        int r = load_path(path.data, ret);
        return r == -ENOENT && streq(name, "UTC") ? err_pass(zone_file_make_utc(ret)) : err_pass(r);
}

int time_zone_load_local(TimeZone **ret) {
        const char *name = getenv("TZ");
        int r;
        if (!name)
                r = load_path("/etc/localtime", ret);
        else {
                name += name[0] == ':';
                r = name[0] == '/' ? load_path(name, ret) : time_zone_load(name, ret);
                if (r < 0 && r != -ENOMEM)
                        r = zone_file_make_rule(str_of(name), ret);
        }
        if (r < 0 && r != -ENOMEM) /* tzset(3): what cannot be read is UTC */
                r = zone_file_make_utc(ret);
        return err_pass(r);
}

static const ZonePeriod utc_period = { .abbreviation = "UTC" };

static const ZonePeriod *period_at(const TimeZone *zone, int64_t seconds) {
        return zone ? zone_file_at(zone, seconds) : &utc_period;
}

void time_zone_civil(const TimeZone *zone, int64_t seconds, CivilTime *ret) {
        const ZonePeriod *period = period_at(zone, seconds);
        civil_from_seconds(seconds + period->offset, ret);
        ret->offset = period->offset;
        ret->is_dst = period->is_dst;
        ret->abbreviation = period->abbreviation;
}

/* --- from clocks to moments --- */

#define PROBES_MAX 6
/* Where a time with the other kind of saving is looked for: a week at a time, seven years around;
 * the steps are those of mktime(3), for its answers. */
#define STRIDE 601200
#define SECONDS_SAVED 3600
#define REACH (457243209 / 2 + STRIDE)

/* Comes near the moment by the error of the last guess. In a gap the guesses go back and forth, and
 * daylight saving wins. */
static int approach(const ZoneCursor *cursor,
                    int64_t shown,
                    int want_dst,
                    int64_t *ret,
                    const ZonePeriod **ret_period) {
        int64_t guess = shown - cursor->offset, last = guess, before_last = guess;
        bool last_was_dst = false;
        for (unsigned probes = 0; probes < PROBES_MAX; probes++) {
                const ZonePeriod *period = period_at(cursor->zone, guess);
                int64_t next = shown - period->offset;
                bool swings = guess == before_last && guess != last;
                bool suits = want_dst < 0 ? last_was_dst <= period->is_dst
                                          : (want_dst != 0) != period->is_dst;
                if (next == guess || (swings && suits)) {
                        *ret = guess;
                        *ret_period = period;
                        return next == guess ? 0 : 1;
                }
                before_last = last;
                last = guess;
                guess = next;
                last_was_dst = period->is_dst;
        }
        return err_new(-ERANGE);
}

/* The same clock time with the offset of the nearest period that saves as is wished; where there is
 * none, saving is an hour. */
static int64_t with_saving(const TimeZone *zone, int64_t shown, int want_dst, int64_t found) {
        for (int64_t delta = STRIDE; delta < REACH; delta += STRIDE)
                for (int direction = -1; direction <= 1; direction += 2) {
                        const ZonePeriod *near = period_at(zone, found + direction * delta);
                        if (near->is_dst == (want_dst != 0))
                                return shown - near->offset;
                }
        if (!zone)
                return found;
        return want_dst != 0 ? found - SECONDS_SAVED : found + SECONDS_SAVED;
}

static bool is_in_range(const CivilTime *civil) {
        return civil->month >= 1 && civil->month <= 12 && civil->day >= 1 &&
               (civil->day <= 28 || civil->day <= civil_month_length(civil->year, civil->month)) &&
               civil->hour >= 0 && civil->hour < 24 && civil->minute >= 0 && civil->minute < 60 &&
               civil->second >= 0 && civil->second < 60;
}

/* Clocks show this date as it stands: what is known of the moment needs no look at the parts. */
static void complete(CivilTime *civil, int64_t shown, const ZonePeriod *period) {
        civil->weekday = civil_weekday(shown);
        civil->offset = period->offset;
        civil->is_dst = period->is_dst;
        civil->abbreviation = period->abbreviation;
}

int zone_cursor_find(ZoneCursor *cursor, int want_dst, CivilTime *civil, int64_t *ret_seconds) {
        int64_t shown = civil_to_seconds(civil), found;
        const ZonePeriod *period;
        int r = approach(cursor, shown, want_dst, &found, &period);
        if (r < 0)
                return err_pass(r);
        bool is_shown = r == 0;
        if (is_shown && want_dst >= 0 && period->is_dst != (want_dst != 0)) {
                found = with_saving(cursor->zone, shown, want_dst, found);
                is_shown = false;
        }
        cursor->offset = shown - found;
        cursor->is_plain = is_shown;
        if (is_shown && is_in_range(civil))
                complete(civil, shown, period);
        else
                time_zone_civil(cursor->zone, found, civil);
        *ret_seconds = found;
        return 0;
}
