/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/timer_elapse.h"

#include <string.h>

#include "base/duration.h"
#include "base/hash.h"
#include "base/macros.h"
#include "engine/engine.h"
#include "unit/kinds.h"

#define WHOLE_MINUTE USEC_PER_MINUTE

/* --- by the wall ---------------------------------------------------------------------------- */

static const TimeZone *zone_of(const Unit *unit, const CalendarSpec *spec) {
        const EnginePorts *ports = &unit->engine->ports;
        if (!ports->time_zone)
                return NULL;
        /* Asked for UTC too: who asks is told when the clock is set. */
        const TimeZone *zone = ports->time_zone(ports->userdata, spec->zone);
        return spec->utc ? NULL : zone;
}

/* Counted from the last trigger, so that what was missed is made up for; else from the start. False
 * when there is none any more. */
static bool next_of_calendar(const Unit *unit, const TimerMoment *moment, TimerValue *value) {
        const CalendarSpec *spec = value->calendar;
        uint64_t from = unit->timer->last_trigger.realtime_usec;
        if (from == 0 && active_state_is_up(unit_active_state(unit)))
                from = unit->inactive_exit.realtime_usec;
        if (from == 0)
                from = moment->realtime_usec;
        value->next_usec = 0;
        return calendar_next(spec, zone_of(unit, spec), from, &value->next_usec) == 0;
}

/* --- by the time that passed ---------------------------------------------------------------- */

/* The moment from which a span counts; 0 and false when it has not come. */
static bool find_base(const Unit *unit,
                      const Unit *triggered,
                      int variant,
                      const TimerMoment *moment,
                      uint64_t *ret) {
        uint64_t last = unit->timer->last_trigger.monotonic_usec;
        uint64_t event;
        switch (variant) {
        case TIMER_ON_ACTIVE:
                *ret = active_state_is_up(unit_active_state(unit)) &&
                                       unit->inactive_exit.monotonic_usec > 0
                               ? unit->inactive_exit.monotonic_usec
                               : moment->monotonic_usec;
                return true;
        case TIMER_ON_BOOT:
                *ret = unit->engine->config.in_container ? unit->engine->began_usec : 0;
                return true;
        case TIMER_ON_STARTUP:
                *ret = unit->engine->began_usec;
                return true;
        default:
                break;
        }
        event = variant == TIMER_ON_UNIT_ACTIVE ? triggered->inactive_exit.monotonic_usec
                                                : triggered->inactive_enter.monotonic_usec;
        *ret = MAX(event, last);
        return *ret > 0;
}

static bool is_one_time(int variant) {
        return variant == TIMER_ON_ACTIVE || variant == TIMER_ON_BOOT ||
               variant == TIMER_ON_STARTUP;
}

/* With WakeSystem=yes the time that the machine slept is part of a span. */
static uint64_t asleep_since(const Unit *unit, uint64_t base_usec) {
        bool wakes = unit_spec_bool(unit->spec, DIRECTIVE_WAKE_SYSTEM);
        return wakes ? sleep_log_since(&unit->engine->sleeps, base_usec) : 0;
}

/* False when the span has no beginning, or was for one time and is over. */
static bool next_of_span(const Unit *unit,
                         const Unit *triggered,
                         const Rule *rule,
                         const TimerMoment *moment,
                         TimerValue *value) {
        uint64_t base;
        if (!find_base(unit, triggered, rule->variant, moment, &base))
                return false;
        uint64_t next = usec_sub(usec_add(base, rule->number), asleep_since(unit, base));
        const DualTimestamp *last = &unit->timer->last_trigger;
        value->next_usec = next;
        const TimerDelay *delay = &unit->timer->monotonic_delay;
        uint64_t due = delay->from_usec == next ? usec_add(next, delay->usec) : next;
        /* What has come since the timer waits is due, though maybe later by AccuracySec=. */
        uint64_t since = unit->state == TIMER_WAITING ? unit->state_change.monotonic_usec
                                                      : moment->monotonic_usec;
        bool is_over = due < since || due <= last->monotonic_usec;
        if (last->realtime_usec > 0 && !moment->clock_changed && is_over &&
            is_one_time(rule->variant)) {
                value->is_disabled = true;
                return false;
        }
        return true;
}

unsigned timer_find_next(Unit *unit, const Unit *triggered, const TimerMoment *moment) {
        TimerRuntime *t = unit->timer;
        const RuleList *rules = unit_spec_rules(unit->spec, DIRECTIVE_TIMERS);
        unsigned outlook = 0;
        t->next_realtime_usec = t->next_monotonic_usec = USEC_INFINITY;
        for (unsigned i = 0; rules && i < rules->n_rules && i < t->n_values; i++) {
                TimerValue *value = &t->values[i];
                const Rule *rule = &rules->rules[i];
                uint64_t *soonest =
                        value->calendar ? &t->next_realtime_usec : &t->next_monotonic_usec;
                if (value->is_disabled)
                        continue;
                if (rule->variant == TIMER_ON_UNIT_ACTIVE ||
                    rule->variant == TIMER_ON_UNIT_INACTIVE)
                        outlook |= TIMER_MAY_COME_BACK;
                if (value->calendar ? next_of_calendar(unit, moment, value)
                                    : next_of_span(unit, triggered, rule, moment, value)) {
                        *soonest = MIN(*soonest, value->next_usec);
                        outlook |= TIMER_HAS_NEXT;
                }
        }
        return outlook;
}

/* --- what is due ---------------------------------------------------------------------------- */

#define COUNTED_MAX 1000 /* elapses that are counted; more are not told apart */

/* How often calendars elapse behind `from`, up to `to`. */
static unsigned count_elapses(const Unit *unit, uint64_t from, uint64_t to) {
        const TimerRuntime *t = unit->timer;
        unsigned n = 0;
        if (from >= to)
                return 0;
        for (unsigned i = 0; i < t->n_values; i++) {
                uint64_t at = from;
                const CalendarSpec *spec = t->values[i].calendar;
                while (spec && n < COUNTED_MAX &&
                       calendar_next(spec, zone_of(unit, spec), at, &at) == 0 && at <= to)
                        n++;
        }
        return n;
}

TimerRun timer_find_run(const Unit *unit, const TimerMoment *moment) {
        const TimerRuntime *t = unit->timer;
        uint64_t now = moment->realtime_usec;
        uint64_t began = usec_sub(now, usec_sub(moment->monotonic_usec, unit->engine->began_usec));
        TimerRun run = { .due_usec = now,
                         .started_usec = now,
                         .began_usec = moment->monotonic_usec };
        if (t->next_realtime_usec <= now) {
                run.due_usec = t->next_realtime_usec;
                if (run.due_usec < began)
                        run.n_missed = count_elapses(unit, run.due_usec, began);
                run.n_skipped = count_elapses(unit, MAX(run.due_usec, began), now);
        } else if (t->next_monotonic_usec <= moment->monotonic_usec)
                run.due_usec = usec_sub(now, moment->monotonic_usec - t->next_monotonic_usec);
        return run;
}

/* --- delays --------------------------------------------------------------------------------- */

/* The same for this unit on this machine each time, and the same as with systemd: its key, and what
 * it hashes. */
static uint64_t fixed_number(const Unit *unit) {
        static const uint8_t key[16] = { 0x51, 0x0a, 0xdb, 0x76, 0x29, 0x51, 0x42, 0xc2,
                                         0x80, 0x35, 0xea, 0xe6, 0x8e, 0x3a, 0x37, 0xbd };
        const EngineConfig *config = &unit->engine->config;
        uint8_t about[sizeof(config->machine_id) + 1 + sizeof(config->uid) + UNIT_NAME_MAX + 1];
        size_t n = sizeof(config->machine_id), length = strlen(unit->id);
        memcpy(about, config->machine_id, n);
        about[n++] = config->scope == UNIT_SCOPE_SYSTEM;
        memcpy(about + n, &config->uid, sizeof(config->uid));
        n += sizeof(config->uid);
        memcpy(about + n, unit->id, MIN(length, UNIT_NAME_MAX));
        return siphash24(about, n + MIN(length, UNIT_NAME_MAX), key);
}

uint64_t timer_add_delay(const Unit *unit, uint64_t usec, TimerDelay *delay) {
        const EnginePorts *ports = &unit->engine->ports;
        uint64_t most = unit_spec_number(unit->spec, DIRECTIVE_RANDOMIZED_DELAY_SEC);
        if (most == 0 || usec == USEC_INFINITY)
                return usec;
        if (unit_spec_bool(unit->spec, DIRECTIVE_FIXED_RANDOM_DELAY))
                return usec_add(usec, fixed_number(unit) % most);
        if (delay->usec == 0 || delay->from_usec != usec || delay->usec >= most)
                *delay = (TimerDelay){ usec, ports->random_below(ports->userdata, most) };
        return usec_add(usec, delay->usec);
}

uint64_t timer_coalesce(uint64_t usec, uint64_t accuracy_usec, uint64_t perturb_usec) {
        static const uint64_t grids[] = {
                WHOLE_MINUTE,
                10 * USEC_PER_SEC,
                USEC_PER_SEC,
                250 * USEC_PER_MSEC,
        };
        uint64_t latest = usec_add(usec, accuracy_usec);
        if (accuracy_usec <= 1 || latest == USEC_INFINITY)
                return usec;
        for (size_t i = 0; i < ARRAY_LENGTH(grids); i++) {
                uint64_t offset = perturb_usec % grids[i];
                uint64_t place = latest / grids[i] * grids[i] + offset;
                if (place > latest)
                        place = place >= grids[i] ? place - grids[i] : 0;
                if (place >= usec)
                        return place;
        }
        return latest;
}
