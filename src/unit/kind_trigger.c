/* SPDX-License-Identifier: Apache-2.0 */
#include "base/duration.h"
#include "base/error.h"
#include "calendar/calendar_spec.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"

/* What makes timers elapse and path units trigger: one list each; an empty assignment to any member
 * empties all of it. */

static const char *const timer_names[] = {
        [TIMER_ON_ACTIVE] = "OnActiveSec",
        [TIMER_ON_BOOT] = "OnBootSec",
        [TIMER_ON_STARTUP] = "OnStartupSec",
        [TIMER_ON_UNIT_ACTIVE] = "OnUnitActiveSec",
        [TIMER_ON_UNIT_INACTIVE] = "OnUnitInactiveSec",
        [TIMER_ON_CALENDAR] = "OnCalendar",
};

static const char *const path_names[] = {
        [PATH_EXISTS] = "PathExists",
        [PATH_EXISTS_GLOB] = "PathExistsGlob",
        [PATH_CHANGED] = "PathChanged",
        [PATH_MODIFIED] = "PathModified",
        [PATH_DIRECTORY_NOT_EMPTY] = "DirectoryNotEmpty",
};

static int parse_timers(const KindContext *context, Str text, Value *value) {
        Rule rule = { .variant = context->row->variant };
        AUTO_FREE char *expanded = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (rule.variant == TIMER_ON_CALENDAR) {
                AUTO(calendar_free) CalendarSpec *spec = NULL;
                if (calendar_parse(str_of(expanded), &spec) < 0)
                        return kind_ignore(context,
                                           "Failed to parse calendar specification, ignoring: %s",
                                           expanded);
                rule.options = STEAL(expanded);
        } else if (duration_parse(str_of(expanded), USEC_PER_SEC, &rule.number) < 0)
                return kind_ignore(context, "Failed to parse timer value, ignoring: %s", expanded);
        return value_add_rule(value, rule);
}

static void print_timers(const DirectiveRow *row, const Value *value, StrBuf *out) {
        (void)row; /* the rule says which of the settings it is */
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out, "%s=", timer_names[rule->variant]);
                if (rule->options)
                        specifier_escape(str_of(rule->options), out);
                else
                        duration_print(out, rule->number, 1);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_timers = {
        .name = "time span",
        .shape = SHAPE_RULES,
        .bus_type = "a(stt)",
        .parse = parse_timers,
        .print = print_timers,
};

const Kind kind_calendars = {
        .name = "calendar expression",
        .shape = SHAPE_RULES,
        .bus_type = "a(sst)",
        .parse = parse_timers,
        .print = print_timers,
};

static int parse_path_triggers(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_BARE, &expanded);
        if (r != KIND_OK)
                return r;
        r = kind_path(context, expanded, 0, &path);
        if (r != KIND_OK)
                return r;
        return value_add_rule(value,
                              (Rule){ .variant = context->row->variant, .source = STEAL(path) });
}

static void print_path_triggers(const DirectiveRow *row, const Value *value, StrBuf *out) {
        (void)row; /* the rule says which of the settings it is */
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out, "%s=", path_names[rule->variant]);
                kind_print_path(rule->source, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_path_triggers = {
        .name = "path to watch",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_path_triggers,
        .print = print_path_triggers,
};
