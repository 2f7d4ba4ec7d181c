/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Time zones by name, read from the zone files of the system (tzfile(5)) without touching TZ or the
 * C library's idea of the local zone. A NULL zone is UTC everywhere. Immutable once loaded. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/str.h"
#include "calendar/civil_time.h"

typedef struct TimeZone TimeZone;

/* Whether there is a zone of this name ("Europe/Berlin"; "UTC" always); looks at the disk. */
bool time_zone_exists(Str name);

/* Loads a zone by name. -ENOENT when there is none, -EBADMSG when its file is damaged. */
int time_zone_load(const char *name, TimeZone **ret);

/* Loads the zone of this process: TZ from the environment, else /etc/localtime, else UTC. */
int time_zone_load_local(TimeZone **ret);

/* Makes a zone of the bytes of a zone file; -EBADMSG when they are none. */
int time_zone_parse(Str bytes, TimeZone **ret);

/* Releases a zone; NULL. */
TimeZone *time_zone_free(TimeZone *zone);
DEFINE_AUTO(TimeZone *, time_zone_free);

/* What clocks show at this moment (seconds since 1970). */
void time_zone_civil(const TimeZone *zone, int64_t seconds, CivilTime *ret);

/* The abbreviation in use now without (false) or with daylight saving, "" when there is none. */
const char *time_zone_abbreviation(const TimeZone *zone, bool is_dst);

/* For conversions of local time: what the last one found is where the next one begins, which
 * decides moments that exist twice as mktime(3) does. */
typedef struct ZoneCursor {
        const TimeZone *zone; /* NULL = UTC */
        int64_t offset;       /* of the last answer */
        bool is_plain; /* the last answer: clocks show just this, and would be found so again */
} ZoneCursor;

/* The moment at which clocks show `civil`, whose values may be beyond their range, and which is
 * brought into range by it. `want_dst` 1 or 0 asks for daylight saving or standard time, -1 for
 * what fits. A time that clocks leap over gives a moment beside it. -ERANGE when there is none. */
int zone_cursor_find(ZoneCursor *cursor, int want_dst, CivilTime *civil, int64_t *ret_seconds);
