/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The rule that a zone follows after its last listed change, as tzset(3) writes it:
 * "CET-1CEST,M3.5.0,M10.5.0/3". */

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ZONE_NAME_MAX 15 /* of an abbreviation */

/* What holds for a while in a zone. */
typedef struct ZonePeriod {
        int32_t offset; /* seconds east of Greenwich */
        bool is_dst;
        char abbreviation[ZONE_NAME_MAX + 1];
} ZonePeriod;

typedef enum ZoneDayForm {
        ZONE_DAY_OF_MONTH, /* Mm.w.d */
        ZONE_DAY_JULIAN,   /* Jn: 1 to 365, the leap day is never counted */
        ZONE_DAY_OF_YEAR,  /* n: 0 to 365 */
} ZoneDayForm;

/* When in a year the clock is changed. */
typedef struct ZoneChange {
        ZoneDayForm form;
        int month, week, day;
        int32_t seconds; /* of that day, by the clock before the change */
} ZoneChange;

typedef struct ZoneRule {
        ZonePeriod standard, daylight;
        bool has_daylight;
        ZoneChange to_daylight, to_standard;
} ZoneRule;

/* Reads a rule; -EINVAL when it is none. */
int zone_rule_parse(Str text, ZoneRule *ret);

/* What holds at this moment (seconds since 1970). Never NULL. */
const ZonePeriod *zone_rule_at(const ZoneRule *rule, int64_t seconds);
