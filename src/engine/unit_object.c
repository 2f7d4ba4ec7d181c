/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/unit_object.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/str.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "engine/engine.h"
#include "engine/path_unit.h"
#include "engine/scope_unit.h"
#include "engine/socket_unit.h"
#include "engine/timer_unit.h"
#include "engine/unit_activation.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"
#include "engine/unit_past.h"
#include "engine/unit_propagate.h"
#include "engine/unit_registry.h"

/* Units that exist as long as the manager does. */
static bool is_perpetual(const Engine *engine, const char *name) {
        if (streq(name, "-.slice") || streq(name, "-.mount") || streq(name, "init.scope"))
                return true;
        return engine->config.scope == UNIT_SCOPE_SYSTEM && streq(name, "system.slice");
}

int unit_new(Engine *engine, const char *name, Unit **ret) {
        UnitType type = UNIT_TYPE_COUNT;
        int r = unit_name_type(name, &type);
        if (r < 0)
                return err_pass(r);
        AUTO_FREE Unit *unit = calloc(1, sizeof(*unit));
        AUTO_FREE char *id = strdup(name);
        if (!unit || !id)
                return err_new(-ENOMEM);
        r = hashtable_put(engine->names, id, unit);
        if (r < 0)
                return err_pass(r);
        unit->engine = engine;
        unit->id = STEAL(id);
        unit->type = type;
        unit->load_state = UNIT_STUB;
        unit->failed_condition = -1;
        unit->flags = UNIT_CONDITION_RESULT | UNIT_ASSERT_RESULT | UNIT_IN_LOAD_QUEUE;
        if (is_perpetual(engine, name))
                unit->flags |= UNIT_PERPETUAL;
        list_append(&engine->units[type], &unit->by_type);
        list_append(&engine->load_queue, &unit->load_queue);
        engine->n_units++;
        unit_past_recall(unit);
        *ret = STEAL(unit);
        return 0;
}

Unit *unit_free(Unit *unit) {
        if (!unit)
                return NULL;
        Engine *engine = unit->engine;
        const UnitOps *ops = unit_ops(unit->type);
        if (unit->load_state != UNIT_STUB && unit->load_state != UNIT_MERGED)
                engine->ports.unit_gone(engine->ports.userdata, unit);
        if (ops->done)
                ops->done(unit);
        if (unit_active_state(unit) == ACTIVE_STATE_FAILED)
                engine->n_failed--;
        unit_registry_forget(unit);
        unit_graph_detach(unit);
        list_remove(&unit->by_type);
        list_remove(&unit->load_queue);
        list_remove(&unit->collect_queue);
        list_remove(&unit->changed_queue);
        list_remove(&unit->needed_queue);
        (void)unit_history_free(unit->history);
        strv_free(unit->reports);
        unit_activation_clear(unit);
        (void)unit_spec_free(unit->spec);
        engine->n_units--;
        free(unit->edges);
        free(unit->id);
        free(unit);
        return NULL;
}

DualTimestamp unit_now(const Unit *unit) {
        const EnginePorts *ports = &unit->engine->ports;
        return (DualTimestamp){
                .realtime_usec = ports->now_realtime_usec(ports->userdata),
                .monotonic_usec = ports->now_monotonic_usec(ports->userdata),
        };
}

static void stamp_change(Unit *unit, ActiveState from, ActiveState to) {
        unit->state_change = unit_now(unit);
        bool was_down = active_state_is_down(from), is_down = active_state_is_down(to);
        bool was_up = active_state_is_up(from), is_up = active_state_is_up(to);
        if (was_down && !is_down)
                unit->inactive_exit = unit->engine->announced.monotonic_usec > 0
                                              ? unit->engine->announced
                                              : unit->state_change;
        if (!was_down && is_down)
                unit->inactive_enter = unit->state_change;
        if (!was_up && is_up)
                unit->active_enter = unit->state_change;
        if (was_up && !is_up)
                unit->active_exit = unit->state_change;
}

void unit_set_state(Unit *unit, int state) {
        const EnginePorts *ports = &unit->engine->ports;
        int from = unit->state;
        ActiveState was = unit_active_state(unit);
        unit->state = state;
        ActiveState now = unit_active_state(unit);
        stamp_change(unit, was, now);
        if (active_state_is_down(now) && !active_state_is_down(was))
                unit_activation_clear(unit);
        unit->engine->n_failed += (now == ACTIVE_STATE_FAILED);
        unit->engine->n_failed -= (was == ACTIVE_STATE_FAILED);
        unit->flags &= ~(unsigned)UNIT_DEAD_ADOPTED;
        if (active_state_is_down(now))
                unit->flags &= ~UNIT_MARKS;
        else if (now == ACTIVE_STATE_RELOADING && was != ACTIVE_STATE_RELOADING)
                unit->flags &= ~(unsigned)UNIT_NEEDS_RELOAD;
        if (from != state)
                unit_history_add(unit, from, state);
        unit_mark_changed(unit);
        if (ports->state_changed)
                ports->state_changed(ports->userdata, unit, from, state);
        if (!(unit->flags & UNIT_LOADING) || unit->job)
                unit_propagate(unit, was, now);
}

void unit_timer_set(Unit *unit, UnitTimer *timer, uint64_t deadline_usec) {
        timer->unit = unit;
        if (deadline_usec == UINT64_MAX)
                pqueue_remove(&unit->engine->timers, &timer->item);
        else if (pqueue_set(&unit->engine->timers, &timer->item, deadline_usec) < 0)
                unit_log(unit, 3, "%s: Failed to arm a timer: Out of memory", unit->id);
}

void unit_log(const Unit *unit, int level, const char *format, ...) {
        const EnginePorts *ports = &unit->engine->ports;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        va_list args;
        if (!ports->log)
                return;
        va_start(args, format);
        strbuf_addf_va(&text, format, args);
        va_end(args);
        ports->log(ports->userdata, level, unit, strbuf_text(&text));
        unit_log_about(unit, NULL, NULL);
}

void unit_log_about(const Unit *unit, const char *message_id, const char *fields) {
        unit->engine->message_id = message_id;
        unit->engine->message_fields = fields;
}

void unit_mark_changed(Unit *unit) {
        unit->flags |= UNIT_CHANGED;
        if (!list_is_linked(&unit->changed_queue))
                list_append(&unit->engine->changed_queue, &unit->changed_queue);
}

/* --- names and states ------------------------------------------------------------------------ */

ActiveState unit_active_state(const Unit *unit) {
        /* Other units do not wait for a service of type idle. */
        if (unit->type == UNIT_SERVICE && unit->service &&
            unit->service->service_type == SERVICE_TYPE_IDLE && unit->state >= SERVICE_CONDITION &&
            unit->state <= SERVICE_START_POST)
                return ACTIVE_STATE_ACTIVE;
        return unit_state_row(unit->type, unit->state)->active;
}

const char *unit_sub_state_name(const Unit *unit) {
        return unit_state_row(unit->type, unit->state)->name;
}

const char *unit_description(const Unit *unit) {
        const char *text = unit->spec ? unit_spec_text(unit->spec, DIRECTIVE_DESCRIPTION) : NULL;
        if (unit->service && unit->service->title)
                return unit->service->title;
        return text && *text ? text : unit->id;
}

const char *unit_result_name(const Unit *unit) {
        if (unit->scope)
                return scope_result_name(unit->scope->result);
        if (unit->socket)
                return socket_result_name(unit->socket->result);
        if (unit->timer)
                return timer_result_name(unit->timer->result);
        if (unit->path)
                return path_result_name(unit->path->result);
        return service_result_name(unit->service ? unit->service->result : SERVICE_SUCCESS);
}

pid_t unit_main_pid(const Unit *unit) {
        return unit->service ? unit->service->main_pid : 0;
}

pid_t unit_control_pid(const Unit *unit) {
        if (unit->socket)
                return unit->socket->control_pid;
        return unit->service ? unit->service->control_pid : 0;
}

bool unit_knows_pid(const Unit *unit, pid_t pid) {
        return pid > 0 && (pid == unit_main_pid(unit) || pid == unit_control_pid(unit));
}

/* --- what can be asked of it ------------------------------------------------------------------ */

bool unit_can_start(const Unit *unit) {
        return unit->load_state == UNIT_LOADED && unit_ops(unit->type)->start;
}

bool unit_can_stop(const Unit *unit) {
        return !(unit->flags & UNIT_PERPETUAL) && unit_ops(unit->type)->stop;
}

bool unit_can_reload(const Unit *unit) {
        const UnitOps *ops = unit_ops(unit->type);
        unsigned cursor = 0;
        if (unit->load_state != UNIT_LOADED)
                return false;
        if (ops->can_reload)
                return ops->can_reload(unit);
        return unit_graph_next(unit, DEP_BIT(DEP_PROPAGATES_RELOAD_TO), &cursor);
}

bool unit_can_isolate(const Unit *unit) {
        return unit_can_start(unit) && unit_spec_bool(unit->spec, DIRECTIVE_ALLOW_ISOLATE);
}

bool unit_needs_reload(const Unit *unit) {
        const EnginePorts *ports = &unit->engine->ports;
        return unit->spec && ports->files_changed(ports->userdata, unit);
}
