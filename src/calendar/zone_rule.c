/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/zone_rule.h"

#include <errno.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "calendar/civil_time.h"

#define HOURS_MAX 167 /* tzset(3): hours of a change may be -167 to 167 */

static bool skip_char(Str *rest, char c) {
        if (rest->length == 0 || rest->data[0] != c)
                return false;
        *rest = (Str){ rest->data + 1, rest->length - 1 };
        return true;
}

static bool is_letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "CET" or "<-03>". */
static int next_name(Str *rest, char *ret_name) {
        bool quoted = skip_char(rest, '<');
        size_t length = 0;
        while (length < rest->length &&
               (quoted ? rest->data[length] != '>' : is_letter(rest->data[length])))
                length++;
        if (length < 3 || length > ZONE_NAME_MAX)
                return err_new(-EINVAL);
        memcpy(ret_name, rest->data, length);
        ret_name[length] = '\0';
        *rest = (Str){ rest->data + length, rest->length - length };
        return quoted && !skip_char(rest, '>') ? err_new(-EINVAL) : 0;
}

static int next_number(Str *rest, int low, int high, int *ret) {
        Str digits = str_next_digits(rest);
        uint64_t number;
        if (digits.length > 4 || parse_u64(digits, 10, &number) < 0)
                return err_new(-EINVAL);
        if ((int)number < low || (int)number > high)
                return err_new(-EINVAL);
        *ret = (int)number;
        return 0;
}

/* "[+-]hh[:mm[:ss]]" */
static int next_time(Str *rest, int32_t *ret_seconds) {
        int hour, minute = 0, second = 0;
        bool negative = skip_char(rest, '-');
        if (!negative)
                (void)skip_char(rest, '+'); /* may be there or not */
        int r = next_number(rest, 0, HOURS_MAX, &hour);
        if (r == 0 && skip_char(rest, ':'))
                r = next_number(rest, 0, 59, &minute);
        if (r == 0 && skip_char(rest, ':'))
                r = next_number(rest, 0, 59, &second);
        if (r < 0)
                return err_pass(r);
        *ret_seconds = (hour * 3600 + minute * 60 + second) * (negative ? -1 : 1);
        return 0;
}

static int next_month_day(Str *rest, ZoneChange *ret) {
        int r = next_number(rest, 1, 12, &ret->month);
        if (r == 0)
                r = skip_char(rest, '.') ? next_number(rest, 1, 5, &ret->week) : -EINVAL;
        if (r == 0)
                r = skip_char(rest, '.') ? next_number(rest, 0, 6, &ret->day) : -EINVAL;
        return err_pass(r);
}

static int next_change(Str *rest, ZoneChange *ret) {
        int r;
        *ret = (ZoneChange){ .form = ZONE_DAY_OF_YEAR, .seconds = 2 * 3600 };
        if (!skip_char(rest, ','))
                return err_new(-EINVAL);
        if (skip_char(rest, 'M')) {
                ret->form = ZONE_DAY_OF_MONTH;
                r = next_month_day(rest, ret);
        } else if (skip_char(rest, 'J')) {
                ret->form = ZONE_DAY_JULIAN;
                r = next_number(rest, 1, 365, &ret->day);
        } else
                r = next_number(rest, 0, 365, &ret->day);
        if (r == 0 && skip_char(rest, '/'))
                r = next_time(rest, &ret->seconds);
        return err_pass(r);
}

static int parse_daylight(Str rest, ZoneRule *rule) {
        int32_t west;
        int r = next_name(&rest, rule->daylight.abbreviation);
        if (r < 0)
                return err_pass(r);
        rule->has_daylight = true;
        rule->daylight.is_dst = true;
        rule->daylight.offset = rule->standard.offset + 3600;
        if (rest.length > 0 && rest.data[0] != ',') {
                r = next_time(&rest, &west);
                if (r < 0)
                        return err_pass(r);
                rule->daylight.offset = -west;
        }
        if (rest.length == 0) /* tzset(3): the rule of the United States */
                rest = STR_LITERAL(",M3.2.0,M11.1.0");
        r = next_change(&rest, &rule->to_daylight);
        if (r == 0)
                r = next_change(&rest, &rule->to_standard);
        if (r < 0)
                return err_pass(r);
        return rest.length > 0 ? err_new(-EINVAL) : 0;
}

int zone_rule_parse(Str text, ZoneRule *ret) {
        ZoneRule rule = { 0 };
        int32_t west;
        int r = next_name(&text, rule.standard.abbreviation);
        if (r == 0)
                r = next_time(&text, &west);
        if (r < 0)
                return err_pass(r);
        rule.standard.offset = -west;
        if (text.length > 0)
                r = parse_daylight(text, &rule);
        if (r < 0)
                return err_pass(r);
        *ret = rule;
        return 0;
}

/* The day of a change in days since 1970. */
static int64_t change_day(const ZoneChange *change, int64_t year) {
        int64_t first = civil_days(year, 1, 1);
        if (change->form == ZONE_DAY_OF_YEAR)
                return first + change->day;
        if (change->form == ZONE_DAY_JULIAN) {
                bool is_leap = civil_month_length(year, 2) == 29;
                return first + change->day - 1 + (is_leap && change->day >= 60);
        }
        int64_t day = civil_days(year, change->month, 1);
        int weekday = (int)((day % 7 + 7 + 4) % 7); /* 0 = Sunday */
        day += (change->day - weekday + 7) % 7 + 7 * (change->week - 1);
        int64_t after =
                civil_days(year, change->month, 1) + civil_month_length(year, change->month);
        while (day >= after) /* the 5th means the last */
                day -= 7;
        return day;
}

const ZonePeriod *zone_rule_at(const ZoneRule *rule, int64_t seconds) {
        CivilTime civil;
        if (!rule->has_daylight)
                return &rule->standard;
        civil_from_seconds(seconds, &civil);
        int64_t start = change_day(&rule->to_daylight, civil.year) * 86400 +
                        rule->to_daylight.seconds - rule->standard.offset;
        int64_t end = change_day(&rule->to_standard, civil.year) * 86400 +
                      rule->to_standard.seconds - rule->daylight.offset;
        bool is_dst =
                start < end ? seconds >= start && seconds < end : seconds >= start || seconds < end;
        return is_dst ? &rule->daylight : &rule->standard;
}
