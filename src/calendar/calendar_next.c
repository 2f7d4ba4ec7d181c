/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/calendar_spec.h"

#include <errno.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"

#define ITERATIONS_MAX 1000 /* as systemd: beyond, there is no match */

/* A date on its way to the next match. `at` is rounded up part by part, from the year down. */
typedef struct CalendarWalk {
        const CalendarSpec *spec;
        ZoneCursor cursor;
        CivilTime at;
        int usec; /* below the second */
        /* Daylight saving that `at` is meant to have (1, 0; -1 = whatever fits): what the clocks
         * showed just now, else spec->dst. */
        int want_dst;
        bool keeps_dst;
        bool is_shown;   /* clocks show `at` as it stands, at `seconds`: no need to look again */
        int64_t seconds; /* since 1970 */
} CalendarWalk;

typedef enum WalkStep {
        WALK_FITS = 0,  /* the part was right or is now; go on with the next smaller one */
        WALK_AGAIN = 1, /* clocks do not show this time: start over from what they show */
        WALK_CARRY = 2, /* no value left: the part above must be counted up */
} WalkStep;

/* Clears all parts below this one. */
static void clear_below(CalendarWalk *walk, CalendarPart part) {
        CivilTime *at = &walk->at;
        walk->is_shown = false;
        if (part < CALENDAR_MONTH)
                at->month = 1;
        if (part < CALENDAR_DAY)
                at->day = 1;
        if (part < CALENDAR_HOUR)
                at->hour = 0;
        if (part < CALENDAR_MINUTE)
                at->minute = 0;
        if (part < CALENDAR_USEC)
                at->second = walk->usec = 0;
}

static int part_of(const CalendarWalk *walk, CalendarPart part) {
        const CivilTime *at = &walk->at;
        switch (part) {
        case CALENDAR_YEAR:
                return (int)at->year;
        case CALENDAR_MONTH:
                return at->month;
        case CALENDAR_DAY:
                return at->day;
        case CALENDAR_HOUR:
                return at->hour;
        case CALENDAR_MINUTE:
                return at->minute;
        case CALENDAR_USEC:
        case CALENDAR_PART_COUNT:
                break;
        }
        return at->second * (int)USEC_PER_SEC + walk->usec;
}

static void set_part(CalendarWalk *walk, CalendarPart part, int value) {
        CivilTime *at = &walk->at;
        int *const places[] = {
                [CALENDAR_MONTH] = &at->month,
                [CALENDAR_DAY] = &at->day,
                [CALENDAR_HOUR] = &at->hour,
                [CALENDAR_MINUTE] = &at->minute,
        };
        if (part == CALENDAR_YEAR)
                at->year = value;
        else if (part == CALENDAR_USEC) {
                at->second = value / (int)USEC_PER_SEC;
                walk->usec = value % (int)USEC_PER_SEC;
        } else
                *places[part] = value;
}

/* The n-th day from the end of the month at hand, -1 when it has not so many. */
static int day_from_end(const CalendarWalk *walk, int n) {
        int day = n >= 0 ? civil_month_length(walk->at.year, walk->at.month) + 1 - n : -1;
        return day >= 1 ? day : -1;
}

/* The first value of the list that is not below `value`; -ENOENT. */
static int round_up(const CalendarWalk *walk, CalendarPart part, int value, int *ret) {
        const CalendarList *list = &walk->spec->parts[part];
        bool found = false;
        int best = 0;
        for (unsigned i = 0; i < list->n_ranges; i++) {
                CalendarRange range = list->ranges[i];
                if (part == CALENDAR_DAY && walk->spec->end_of_month) {
                        int first = day_from_end(walk, range.start);
                        int last = day_from_end(walk, range.stop);
                        range.start = last > 0 ? last : first;
                        range.stop = last > 0 ? first : last;
                }
                int candidate = range.start;
                if (range.start < value) {
                        if (range.repeat == 0)
                                continue;
                        int behind = value - range.start;
                        candidate += (behind + range.repeat - 1) / range.repeat * range.repeat;
                        if (range.stop >= 0 && candidate > range.stop)
                                continue;
                }
                if (!found || candidate < best)
                        best = candidate;
                found = true;
        }
        if (!found)
                return err_new(-ENOENT);
        *ret = best;
        return 0;
}

/* What was beyond its range went over into the part above (the 33rd of March into the 2nd of
 * April): the part itself begins anew, so that nothing in between is passed over. */
static void begin_anew(CivilTime *shown, const CivilTime *asked) {
        if (shown->year != asked->year)
                shown->month = 1;
        else if (shown->month != asked->month)
                shown->day = 1;
        else if (shown->day != asked->day)
                shown->hour = 0;
        else if (shown->hour != asked->hour)
                shown->minute = 0;
        else if (shown->minute != asked->minute)
                shown->second = 0;
}

/* Looks up `at`; -errno. To do it once more would tell the same where the answer was plain,
 * whatever saving is wished that fits it. */
static int look_up(CalendarWalk *walk, CivilTime *shown) {
        walk->is_shown = false;
        *shown = walk->at;
        int r = zone_cursor_find(&walk->cursor, walk->want_dst, shown, &walk->seconds);
        if (r >= 0)
                walk->is_shown = walk->cursor.is_plain && walk->seconds >= 0 &&
                                 shown->year <= CALENDAR_YEAR_MAX;
        return err_pass(r);
}

/* Whether clocks show this time: WALK_FITS, WALK_AGAIN with what they show instead, or WALK_CARRY
 * when that lies before or cannot be reached. */
static WalkStep check_bounds(CalendarWalk *walk) {
        CivilTime shown;
        if (walk->is_shown)
                return WALK_FITS;
        if (walk->at.year > CALENDAR_YEAR_MAX)
                return WALK_CARRY;
        if (look_up(walk, &shown) < 0 || walk->seconds < 0)
                return WALK_CARRY;
        int order = civil_compare(&shown, &walk->at);
        walk->is_shown &= order == 0;
        if (order < 0)
                return WALK_CARRY;
        if (order > 0)
                begin_anew(&shown, &walk->at);
        walk->at = shown;
        if (order == 0)
                return WALK_FITS;
        walk->want_dst = shown.is_dst;
        return WALK_AGAIN;
}

static bool suits_weekday(const CalendarWalk *walk) {
        CivilTime shown = walk->at;
        ZoneCursor cursor = walk->cursor;
        int64_t seconds;
        if (walk->spec->weekdays < 0)
                return true;
        if (!walk->is_shown &&
            (zone_cursor_find(&cursor, walk->want_dst, &shown, &seconds) < 0 || seconds < 0))
                return false;
        return walk->spec->weekdays & 1 << shown.weekday;
}

static WalkStep step_part(CalendarWalk *walk, CalendarPart part) {
        int value = part_of(walk, part), next = value;
        if (walk->spec->parts[part].n_ranges > 0 && round_up(walk, part, value, &next) < 0)
                return WALK_CARRY;
        if (next != value) {
                set_part(walk, part, next);
                clear_below(walk, part);
        }
        WalkStep step = check_bounds(walk);
        if (step == WALK_FITS && part == CALENDAR_DAY && !suits_weekday(walk)) {
                walk->at.day++;
                clear_below(walk, CALENDAR_DAY);
                return WALK_AGAIN;
        }
        return step;
}

/* One pass over all parts: WALK_FITS, WALK_AGAIN, or -ENOENT. */
static int pass(CalendarWalk *walk) {
        for (CalendarPart part = CALENDAR_YEAR; part < CALENDAR_PART_COUNT; part++) {
                WalkStep step = step_part(walk, part);
                if (part == CALENDAR_YEAR && step != WALK_FITS)
                        return err_new(-ENOENT);
                if (step == WALK_CARRY) {
                        CalendarPart above = part - 1;
                        set_part(walk, above, part_of(walk, above) + 1);
                        clear_below(walk, above);
                        return WALK_AGAIN;
                }
                if (step == WALK_AGAIN)
                        return WALK_AGAIN;
        }
        return WALK_FITS;
}

/* Brings the date into range, as clocks show it. */
static void settle(CalendarWalk *walk) {
        CivilTime shown;
        if (!walk->is_shown) {
                if (look_up(walk, &shown) < 0)
                        return; /* the bounds say so again */
                walk->at = shown;
        }
        walk->want_dst = walk->keeps_dst ? walk->at.is_dst : walk->spec->dst;
        walk->is_shown &= walk->want_dst < 0 || (walk->want_dst != 0) == walk->at.is_dst;
}

static int find_next(const CalendarSpec *spec,
                     const TimeZone *zone,
                     uint64_t usec,
                     bool keeps_dst,
                     uint64_t *ret_usec) {
        CalendarWalk walk = { .spec = spec,
                              .cursor.zone = spec->utc ? NULL : zone,
                              .keeps_dst = keeps_dst };

        time_zone_civil(walk.cursor.zone, (int64_t)(usec / USEC_PER_SEC), &walk.at);
        walk.cursor.offset = walk.at.offset;
        walk.want_dst = walk.at.is_dst;
        walk.usec = (int)(usec % USEC_PER_SEC);
        walk.seconds = (int64_t)(usec / USEC_PER_SEC);
        walk.is_shown = walk.at.year <= CALENDAR_YEAR_MAX;
        for (unsigned i = 0; i < ITERATIONS_MAX; i++) {
                settle(&walk);
                int r = pass(&walk);
                if (r < 0)
                        return err_pass(r);
                if (r != WALK_FITS)
                        continue;
                CivilTime shown;
                if (!walk.is_shown && (look_up(&walk, &shown) < 0 || walk.seconds < 0))
                        return err_new(-ENOENT);
                *ret_usec = (uint64_t)walk.seconds * USEC_PER_SEC + (uint64_t)walk.usec;
                return 0;
        }
        return err_new(-EDEADLK);
}

int calendar_next(const CalendarSpec *spec,
                  const TimeZone *zone,
                  uint64_t usec,
                  uint64_t *ret_usec) {
        uint64_t next;
        if (usec >= INT64_MAX)
                return err_new(-ENOENT);
        int r = find_next(spec, zone, usec + 1, false, &next);
        if (r == 0 && next <= usec) /* clocks were changed in between and led back */
                r = find_next(spec, zone, usec + 1, true, &next);
        if (r < 0)
                return err_pass(r);
        *ret_usec = next;
        return 0;
}

/* --- the other way --- */

/* A moment whose next match lies before `usec`, or -ENOENT. Looks back in steps that double. */
static int
find_before(const CalendarSpec *spec, const TimeZone *zone, uint64_t usec, uint64_t *ret_match) {
        for (uint64_t back = USEC_PER_SEC;; back *= 2) {
                uint64_t from = usec_sub(usec, back), match;
                if (calendar_next(spec, zone, from, &match) == 0 && match < usec) {
                        *ret_match = match;
                        return 0;
                }
                if (from == 0)
                        return err_new(-ENOENT);
        }
}

int calendar_previous(const CalendarSpec *spec,
                      const TimeZone *zone,
                      uint64_t usec,
                      uint64_t *ret_usec) {
        uint64_t best, low, high = usec, match;
        int r = find_before(spec, zone, usec, &best);
        if (r < 0)
                return err_pass(r);
        /* What follows `low` lies before `usec`, what follows `high` does not. */
        for (low = best; high - low > 1;) {
                uint64_t middle = low + (high - low) / 2;
                if (calendar_next(spec, zone, middle, &match) == 0 && match < usec)
                        low = best = match;
                else
                        high = middle;
        }
        if (calendar_next(spec, zone, best, &match) == 0 && match < usec)
                best = match;
        *ret_usec = best;
        return 0;
}
