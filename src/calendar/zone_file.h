/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What a zone file holds (tzfile(5)): the list of past changes and the rule that follows. Internal
 * to the folder; others use time_zone.h. */

#include "calendar/time_zone.h"
#include "calendar/zone_rule.h"

/* UTC, and a zone that follows one rule at all times (TZ=EST5EDT); -EINVAL when it is no rule. */
int zone_file_make_utc(TimeZone **ret);
int zone_file_make_rule(Str rule, TimeZone **ret);

/* What holds at this moment. Never NULL. */
const ZonePeriod *zone_file_at(const TimeZone *zone, int64_t seconds);
