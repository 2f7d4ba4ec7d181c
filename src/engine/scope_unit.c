/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/scope_unit.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "engine/engine.h"
#include "engine/unit_message.h"
#include "engine/unit_ops.h"
#include "engine/unit_registry.h"
#include "unit/unit_enums.h"

static const char *const result_names[] = {
        [SCOPE_SUCCESS] = "success",
        [SCOPE_FAILURE_RESOURCES] = "resources",
        [SCOPE_FAILURE_TIMEOUT] = "timeout",
};
static_assert(ARRAY_LENGTH(result_names) == SCOPE_RESULT_COUNT, "one name per result");

const char *scope_result_name(ScopeResult result) {
        return enum_print(result_names, SCOPE_RESULT_COUNT, (int)result);
}

static const EnginePorts *ports_of(const Unit *unit) {
        return &unit->engine->ports;
}

static bool is_up(const Unit *unit) {
        return unit->state == SCOPE_RUNNING || unit->state == SCOPE_ABANDONED;
}

/* --- time ------------------------------------------------------------------------------------- */

static void arm(Unit *unit, uint64_t deadline_usec) {
        unit->scope->deadline_usec = deadline_usec;
        unit_timer_set(unit, &unit->scope->timer, deadline_usec);
}

static uint64_t runtime_deadline(const Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        uint64_t limit = unit_spec_number(unit->spec, DIRECTIVE_RUNTIME_MAX_SEC);
        uint64_t extra = unit_spec_number(unit->spec, DIRECTIVE_RUNTIME_RANDOMIZED_EXTRA_SEC);
        if (limit == USEC_INFINITY || limit == 0)
                return USEC_INFINITY;
        if (extra > 0)
                limit = usec_add(limit, ports->random_below(ports->userdata, extra));
        return usec_add(engine_now_usec(unit->engine), limit);
}

static uint64_t stop_deadline(const Unit *unit) {
        uint64_t limit = unit->engine->config.default_timeout_stop_usec;
        if (unit_spec_find(unit->spec, DIRECTIVE_TIMEOUT_STOP_SEC))
                limit = unit_spec_number(unit->spec, DIRECTIVE_TIMEOUT_STOP_SEC);
        return usec_add(engine_now_usec(unit->engine), limit);
}

/* --- states ----------------------------------------------------------------------------------- */

static void enter_dead(Unit *unit, ScopeResult result) {
        const EnginePorts *ports = ports_of(unit);
        ScopeRuntime *s = unit->scope;
        if (s->result == SCOPE_SUCCESS)
                s->result = result;
        unit_message_end(unit, s->result == SCOPE_SUCCESS ? NULL : scope_result_name(s->result));
        arm(unit, USEC_INFINITY);
        ports->watch_group(ports->userdata, unit, false);
        unit_set_state(unit, s->result == SCOPE_SUCCESS ? SCOPE_DEAD : SCOPE_FAILED);
        ports->release_unit(ports->userdata, unit, false);
        unit_collect_later(unit);
}

/* Who made the scope ends it when asked; the time-out is the same. */
static bool ask_controller(Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        return unit->scope->controller && ports->ask_controller &&
               ports->ask_controller(ports->userdata, unit);
}

static void enter_signal(Unit *unit, ScopeState state, ScopeResult result) {
        const EnginePorts *ports = ports_of(unit);
        bool is_last = state == SCOPE_STOP_SIGKILL;
        int signal_number = (int)unit_spec_number(
                unit->spec, is_last ? DIRECTIVE_FINAL_KILL_SIGNAL : DIRECTIVE_KILL_SIGNAL);
        if (unit->scope->result == SCOPE_SUCCESS)
                unit->scope->result = result;
        unsigned whom = SIGNAL_GROUP | (is_last ? SIGNAL_LOUD : 0u);
        bool is_asked = !is_last && ask_controller(unit);
        int n = is_asked ? 1 : 0;
        if (!is_asked && unit_spec_number(unit->spec, DIRECTIVE_KILL_MODE) != KILL_MODE_NONE)
                n = ports->signal_unit(ports->userdata, unit, whom, signal_number, true);
        if (n > 0 && !is_last && !is_asked && unit_spec_bool(unit->spec, DIRECTIVE_SEND_SIGHUP))
                ports->signal_unit(ports->userdata, unit, SIGNAL_GROUP, SIGHUP, false);
        if (n <= 0) {
                enter_dead(unit, SCOPE_SUCCESS);
                return;
        }
        arm(unit, stop_deadline(unit));
        unit_set_state(unit, state);
        ports->watch_group(ports->userdata, unit, true);
}

/* --- requests --------------------------------------------------------------------------------- */

static int scope_start(Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        ScopeRuntime *s = unit->scope;
        s->result = SCOPE_SUCCESS;
        int r = s->n_pids == 0 ? -ESRCH : ports->attach(ports->userdata, unit, s->pids, s->n_pids);
        if (r < 0) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Couldn't move processes to the unit: %s",
                         unit->id,
                         strerrordesc_np(-r));
                s->result = SCOPE_FAILURE_RESOURCES;
                enter_dead(unit, SCOPE_FAILURE_RESOURCES);
                return UNIT_FAILED_NOW;
        }
        free(STEAL(s->pids));
        s->n_pids = 0;
        arm(unit, runtime_deadline(unit));
        unit_set_state(unit, SCOPE_RUNNING);
        ports->watch_group(ports->userdata, unit, true);
        return UNIT_DONE_OR_RUNNING;
}

static int scope_stop(Unit *unit) {
        if (is_up(unit))
                enter_signal(unit, SCOPE_STOP_SIGTERM, SCOPE_SUCCESS);
        return UNIT_DONE_OR_RUNNING;
}

int scope_abandon(Unit *unit) {
        if (!unit->scope || !is_up(unit))
                return err_new(-ESTALE);
        free(STEAL(unit->scope->controller));
        unit_set_state(unit, SCOPE_ABANDONED);
        return 0;
}

int scope_set_processes(Unit *unit, const pid_t *pids, unsigned n_pids) {
        int r = unit_wake(unit);
        if (r < 0)
                return err_pass(r);
        pid_t *copy = calloc(n_pids, sizeof(*copy));
        if (!copy)
                return err_new(-ENOMEM);
        memcpy(copy, pids, n_pids * sizeof(*copy));
        free(unit->scope->pids);
        unit->scope->pids = copy;
        unit->scope->n_pids = n_pids;
        return 0;
}

int scope_set_controller(Unit *unit, const char *name) {
        int r = unit_wake(unit);
        char *copy = r >= 0 && name ? strdup(name) : NULL;
        if (r < 0 || (name && !copy))
                return err_new(-ENOMEM);
        free(unit->scope->controller);
        unit->scope->controller = copy;
        return 0;
}

static void scope_reset_failed(Unit *unit) {
        unit->scope->result = SCOPE_SUCCESS;
        if (unit->state == SCOPE_FAILED)
                unit_set_state(unit, SCOPE_DEAD);
}

/* --- events ----------------------------------------------------------------------------------- */

static void scope_on_event(Unit *unit, const EngineEvent *event) {
        bool is_perpetual = unit->flags & UNIT_PERPETUAL;
        if (event->type != EVENT_GROUP_EMPTY || is_perpetual ||
            active_state_is_down(unit_active_state(unit)))
                return;
        enter_dead(unit, SCOPE_SUCCESS);
}

static void scope_on_timer(Unit *unit, UnitTimer *timer) {
        (void)timer; /* there is one */
        unit->scope->deadline_usec = USEC_INFINITY;
        if (is_up(unit)) {
                unit_log(unit,
                         LOG_DEBUG,
                         "%s: Scope reached runtime time limit. Stopping.",
                         unit->id);
                enter_signal(unit, SCOPE_STOP_SIGTERM, SCOPE_FAILURE_TIMEOUT);
        } else if (unit->state == SCOPE_STOP_SIGTERM &&
                   unit_spec_bool(unit->spec, DIRECTIVE_SEND_SIGKILL)) {
                unit_log(unit, LOG_WARNING, "%s: Stopping timed out. Killing.", unit->id);
                enter_signal(unit, SCOPE_STOP_SIGKILL, SCOPE_FAILURE_TIMEOUT);
        } else if (unit->state == SCOPE_STOP_SIGTERM) {
                unit_log(unit, LOG_WARNING, "%s: Stopping timed out. Skipping SIGKILL.", unit->id);
                enter_dead(unit, SCOPE_FAILURE_TIMEOUT);
        } else if (unit->state == SCOPE_STOP_SIGKILL) {
                unit_log(unit, LOG_WARNING, "%s: Still around after SIGKILL. Ignoring.", unit->id);
                enter_dead(unit, SCOPE_FAILURE_TIMEOUT);
        }
}

/* --- life ------------------------------------------------------------------------------------- */

static int scope_init(Unit *unit) {
        ScopeRuntime *s = calloc(1, sizeof(*s));
        if (!s)
                return err_new(-ENOMEM);
        s->unit = unit;
        s->timer.unit = unit;
        s->deadline_usec = USEC_INFINITY;
        unit->scope = s;
        return 0;
}

static void scope_done(Unit *unit) {
        if (!unit->scope)
                return;
        unit_timer_set(unit, &unit->scope->timer, USEC_INFINITY);
        free(unit->scope->pids);
        free(unit->scope->controller);
        free(STEAL(unit->scope));
}

static void scope_save(const Unit *unit, StrBuf *out) {
        const ScopeRuntime *s = unit->scope;
        if (s->result != SCOPE_SUCCESS)
                strbuf_addf(out, "result=%s\n", scope_result_name(s->result));
        if (s->controller)
                strbuf_addf(out, "controller=%s\n", s->controller);
        if (s->deadline_usec != USEC_INFINITY)
                strbuf_addf(out, "deadline=%" PRIu64 "\n", s->deadline_usec);
}

static int scope_restore(Unit *unit, Str key, Str value) {
        ScopeRuntime *s = unit->scope;
        if (str_equal_c(key, "result")) {
                int result = enum_parse(result_names, SCOPE_RESULT_COUNT, value);
                if (result < 0)
                        return err_new(-EINVAL);
                s->result = (ScopeResult)result;
                return 0;
        }
        if (str_equal_c(key, "controller")) {
                free(s->controller);
                s->controller = str_dup(value);
                return s->controller ? 0 : err_new(-ENOMEM);
        }
        if (str_equal_c(key, "deadline"))
                return parse_u64(value, 10, &s->deadline_usec);
        return 1;
}

static void scope_restored(Unit *unit) {
        const EnginePorts *ports = ports_of(unit);
        if (active_state_is_down(unit_active_state(unit)))
                return;
        arm(unit, unit->scope->deadline_usec);
        ports->watch_group(ports->userdata, unit, true);
}

const UnitOps scope_ops = {
        .init = scope_init,
        .done = scope_done,
        .start = scope_start,
        .stop = scope_stop,
        .reset_failed = scope_reset_failed,
        .on_event = scope_on_event,
        .on_timer = scope_on_timer,
        .save = scope_save,
        .restore = scope_restore,
        .restored = scope_restored,
        .has_cgroup = true,
};
