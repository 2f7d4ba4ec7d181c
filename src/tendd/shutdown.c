/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/shutdown.h"

#include <syslog.h>

#define SHUTDOWN_TARGET "shutdown.target"

/* Jobs for each unit that is up; the order between them is kept by the queue. */
static void stop_one_by_one(Engine *engine, const Log *log) {
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                EngineError error = { 0 };
                if (unit->type == UNIT_SLICE || active_state_is_down(unit_active_state(unit)))
                        continue;
                if (engine_enqueue_job(engine, unit, JOB_STOP, JOB_MODE_REPLACE, &error, NULL) < 0)
                        log_line(
                                log, LOG_WARNING, NULL, "Cannot stop %s: %s", unit->id, error.text);
        }
}

void shutdown_begin(Engine *engine, const Log *log) {
        EngineError error = { 0 };
        Unit *target = NULL;

        engine->stopping = true;
        int r = engine_load_unit(engine, SHUTDOWN_TARGET, &target, &error);
        if (r >= 0)
                r = engine_enqueue_job(engine, target, JOB_START, JOB_MODE_ISOLATE, &error, NULL);
        if (r < 0) {
                log_line(log, LOG_DEBUG, NULL, "Stopping units one by one: %s", error.text);
                stop_one_by_one(engine, log);
        }
}

bool shutdown_is_complete(const Engine *engine) {
        return engine->n_jobs == 0;
}
