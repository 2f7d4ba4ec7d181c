/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/zone_file.h"

#include <errno.h>

#include "base/error.h"
#include "base/parse_value.h"

#define HEADER_SIZE 44
#define CHANGES_MAX 20000
#define PERIODS_MAX 256
#define LETTERS_MAX 2048
#define LEAPS_MAX 1000
#define FLAGS_MAX 1000
#define PERIOD_SIZE 6
#define OFFSET_MAX (48 * 3600)

struct TimeZone {
        ZonePeriod *periods; /* owned, at least one unless there is a rule alone */
        unsigned n_periods;
        int64_t *changes; /* owned, ascending */
        uint8_t *kinds;   /* owned, which period begins at each change */
        unsigned n_changes;
        unsigned first; /* the period before all changes */
        ZoneRule rule;
        bool has_rule;
};

/* The counts in a header. */
typedef struct ZoneHeader {
        uint32_t n_utc, n_standard, n_leaps, n_changes, n_periods, n_letters;
        char version;
} ZoneHeader;

TimeZone *time_zone_free(TimeZone *zone) {
        if (!zone)
                return NULL;
        free(zone->periods);
        free(zone->changes);
        free(zone->kinds);
        free(zone);
        return NULL;
}

static uint32_t read_u32(const char *bytes) {
        uint32_t value = 0;
        for (unsigned i = 0; i < 4; i++)
                value = value << 8 | (uint8_t)bytes[i];
        return value;
}

static int64_t read_change(const char *bytes, unsigned width) {
        if (width == 4)
                return (int32_t)read_u32(bytes);
        return (int64_t)((uint64_t)read_u32(bytes) << 32 | read_u32(bytes + 4));
}

/* Takes `length` bytes from the front. */
static int take(Str *rest, size_t length, const char **ret) {
        if (rest->length < length)
                return err_new(-EBADMSG);
        *ret = rest->data;
        *rest = (Str){ rest->data + length, rest->length - length };
        return 0;
}

static int take_header(Str *rest, ZoneHeader *ret) {
        const char *bytes;
        int r = take(rest, HEADER_SIZE, &bytes);
        if (r < 0)
                return err_pass(r);
        if (memcmp(bytes, "TZif", 4) != 0)
                return err_new(-EBADMSG);
        *ret = (ZoneHeader){
                .version = bytes[4],
                .n_utc = read_u32(bytes + 20),
                .n_standard = read_u32(bytes + 24),
                .n_leaps = read_u32(bytes + 28),
                .n_changes = read_u32(bytes + 32),
                .n_periods = read_u32(bytes + 36),
                .n_letters = read_u32(bytes + 40),
        };
        if (ret->n_utc > FLAGS_MAX || ret->n_standard > FLAGS_MAX || ret->n_leaps > LEAPS_MAX ||
            ret->n_changes > CHANGES_MAX || ret->n_periods > PERIODS_MAX || ret->n_periods == 0 ||
            ret->n_letters > LETTERS_MAX)
                return err_new(-EBADMSG);
        return 0;
}

static size_t tail_size(const ZoneHeader *header, unsigned width) {
        return (size_t)header->n_leaps * (width + 4) + header->n_standard + header->n_utc;
}

static size_t body_size(const ZoneHeader *header, unsigned width) {
        return (size_t)header->n_changes * (width + 1) + (size_t)header->n_periods * PERIOD_SIZE +
               header->n_letters + tail_size(header, width);
}

static int read_changes(TimeZone *zone, const ZoneHeader *header, unsigned width, Str *rest) {
        const char *times, *kinds;
        int r = take(rest, (size_t)header->n_changes * width, &times);
        if (r == 0)
                r = take(rest, header->n_changes, &kinds);
        if (r < 0)
                return err_pass(r);
        zone->changes = calloc(header->n_changes + 1, sizeof(*zone->changes));
        zone->kinds = calloc(header->n_changes + 1, sizeof(*zone->kinds));
        if (!zone->changes || !zone->kinds)
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < header->n_changes; i++) {
                zone->changes[i] = read_change(times + (size_t)i * width, width);
                zone->kinds[i] = (uint8_t)kinds[i];
                if (zone->kinds[i] >= header->n_periods ||
                    (i > 0 && zone->changes[i] <= zone->changes[i - 1]))
                        return err_new(-EBADMSG);
        }
        zone->n_changes = header->n_changes;
        return 0;
}

static int read_period(const char *bytes, Str letters, ZonePeriod *ret) {
        uint8_t place = (uint8_t)bytes[5];
        ret->offset = (int32_t)read_u32(bytes);
        ret->is_dst = bytes[4] != 0;
        if (place >= letters.length || ret->offset < -OFFSET_MAX || ret->offset > OFFSET_MAX)
                return err_new(-EBADMSG);
        for (unsigned i = 0; i < ZONE_NAME_MAX; i++) {
                if (place + i >= letters.length || letters.data[place + i] == '\0')
                        break;
                ret->abbreviation[i] = letters.data[place + i];
        }
        return 0;
}

static int read_periods(TimeZone *zone, const ZoneHeader *header, Str *rest) {
        const char *bytes, *letters;
        int r = take(rest, (size_t)header->n_periods * PERIOD_SIZE, &bytes);
        if (r == 0)
                r = take(rest, header->n_letters, &letters);
        if (r < 0)
                return err_pass(r);
        zone->periods = calloc(header->n_periods, sizeof(*zone->periods));
        if (!zone->periods)
                return err_new(-ENOMEM);
        zone->n_periods = header->n_periods;
        for (unsigned i = 0; i < zone->n_periods; i++) {
                r = read_period(bytes + (size_t)i * PERIOD_SIZE,
                                (Str){ letters, header->n_letters },
                                &zone->periods[i]);
                if (r < 0)
                        return err_pass(r);
        }
        while (zone->first < zone->n_periods && zone->periods[zone->first].is_dst)
                zone->first++;
        if (zone->first == zone->n_periods)
                zone->first = 0;
        return 0;
}

/* "\nRULE\n" behind the second body; an empty or unknown rule leaves the last change in force. */
static void read_footer(TimeZone *zone, Str rest) {
        Str line;
        if (rest.length < 2 || rest.data[0] != '\n')
                return;
        rest = (Str){ rest.data + 1, rest.length - 1 };
        zone->has_rule = str_next_part(&rest, '\n', &line) && line.length > 0 &&
                         zone_rule_parse(line, &zone->rule) == 0;
}

int time_zone_parse(Str bytes, TimeZone **ret) {
        AUTO(time_zone_free) TimeZone *zone = calloc(1, sizeof(*zone));
        const char *skipped;
        ZoneHeader header;
        unsigned width = 4;
        if (!zone)
                return err_new(-ENOMEM);
        int r = take_header(&bytes, &header);
        if (r == 0 && header.version >= '2') { /* the first body is for readers of 1980 */
                width = 8;
                r = take(&bytes, body_size(&header, 4), &skipped);
                if (r == 0)
                        r = take_header(&bytes, &header);
        }
        if (r == 0)
                r = read_changes(zone, &header, width, &bytes);
        if (r == 0)
                r = read_periods(zone, &header, &bytes);
        if (r == 0)
                r = take(&bytes, tail_size(&header, width), &skipped);
        if (r < 0)
                return err_pass(r);
        if (width == 8)
                read_footer(zone, bytes);
        *ret = STEAL(zone);
        return 0;
}

int zone_file_make_rule(Str rule, TimeZone **ret) {
        AUTO(time_zone_free) TimeZone *zone = calloc(1, sizeof(*zone));
        if (!zone)
                return err_new(-ENOMEM);
        int r = zone_rule_parse(rule, &zone->rule);
        if (r < 0)
                return err_pass(r);
        zone->has_rule = true;
        *ret = STEAL(zone);
        return 0;
}

int zone_file_make_utc(TimeZone **ret) {
        return err_pass(zone_file_make_rule(STR_LITERAL("UTC0"), ret));
}

const ZonePeriod *zone_file_at(const TimeZone *zone, int64_t seconds) {
        unsigned low = 0, high = zone->n_changes; /* changes below `low` are not after `seconds` */
        if (zone->n_changes > 0 && seconds < zone->changes[0])
                return &zone->periods[zone->first];
        if (zone->has_rule &&
            (zone->n_changes == 0 || seconds >= zone->changes[zone->n_changes - 1]))
                return zone_rule_at(&zone->rule, seconds);
        if (zone->n_changes == 0)
                return &zone->periods[zone->first];
        while (low < high) {
                unsigned middle = low + (high - low) / 2;
                if (zone->changes[middle] <= seconds)
                        low = middle + 1;
                else
                        high = middle;
        }
        return &zone->periods[zone->kinds[low - 1]];
}

const char *time_zone_abbreviation(const TimeZone *zone, bool is_dst) {
        if (!zone)
                return is_dst ? "" : "UTC";
        if (zone->has_rule && (!is_dst || zone->rule.has_daylight))
                return is_dst ? zone->rule.daylight.abbreviation : zone->rule.standard.abbreviation;
        for (unsigned i = zone->n_changes; i > 0; i--) {
                const ZonePeriod *period = &zone->periods[zone->kinds[i - 1]];
                if (period->is_dst == is_dst)
                        return period->abbreviation;
        }
        return !is_dst && zone->n_periods > 0 ? zone->periods[zone->first].abbreviation : "";
}
