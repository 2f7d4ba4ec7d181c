/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/rate_limit.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/str.h"

#define UNITS_MAX 2047

typedef struct UnitLimit {
        char *unit;          /* owned, the key */
        uint64_t begin_usec; /* of the interval */
        uint64_t n_passed, n_missed;
        ListLink link;
} UnitLimit;

/* Within the table's powers of two it goes up evenly. */
uint64_t rate_limit_burst(uint64_t burst, uint64_t room) {
        unsigned power = 0;

        while (room > 1) {
                room /= 2;
                power++;
        }
        if (power <= 20 || burst > UINT64_MAX / 64)
                return burst;
        return burst * (power - 16) / 4;
}

int rate_limits_init(RateLimits *limits) {
        list_init(&limits->order);
        limits->units = hashtable_new_string();
        return limits->units ? 0 : err_new(-ENOMEM);
}

static void drop(RateLimits *limits, UnitLimit *limit) {
        (void)hashtable_remove(limits->units, limit->unit); /* it is there */
        list_remove(&limit->link);
        free(limit->unit);
        free(limit);
}

static UnitLimit *get(RateLimits *limits, const char *unit, uint64_t now_usec) {
        UnitLimit *limit = hashtable_find(limits->units, unit);

        if (limit) {
                list_remove(&limit->link);
                list_append(&limits->order, &limit->link);
                return limit;
        }
        if (hashtable_count(limits->units) >= UNITS_MAX)
                drop(limits, LIST_FIRST(&limits->order, UnitLimit, link));
        limit = calloc(1, sizeof(*limit));
        if (!limit)
                return NULL;
        limit->begin_usec = now_usec;
        limit->unit = str_dup(str_of(unit));
        if (!limit->unit || hashtable_put(limits->units, limit->unit, limit) < 0) {
                free(limit->unit);
                free(limit);
                return NULL;
        }
        list_append(&limits->order, &limit->link);
        return limit;
}

bool rate_limits_pass(RateLimits *limits,
                      const char *unit,
                      const RateLimitRule *rule,
                      uint64_t now_usec,
                      uint64_t *ret_missed) {
        *ret_missed = 0;
        if (rule->interval_usec == 0 || rule->burst == 0)
                return true;
        UnitLimit *limit = get(limits, unit, now_usec);
        if (!limit)
                return true;
        if (now_usec - limit->begin_usec >= rule->interval_usec) {
                *ret_missed = limit->n_missed;
                limit->begin_usec = now_usec;
                limit->n_passed = limit->n_missed = 0;
        }
        if (limit->n_passed < rule->burst) {
                limit->n_passed++;
                return true;
        }
        limit->n_missed++;
        return false;
}

void rate_limits_done(RateLimits *limits) {
        if (!limits->units)
                return;
        while (!list_is_empty(&limits->order))
                drop(limits, LIST_FIRST(&limits->order, UnitLimit, link));
        limits->units = hashtable_free(limits->units);
}
