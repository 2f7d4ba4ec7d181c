/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* So many messages per unit and interval (journald.conf(5)). */

#include <stdbool.h>
#include <stdint.h>

#include "base/hashtable.h"
#include "base/list.h"

typedef struct RateLimitRule {
        uint64_t interval_usec, burst; /* one of them 0 = no limit */
} RateLimitRule;

typedef struct RateLimits {
        HashTable *units; /* owned, with its values */
        ListLink order;   /* least recently used first */
} RateLimits;

/* The burst while so many bytes may still be stored: the table of journald.conf(5). */
uint64_t rate_limit_burst(uint64_t burst, uint64_t room);

/* No unit has sent anything yet. -ENOMEM. */
int rate_limits_init(RateLimits *limits);

/* Whether a message of a unit may pass. When the first one of a new interval passes, `ret_missed`
 * says how many did not in the last one, else it is 0. */
bool rate_limits_pass(RateLimits *limits,
                      const char *unit,
                      const RateLimitRule *rule,
                      uint64_t now_usec,
                      uint64_t *ret_missed);

/* Releases all. */
void rate_limits_done(RateLimits *limits);
