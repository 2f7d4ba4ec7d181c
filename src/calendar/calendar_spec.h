/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Calendar expressions of systemd.time(7) ("Mon..Fri *-*-* 09:00/2 Europe/Berlin"): parsed, printed
 * in canonical form, and the next or previous moment that matches. Immutable once parsed. The
 * answers are those of systemd 252, also where clocks are changed. */

#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "calendar/time_zone.h"

#define CALENDAR_TEXT_MAX 4096  /* bytes of an expression */
#define CALENDAR_RANGES_MAX 240 /* of one part */
#define CALENDAR_YEAR_MIN 1970
#define CALENDAR_YEAR_MAX 2199

/* "5", "5..9", "5/2", "5..9/2". */
typedef struct CalendarRange {
        int start;
        int stop;   /* -1 = none */
        int repeat; /* 0 = never */
} CalendarRange;

typedef enum CalendarPart {
        CALENDAR_YEAR,
        CALENDAR_MONTH,
        CALENDAR_DAY,
        CALENDAR_HOUR,
        CALENDAR_MINUTE,
        CALENDAR_USEC, /* seconds, counted in microseconds */
        CALENDAR_PART_COUNT
} CalendarPart;

/* The list of one part, sorted; empty means any ("*"). */
typedef struct CalendarList {
        CalendarRange *ranges; /* owned */
        unsigned n_ranges;
} CalendarList;

typedef struct CalendarSpec {
        CalendarList parts[CALENDAR_PART_COUNT];
        int weekdays;      /* bit 0 Monday to bit 6 Sunday; -1 = any */
        bool end_of_month; /* days count from the end ("~") */
        bool utc;
        int dst;               /* 0 or 1: the local zone's standard or daylight time was named */
        char abbreviation[16]; /* that name, in the zone's own spelling */
        char *zone;            /* owned; NULL = local, or UTC */
} CalendarSpec;

/* Parses an expression. -EINVAL when it is none, -ERANGE and -ENOBUFS when it is beyond the limits.
 * Looks at the zones of the system when the last word may be one. */
int calendar_parse(Str text, CalendarSpec **ret);

/* Releases an expression; NULL. */
CalendarSpec *calendar_free(CalendarSpec *spec);
DEFINE_AUTO(CalendarSpec *, calendar_free);

/* The canonical text, which parses to the same. */
void calendar_print(const CalendarSpec *spec, StrBuf *out);

/* Numbers of sort order and shape for each part; used while parsing. -EINVAL when a value is out of
 * its range. Internal to the folder. */
int calendar_normalize(CalendarSpec *spec);

/* The first match after `usec` (since 1970), by the clocks of `zone`: the zone that spec->zone
 * names, else the local one. -ENOENT when there is none before 2200. -EDEADLK when clocks go back
 * over all candidates. */
int calendar_next(const CalendarSpec *spec,
                  const TimeZone *zone,
                  uint64_t usec,
                  uint64_t *ret_usec);

/* The last match before `usec`; -ENOENT when there is none. */
int calendar_previous(const CalendarSpec *spec,
                      const TimeZone *zone,
                      uint64_t usec,
                      uint64_t *ret_usec);
