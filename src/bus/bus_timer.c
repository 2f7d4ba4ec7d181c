/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of org.freedesktop.systemd1.Timer, and what a .Path starts. */

#include "base/duration.h"
#include "base/macros.h"
#include "bus/bus_getters.h"
#include "bus/bus_value.h"
#include "engine/timer_unit.h"
#include "unit/kinds.h"

static const TimerRuntime idle_timer = { .next_realtime_usec = USEC_INFINITY,
                                         .next_monotonic_usec = USEC_INFINITY };

static const TimerRuntime *runtime(const BusGetterContext *context) {
        return context->unit->timer ?: &idle_timer;
}

static const char *const names[] = {
        [TIMER_ON_ACTIVE] = "OnActiveUSec",
        [TIMER_ON_BOOT] = "OnBootUSec",
        [TIMER_ON_STARTUP] = "OnStartupUSec",
        [TIMER_ON_UNIT_ACTIVE] = "OnUnitActiveUSec",
        [TIMER_ON_UNIT_INACTIVE] = "OnUnitInactiveUSec",
        [TIMER_ON_CALENDAR] = "OnCalendar",
};

static uint64_t next_of(const BusGetterContext *context, unsigned i) {
        const TimerRuntime *t = runtime(context);
        return i < t->n_values ? t->values[i].next_usec : 0;
}

static int append_calendar(BusGetterContext *context, BusBody *body, const Rule *rule, unsigned i) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = timer_print_calendar(rule->options, &text);
        if (r < 0)
                return r;
        return bus_body_append(
                body, "(sst)", names[rule->variant], strbuf_text(&text), next_of(context, i));
}

/* The argument: whether it is about OnCalendar=. */
static int get_timers(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_TIMERS);
        bool calendars = context->argument;
        unsigned n = value && value->rules ? value->rules->n_rules : 0;
        int r = bus_body_open(body, 'a', calendars ? "(sst)" : "(stt)");
        for (unsigned i = n; i-- > 0 && r >= 0;) { /* systemd has the last one first */
                const Rule *rule = &value->rules->rules[i];
                if ((rule->variant == TIMER_ON_CALENDAR) != calendars)
                        continue;
                r = calendars ? append_calendar(context, body, rule, i)
                              : bus_body_append(body,
                                                "(stt)",
                                                names[rule->variant],
                                                rule->number,
                                                next_of(context, i));
        }
        return r < 0 ? r : bus_body_close(body);
}

/* Whether it waits for the end of a span that never ends. */
static bool waits_for_ever(const TimerRuntime *t) {
        for (unsigned i = 0; i < t->n_values; i++)
                if (!t->values[i].calendar && !t->values[i].is_disabled &&
                    t->values[i].next_usec == USEC_INFINITY)
                        return true;
        return false;
}

/* As systemd: infinity unless the timer waits, 0 where it waits for the other clock only. The
 * argument: the clock of the wall. */
static int get_next(BusGetterContext *context, BusBody *body) {
        const TimerRuntime *t = runtime(context);
        uint64_t next = context->argument ? t->next_realtime_usec : t->next_monotonic_usec;
        bool waits = context->unit->timer && context->unit->state == TIMER_WAITING;
        if (waits && next == USEC_INFINITY && (context->argument || !waits_for_ever(t)))
                next = 0;
        return bus_append_u64(body, waits ? next : USEC_INFINITY);
}

static int get_last(BusGetterContext *context, BusBody *body) {
        const DualTimestamp *last = &runtime(context)->last_trigger;
        return bus_append_u64(body, context->argument ? last->monotonic_usec : last->realtime_usec);
}

static int get_result(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, unit_result_name(context->unit));
}

static int get_unit(BusGetterContext *context, BusBody *body) {
        unsigned cursor = 0;
        const UnitEdge *edge = unit_graph_next(context->unit, DEP_BIT(DEP_TRIGGERS), &cursor);
        return bus_append_text(body, edge ? edge->other->id : "");
}

/* clang-format off */
const BusGetterRow bus_timer_getters[] = {
        { BUS_FAMILY_TIMER, "Unit", get_unit, 0 },
        { BUS_FAMILY_PATH, "Unit", get_unit, 0 },
        { BUS_FAMILY_TIMER, "TimersMonotonic", get_timers, false },
        { BUS_FAMILY_TIMER, "TimersCalendar", get_timers, true },
        { BUS_FAMILY_TIMER, "NextElapseUSecRealtime", get_next, true },
        { BUS_FAMILY_TIMER, "NextElapseUSecMonotonic", get_next, false },
        { BUS_FAMILY_TIMER, "LastTriggerUSec", get_last, 0 },
        { BUS_FAMILY_TIMER, "LastTriggerUSecMonotonic", get_last, 1 },
        { BUS_FAMILY_TIMER, "Result", get_result, 0 },
};
/* clang-format on */

const unsigned bus_timer_getter_count = ARRAY_LENGTH(bus_timer_getters);
