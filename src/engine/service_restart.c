/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/service_action.h"
#include "engine/service_phase.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>

/* --- whether ----------------------------------------------------------------------- */

/* What Restart= makes of each result; columns of the table in systemd.service(5). */
#define ON(result) (1u << (result))
#define ON_ABNORMAL                                                                                \
        (ON(SERVICE_FAILURE_RESOURCES) | ON(SERVICE_FAILURE_PROTOCOL) |                            \
         ON(SERVICE_FAILURE_TIMEOUT) | ON(SERVICE_FAILURE_SIGNAL) |                                \
         ON(SERVICE_FAILURE_CORE_DUMP) | ON(SERVICE_FAILURE_WATCHDOG) |                            \
         ON(SERVICE_FAILURE_START_LIMIT_HIT) | ON(SERVICE_FAILURE_OOM_KILL))

static const unsigned restart_results[] = {
        [RESTART_NO] = 0,
        [RESTART_ON_SUCCESS] = ON(SERVICE_SUCCESS),
        [RESTART_ON_FAILURE] = ON_ABNORMAL | ON(SERVICE_FAILURE_EXIT_CODE),
        [RESTART_ON_ABNORMAL] = ON_ABNORMAL,
        [RESTART_ON_WATCHDOG] = ON(SERVICE_FAILURE_WATCHDOG),
        [RESTART_ON_ABORT] = ON(SERVICE_FAILURE_SIGNAL) | ON(SERVICE_FAILURE_CORE_DUMP),
        [RESTART_ALWAYS] = ON_ABNORMAL | ON(SERVICE_FAILURE_EXIT_CODE) | ON(SERVICE_SUCCESS),
};
static_assert(ARRAY_LENGTH(restart_results) == SERVICE_RESTART_COUNT,
              "one mask per Restart= value");

static bool ended_as(const Unit *unit, DirectiveId id) {
        const ExecStatus *status = &unit->service->main_status;
        const ExitSet *set = unit->spec ? unit_spec_exit_set(unit->spec, id) : NULL;
        if (!set)
                return false;
        if (status->code == CLD_EXITED)
                return exit_set_has_code(set, status->status);
        return (status->code == CLD_KILLED || status->code == CLD_DUMPED) &&
               exit_set_has_signal(set, status->status);
}

bool service_shall_restart(const Unit *unit) {
        const ServiceRuntime *s = unit->service;
        if (s->forbid_restart || ended_as(unit, DIRECTIVE_RESTART_PREVENT_EXIT_STATUS))
                return false;
        if (ended_as(unit, DIRECTIVE_RESTART_FORCE_EXIT_STATUS))
                return true;
        return restart_results[service_number(unit, DIRECTIVE_RESTART)] & ON(s->result);
}

/* The least time before another try when a command could not be started. */
#define RESOURCES_DELAY_USEC (100 * USEC_PER_MSEC)

/* --- when -------------------------------------------------------------------------- */

static uint64_t configured_delay(const Unit *unit) {
        uint64_t first = service_find(unit, DIRECTIVE_RESTART_SEC)
                                 ? service_number(unit, DIRECTIVE_RESTART_SEC)
                                 : unit->engine->config.default_restart_usec;
        uint64_t steps = service_number(unit, DIRECTIVE_RESTART_STEPS);
        uint64_t last = service_find(unit, DIRECTIVE_RESTART_MAX_DELAY_SEC)
                                ? service_number(unit, DIRECTIVE_RESTART_MAX_DELAY_SEC)
                                : USEC_INFINITY;
        unsigned done = unit->service->n_backoff;
        if (done == 0 || steps == 0 || first == 0 || last == USEC_INFINITY || first >= last)
                return first;
        if (done >= steps)
                return last;
        /* Each step grows by the same factor, so that the last one is `last`. */
        double growth = pow((double)last / (double)first, (double)done / (double)steps);
        return (uint64_t)((double)first * growth);
}

/* A command that could not even be started would fail again at once, without end. */
uint64_t service_restart_delay_usec(const Unit *unit) {
        uint64_t delay = configured_delay(unit);
        bool nothing_ran = unit->service->result == SERVICE_FAILURE_RESOURCES;
        return nothing_ran ? MAX(delay, RESOURCES_DELAY_USEC) : delay;
}

static bool is_up(ServiceState state) {
        return active_state_is_up(unit_state_row(UNIT_SERVICE, state)->active);
}

/* No timer: whether health lasted long enough is asked when it ends. */
void service_note_health(Unit *unit, ServiceState state) {
        ServiceRuntime *s = unit->service;
        uint64_t enough = service_number(unit, DIRECTIVE_RESTART_RESET_SEC);
        if (is_up(state)) {
                if (s->healthy_since_usec == 0)
                        s->healthy_since_usec = service_now(unit);
                return;
        }
        if (s->healthy_since_usec == 0)
                return;
        uint64_t healthy_usec = service_now(unit) - s->healthy_since_usec;
        s->healthy_since_usec = 0;
        if (enough == 0 || healthy_usec < enough)
                return;
        s->n_backoff = 0;
        start_limit_reset(unit);
}

void service_begin_auto_restart(Unit *unit) {
        ServiceRuntime *s = unit->service;
        s->restart_queued = false;
        service_set_state(unit, SERVICE_AUTO_RESTART);
        s->will_auto_restart = false;
        if (service_restart_delay_usec(unit) == 0)
                service_enter_restart(unit);
}

/* --- how --------------------------------------------------------------------------- */

void service_enter_restart(Unit *unit) {
        ServiceRuntime *s = unit->service;
        EngineError error = { 0 };
        char field[32];
        /* Taken over with its job, or with the start that replaced it. */
        if (s->restart_queued &&
            (service_has_job(unit, JOB_RESTART) || service_has_job(unit, JOB_START)))
                return;
        if (service_has_job(unit, JOB_STOP)) {
                service_log(
                        unit, LOG_INFO, "Stop job pending for unit, skipping automatic restart.");
                return;
        }
        unit_history_cause(unit, CAUSE_RESTART, (int)s->n_restarts + 1, NULL);
        int r = engine_enqueue_job(unit, JOB_RESTART, JOB_MODE_REPLACE, &error, NULL);
        if (r < 0) {
                service_log(unit, LOG_WARNING, "Failed to schedule restart job: %s", error.text);
                service_enter_dead(unit, SERVICE_FAILURE_RESOURCES, false);
                return;
        }
        /* AUTO_RESTART ends by the stop half of the job. */
        s->restart_queued = true;
        s->flush_restarts = false;
        s->n_restarts++;
        s->n_backoff++;
        (void)snprintf(field, sizeof(field), "N_RESTARTS=%u\n", s->n_restarts);
        unit_log_about(unit, "5eb03494b6584870a536b337290809b3", field); /* restart scheduled */
        service_log(
                unit, LOG_INFO, "Scheduled restart job, restart counter is at %u.", s->n_restarts);
        unit_log_about(unit, NULL, NULL);
        unit_mark_changed(unit);
}

int service_restart_due(Unit *unit, ServiceResult result) {
        (void)result;
        service_enter_restart(unit);
        return 0;
}

/* RestartMode=direct: nobody is to see that it was down for a moment. */
static bool restarts_directly(const Unit *unit) {
        return unit->service->restart_queued && service_has_job(unit, JOB_RESTART) &&
               service_number(unit, DIRECTIVE_RESTART_MODE) == RESTART_MODE_DIRECT;
}

int service_cancel_restart(Unit *unit, ServiceResult result) {
        (void)result;
        ServiceRuntime *s = unit->service;
        /* A stop of somebody else ends the series that is counted. */
        if (!s->restart_queued || !service_has_job(unit, JOB_RESTART))
                s->flush_restarts = true;
        s->forbid_restart = false;
        s->will_auto_restart = restarts_directly(unit);
        service_set_state(unit, SERVICE_DEAD);
        s->will_auto_restart = false;
        /* Released when it went down; what was kept for a restart goes when there is none. */
        if (!service_has_job(unit, JOB_START))
                service_release(unit, false);
        return UNIT_DONE_OR_RUNNING;
}
