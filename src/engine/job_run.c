/* SPDX-License-Identifier: Apache-2.0 */
#include <syslog.h>

#include "engine/job_queue.h"
#include "engine/unit_ops.h"
#include "engine/unit_propagate.h"
#include "engine/unit_registry.h"

/* A unit of systemd's own programs that tend does without: up at once, or left alone. */
static int start_replaced(Unit *unit) {
        if (!unit->spec->satisfied)
                return UNIT_SKIPPED;
        if (unit->type != UNIT_SERVICE)
                return UNIT_ALREADY;
        unit_set_state(unit, SERVICE_EXITED);
        return UNIT_DONE_OR_RUNNING;
}

static int start(Unit *unit) {
        const UnitOps *ops = unit_ops(unit->type);
        ActiveState state = unit_active_state(unit);
        if (active_state_is_up(state))
                return UNIT_ALREADY;
        /* Conditions are asked when it really begins. */
        if (state == ACTIVE_STATE_MAINTENANCE || state == ACTIVE_STATE_DEACTIVATING)
                return UNIT_AGAIN;
        /* A unit that is activating went through the gate; the request may still hurry it up. */
        int r = state == ACTIVE_STATE_ACTIVATING ? UNIT_DONE_OR_RUNNING : unit_start_gate(unit);
        if (r != UNIT_DONE_OR_RUNNING)
                return r;
        unit_retry_forget(unit);
        if (unit->spec->replaced)
                return start_replaced(unit);
        if (active_state_is_down(state))
                unit->engine->ports.new_invocation_id(unit->engine->ports.userdata,
                                                      &unit->invocation_id);
        unit_mark_changed(unit);
        /* What cannot be started is waited for: a device comes by itself. */
        return ops->start ? ops->start(unit) : UNIT_DONE_OR_RUNNING;
}

static int stop(Unit *unit) {
        const UnitOps *ops = unit_ops(unit->type);
        unit_retry_forget(unit);
        if (active_state_is_down(unit_active_state(unit)))
                return UNIT_ALREADY;
        unit_mark_changed(unit);
        return ops->stop ? ops->stop(unit) : UNIT_DONE_OR_RUNNING;
}

static int reload(Unit *unit) {
        const UnitOps *ops = unit_ops(unit->type);
        ActiveState state = unit_active_state(unit);
        if (unit->load_state != UNIT_LOADED)
                return UNIT_FAILED_NOW;
        if (!unit_can_reload(unit))
                return UNIT_REFUSED;
        if (state == ACTIVE_STATE_RELOADING)
                return UNIT_AGAIN;
        if (state != ACTIVE_STATE_ACTIVE) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Unit cannot be reloaded because it is inactive.",
                         unit->id);
                return UNIT_REFUSED;
        }
        unit_mark_changed(unit);
        /* Units that only pass a reload on have nothing to do themselves. */
        if (!ops->reload || !ops->can_reload || !ops->can_reload(unit))
                return UNIT_ALREADY;
        return ops->reload(unit);
}

static int verify_active(const Unit *unit) {
        ActiveState state = unit_active_state(unit);
        if (active_state_is_up(state))
                return UNIT_ALREADY;
        return state == ACTIVE_STATE_ACTIVATING ? UNIT_AGAIN : UNIT_NOT_ACTIVE;
}

int job_perform(Job *job) {
        if (unit_wake(job->unit) < 0)
                return UNIT_FAILED_NOW;
        switch (job->type) {
        case JOB_START:
                return start(job->unit);
        case JOB_VERIFY_ACTIVE:
                return verify_active(job->unit);
        case JOB_STOP:
        case JOB_RESTART:
                return stop(job->unit);
        case JOB_RELOAD:
                return reload(job->unit);
        case JOB_NOP:
        case JOB_TRY_RESTART:
        case JOB_TRY_RELOAD:
        case JOB_RELOAD_OR_START:
        case JOB_TYPE_COUNT:
                break;
        }
        return UNIT_ALREADY;
}
