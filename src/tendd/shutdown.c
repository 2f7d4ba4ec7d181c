/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/shutdown.h"

#include <syslog.h>

#define SHUTDOWN_TARGET "shutdown.target"

/* Targets and slices only group; what is present without us stays. */
static bool has_processes(UnitType type) {
        return type == UNIT_SERVICE || type == UNIT_SCOPE || type == UNIT_SOCKET;
}

/* Jobs for each unit that is up; the order between them is kept by the queue. */
static void stop_one_by_one(Engine *engine, const Log *log) {
        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit)) {
                EngineError error = { 0 };
                bool is_down = active_state_is_down(unit_active_state(unit));
                if (is_down || !has_processes(unit->type))
                        continue;
                if (engine_enqueue_job(unit, JOB_STOP, JOB_MODE_REPLACE, &error, NULL) < 0)
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
                r = engine_enqueue_job(
                        target, JOB_START, JOB_MODE_REPLACE_IRREVERSIBLY, &error, NULL);
        if (r < 0) {
                log_line(
                        log, LOG_WARNING, NULL, "Cannot start " SHUTDOWN_TARGET ": %s", error.text);
                stop_one_by_one(engine, log);
        }
}

bool shutdown_go_on(Engine *engine, const Log *log) {
        if (engine->n_jobs > 0)
                return true;
        stop_one_by_one(engine, log); /* units that do not conflict with shutdown.target */
        return engine->n_jobs > 0;
}
