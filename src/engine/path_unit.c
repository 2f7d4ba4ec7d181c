/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/path_unit.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "engine/engine.h"
#include "engine/trigger_limit.h"
#include "engine/unit_activation.h"
#include "engine/unit_history.h"
#include "engine/unit_message.h"
#include "engine/unit_ops.h"
#include "unit/kinds.h"

#define TRIGGER_BURST 200

/* What is known when the rules are looked at. */
typedef enum LookFlags {
        LOOK_FIRST = 1 << 0, /* what is there now has not changed */
        LOOK_AFTER_UNIT =
                1 << 1,         /* the triggered unit just ended: only what is there still counts */
        LOOK_RESTORED = 1 << 2, /* no manager looked for a while: any change since then counts */
} LookFlags;

static const char *const result_names[] = {
        [PATH_SUCCESS] = "success",
        [PATH_FAILURE_RESOURCES] = "resources",
        [PATH_FAILURE_START_LIMIT_HIT] = "start-limit-hit",
        [PATH_FAILURE_UNIT_START_LIMIT_HIT] = "unit-start-limit-hit",
        [PATH_FAILURE_TRIGGER_LIMIT_HIT] = "trigger-limit-hit",
};
static_assert(ARRAY_LENGTH(result_names) == PATH_RESULT_COUNT, "one name per result");

const char *path_result_name(PathResult result) {
        return enum_print(result_names, ARRAY_LENGTH(result_names), (int)result);
}

static const EnginePorts *ports_of(const Unit *unit) {
        return &unit->engine->ports;
}

static const RuleList *rules_of(const Unit *unit) {
        return unit->spec ? unit_spec_rules(unit->spec, DIRECTIVE_PATHS) : NULL;
}

static Unit *triggered_unit(const Unit *unit) {
        unsigned cursor = 0;
        const UnitEdge *edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor);
        return edge ? edge->other : NULL;
}

/* Watching begins anew each time: other directories may lie on the way now. */
static void watch(Unit *unit, bool on) {
        if (!on && !unit->path->is_watched)
                return;
        unit->path->is_watched = on;
        ports_of(unit)->path_watch(ports_of(unit)->userdata, unit, on);
}

static void enter_dead(Unit *unit, PathResult result) {
        PathRuntime *p = unit->path;
        if (p->result == PATH_SUCCESS)
                p->result = result;
        watch(unit, false);
        unit_message_end(unit, p->result == PATH_SUCCESS ? NULL : path_result_name(p->result));
        unit_set_state(unit, p->result == PATH_SUCCESS ? PATH_DEAD : PATH_FAILED);
}

/* --- looking -------------------------------------------------------------------------------- */

/* Whether a rule that is about a change saw one, apart from what inotify tells. */
static bool has_changed(Unit *unit, unsigned i, unsigned flags) {
        const EnginePorts *ports = ports_of(unit);
        uint64_t was = unit->path->marks[i];
        uint64_t is = ports->path_mark(ports->userdata, unit, i);
        if (is == was)
                return false;
        unit->path->marks[i] = is;
        unit_mark_changed(unit);
        if (flags & (LOOK_FIRST | LOOK_AFTER_UNIT))
                return false;
        return (flags & LOOK_RESTORED) || was == 0 || is == 0;
}

/* The place of the first rule that holds, -1. */
static int look(Unit *unit, unsigned flags) {
        const RuleList *rules = rules_of(unit);
        const EnginePorts *ports = ports_of(unit);
        const PathRuntime *p = unit->path;
        int found = -1;
        for (unsigned i = 0; rules && i < rules->n_rules && i < p->n_marks; i++) {
                int variant = rules->rules[i].variant;
                bool is_change = variant == PATH_CHANGED || variant == PATH_MODIFIED;
                bool holds = is_change ? has_changed(unit, i, flags)
                                       : ports->path_holds(ports->userdata, unit, i);
                if (holds && found < 0)
                        found = (int)i;
        }
        return found;
}

/* --- phases --------------------------------------------------------------------------------- */

/* What the processes of the triggered unit are told. */
static void tell_trigger(const Unit *unit, Unit *triggered, unsigned i) {
        const EnginePorts *ports = ports_of(unit);
        const Rule *rule = &rules_of(unit)->rules[i];
        AUTO_FREE char *match = rule->variant == PATH_EXISTS_GLOB
                                        ? ports->path_match(ports->userdata, unit, i)
                                        : NULL;
        unit_activation_begin(triggered, unit);
        unit_activation_add(triggered, "TRIGGER_PATH=%s", match ? match : rule->source);
}

static void enter_running(Unit *unit, unsigned rule) {
        EngineError error = { .code = ENGINE_ERROR_NONE };
        Unit *triggered = triggered_unit(unit);
        if (unit->job && unit->job->type == JOB_STOP)
                return; /* it is about to go down */
        if (trigger_limit_hit(unit, &unit->path->triggers, TRIGGER_BURST)) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Trigger limit hit, refusing further activation.",
                         unit->id);
                enter_dead(unit, PATH_FAILURE_TRIGGER_LIMIT_HIT);
                return;
        }
        if (!triggered) {
                enter_dead(unit, PATH_FAILURE_RESOURCES);
                return;
        }
        tell_trigger(unit, triggered, rule);
        unit_history_cause(triggered, CAUSE_BOUND, 0, unit->id);
        if (engine_enqueue_job(triggered, JOB_START, JOB_MODE_REPLACE, &error, NULL) < 0) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to queue unit startup job: %s",
                         unit->id,
                         error.text);
                enter_dead(unit, PATH_FAILURE_RESOURCES);
                return;
        }
        watch(unit, false);
        unit_set_state(unit, PATH_RUNNING);
}

static void enter_waiting(Unit *unit, unsigned flags) {
        const Unit *triggered = triggered_unit(unit);
        if (triggered && !active_state_is_down(unit_active_state(triggered))) {
                watch(unit, false);
                if (unit->state != PATH_RUNNING)
                        unit_set_state(unit, PATH_RUNNING);
                return;
        }
        int found = look(unit, flags);
        if (found < 0) {
                watch(unit, true);
                found = look(unit, flags & ~(unsigned)LOOK_FIRST); /* it may have come meanwhile */
        }
        if (found >= 0)
                enter_running(unit, (unsigned)found);
        else if (unit->state != PATH_WAITING)
                unit_set_state(unit, PATH_WAITING);
}

/* --- requests ------------------------------------------------------------------------------- */

static bool make_room(Unit *unit) {
        const RuleList *rules = rules_of(unit);
        unsigned n = rules ? rules->n_rules : 0;
        uint64_t *marks = calloc(n + 1, sizeof(*marks));
        if (!marks)
                return false;
        free(unit->path->marks);
        unit->path->marks = marks;
        unit->path->n_marks = n;
        return true;
}

static int path_start(Unit *unit) {
        const Unit *triggered = triggered_unit(unit);
        if (unit->state == PATH_WAITING || unit->state == PATH_RUNNING)
                return UNIT_ALREADY;
        if (triggered && triggered->load_state != UNIT_LOADED &&
            triggered->load_state != UNIT_STUB) {
                unit_log(unit,
                         LOG_ERR,
                         "%s: Refusing to start, unit %s to trigger not loaded.",
                         unit->id,
                         triggered->id);
                return UNIT_FAILED_NOW;
        }
        if (start_limit_hit(unit)) {
                enter_dead(unit, PATH_FAILURE_START_LIMIT_HIT);
                return UNIT_FAILED_NOW;
        }
        if (!make_room(unit))
                return UNIT_FAILED_NOW;
        unit->path->result = PATH_SUCCESS;
        unit->path->triggers = (StartLimit){ 0 };
        ports_of(unit)->path_make(ports_of(unit)->userdata, unit);
        enter_waiting(unit, LOOK_FIRST);
        return UNIT_DONE_OR_RUNNING;
}

static int path_stop(Unit *unit) {
        enter_dead(unit, PATH_SUCCESS);
        return UNIT_DONE_OR_RUNNING;
}

static void path_reset_failed(Unit *unit) {
        if (unit->state == PATH_FAILED)
                unit_set_state(unit, PATH_DEAD);
        unit->path->result = PATH_SUCCESS;
}

/* --- events --------------------------------------------------------------------------------- */

static void path_on_event(Unit *unit, const EngineEvent *event) {
        if (event->type != EVENT_PATH_CHANGED ||
            (unit->state != PATH_WAITING && unit->state != PATH_RUNNING))
                return;
        if (event->code && (unsigned)event->status < unit->path->n_marks)
                enter_running(unit, (unsigned)event->status);
        else
                enter_waiting(unit, 0);
}

static void path_on_triggered(Unit *unit, Unit *triggered) {
        bool is_down = active_state_is_down(unit_active_state(triggered));
        if (unit->state != PATH_WAITING && unit->state != PATH_RUNNING)
                return;
        if (triggered->flags & UNIT_START_LIMIT_HIT) {
                enter_dead(unit, PATH_FAILURE_UNIT_START_LIMIT_HIT);
                return;
        }
        if (triggered->job)
                return;
        if (unit->state == PATH_RUNNING && is_down)
                enter_waiting(unit, LOOK_AFTER_UNIT);
        else if (unit->state == PATH_WAITING && !is_down)
                enter_waiting(unit, LOOK_AFTER_UNIT);
}

/* --- life ----------------------------------------------------------------------------------- */

static int path_init(Unit *unit) {
        unit->path = calloc(1, sizeof(*unit->path));
        return unit->path ? 0 : err_new(-ENOMEM);
}

static void path_done(Unit *unit) {
        if (!unit->path)
                return;
        free(unit->path->marks);
        free(unit->path);
        unit->path = NULL;
}

/* The rules may be others now: what is there is looked at anew. */
static void path_loaded(Unit *unit) {
        if (unit->state != PATH_WAITING || !make_room(unit))
                return;
        watch(unit, false);
        (void)look(unit, LOOK_FIRST); /* only to know what is there */
        watch(unit, true);
}

static void path_save(const Unit *unit, StrBuf *out) {
        const PathRuntime *p = unit->path;
        if (p->result != PATH_SUCCESS)
                strbuf_addf(out, "result=%s\n", path_result_name(p->result));
        if (p->triggers.n_starts > 0)
                strbuf_addf(out,
                            "triggers=%" PRIu64 " %u\n",
                            p->triggers.window_begin_usec,
                            p->triggers.n_starts);
        if (p->n_marks > 0)
                strbuf_add(out, "marks=");
        for (unsigned i = 0; i < p->n_marks; i++)
                strbuf_addf(out, "%" PRIu64 "%c", p->marks[i], i + 1 < p->n_marks ? ' ' : '\n');
}

static int restore_triggers(PathRuntime *p, Str value) {
        Str begin, count;
        uint64_t usec, n;
        if (!str_next_word(&value, &begin) || !str_next_word(&value, &count) ||
            parse_u64(begin, 10, &usec) < 0 || parse_u64(count, 10, &n) < 0 || n > UINT32_MAX)
                return err_new(-EINVAL);
        p->triggers = (StartLimit){ .window_begin_usec = usec, .n_starts = (unsigned)n };
        return 0;
}

static int restore_result(PathRuntime *p, Str value) {
        int result = enum_parse(result_names, ARRAY_LENGTH(result_names), value);
        if (result < 0)
                return err_pass(result);
        p->result = (PathResult)result;
        return 0;
}

static int path_restore(Unit *unit, Str key, Str value) {
        PathRuntime *p = unit->path;
        if (str_equal_c(key, "result"))
                return err_pass(restore_result(p, value));
        if (str_equal_c(key, "triggers"))
                return err_pass(restore_triggers(p, value));
        if (!str_equal_c(key, "marks"))
                return 1;
        if (!make_room(unit))
                return err_new(-ENOMEM);
        Str word;
        for (unsigned i = 0; i < p->n_marks && str_next_word(&value, &word); i++)
                if (parse_u64(word, 10, &p->marks[i]) < 0)
                        return err_new(-EINVAL);
        return 0;
}

/* What came while no manager looked counts. */
static void path_restored(Unit *unit) {
        if (unit->state != PATH_WAITING && unit->state != PATH_RUNNING)
                return;
        const RuleList *rules = rules_of(unit);
        if (unit->path->n_marks != (rules ? rules->n_rules : 0) && !make_room(unit))
                return;
        const Unit *triggered = triggered_unit(unit);
        if (!triggered || !triggered->job)
                enter_waiting(unit, unit->state == PATH_WAITING ? LOOK_RESTORED : 0);
}

const UnitOps path_ops = {
        .init = path_init,
        .done = path_done,
        .loaded = path_loaded,
        .start = path_start,
        .stop = path_stop,
        .reset_failed = path_reset_failed,
        .on_event = path_on_event,
        .on_triggered = path_on_triggered,
        .save = path_save,
        .restore = path_restore,
        .restored = path_restored,
};
