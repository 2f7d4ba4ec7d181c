/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/cmd_start.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "bus/bus_error.h"
#include "tend/explain.h"
#include "tend/job_watch.h"
#include "tend/unit_wait.h"
#include "unit/unit_name.h"

/* D-Bus errors that systemctl gives an exit status of its own. */
static const struct {
        const char *name;
        int status;
} error_statuses[] = {
        { BUS_ERROR_NO_SUCH_UNIT, 5 },
        { BUS_ERROR_LOAD_FAILED, 6 },
        { BUS_ERROR_JOB_TYPE_NOT_APPLICABLE, 3 },
        { BUS_ERROR_UNIT_MASKED, 1 },
        { BUS_ERROR_NO_ISOLATION, 4 },
        { BUS_ERROR_ONLY_BY_DEPENDENCY, 4 },
        { BUS_ERROR_SHUTTING_DOWN, 4 },
};

static int error_status(const sd_bus_error *error) {
        for (size_t i = 0; i < ARRAY_LENGTH(error_statuses); i++)
                if (sd_bus_error_has_name(error, error_statuses[i].name))
                        return error_statuses[i].status;
        return 1;
}

/* The name a person meant; NULL after a message. */
static char *mangle(const Tend *tend, const char *typed) {
        char *name = NULL;
        const char *suffix = streq(tend->mode, "isolate") ? ".target" : ".service";
        if (unit_name_mangle(typed, suffix, false, &name) < 0)
                tend_complain(tend, "\"%s\" is not a name of a unit", typed);
        return name;
}

int job_request(Tend *tend, JobWatch *watch, const char *member, const char *typed) {
        AUTO_FREE char *unit = mangle(tend, typed);
        AUTO_FREE char *job_path = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (!unit)
                return 1;
        int r = bus_client_unit_job(tend->client, member, unit, tend->mode, &error, &job_path);
        if (r < 0) {
                int status = error_status(&error);
                tend_complain(tend,
                              "Failed to %s %s: %s",
                              watch->verb,
                              unit,
                              error.message ? error.message : strerror(-r));
                explain_refusal(tend, unit, error.name);
                sd_bus_error_free(&error);
                return status;
        }
        if (tend->flags & TEND_NO_BLOCK)
                return 0;
        return job_watch_add(watch, job_path) < 0 ? 1 : 0;
}

/* --wait: until the units have ended again. */
static int wait_for_end(Tend *tend, char **typed_names) {
        AUTO_STRV char **names = NULL;

        STRV_FOREACH(typed, typed_names) {
                if (strv_take(&names, mangle(tend, *typed)) < 0)
                        return 1;
        }
        return unit_wait(tend, names);
}

int jobs_run(Tend *tend, const char *member, const char *verb, char **units) {
        AUTO(job_watch_done) JobWatch watch = { .tend = tend, .verb = verb };
        int status = 0;

        if (tend_connect(tend) < 0)
                return 1;
        STRV_FOREACH(unit, units) {
                int one = job_request(tend, &watch, member, *unit);
                if (one != 0)
                        status = one;
        }
        int waited = job_watch_finish(&watch);
        if (status == 0 && waited == 0 && (tend->flags & TEND_WAIT) &&
            !(tend->flags & TEND_NO_BLOCK))
                waited = wait_for_end(tend, units);
        return status != 0 ? status : waited;
}

int cmd_start(Tend *tend, char **arguments) {
        return jobs_run(tend, "StartUnit", "start", arguments);
}

int cmd_stop(Tend *tend, char **arguments) {
        return jobs_run(tend, "StopUnit", "stop", arguments);
}

int cmd_restart(Tend *tend, char **arguments) {
        return jobs_run(tend, "RestartUnit", "restart", arguments);
}

int cmd_try_restart(Tend *tend, char **arguments) {
        return jobs_run(tend, "TryRestartUnit", "try-restart", arguments);
}

int cmd_reload(Tend *tend, char **arguments) {
        return jobs_run(tend, "ReloadUnit", "reload", arguments);
}

int cmd_reload_or_restart(Tend *tend, char **arguments) {
        return jobs_run(tend, "ReloadOrRestartUnit", "reload-or-restart", arguments);
}

int cmd_isolate(Tend *tend, char **arguments) {
        tend->mode = "isolate";
        return jobs_run(tend, "StartUnit", "isolate", arguments);
}

/* Prints why a call was refused; the exit status. */
static int refused(const Tend *tend, const char *what, int r, sd_bus_error *error) {
        tend_complain(
                tend, "Failed to %s: %s", what, error->message ? error->message : strerror(-r));
        sd_bus_error_free(error);
        return 1;
}

int cmd_kill(Tend *tend, char **arguments) {
        int signal_number;
        int status = 0;

        if (parse_signal(str_of(tend->signal), &signal_number) < 0) {
                tend_complain(tend, "\"%s\" is not a signal", tend->signal);
                return 2;
        }
        if (tend_connect(tend) < 0)
                return 1;
        STRV_FOREACH(typed, arguments) {
                AUTO_FREE char *unit = mangle(tend, *typed);
                sd_bus_error error = SD_BUS_ERROR_NULL;
                int r = unit ? bus_client_call(tend->client,
                                               "KillUnit",
                                               &error,
                                               NULL,
                                               "ssi",
                                               unit,
                                               tend->kill_whom,
                                               signal_number)
                             : -EINVAL;
                if (r < 0)
                        status = unit ? refused(tend, "kill unit", r, &error) : 1;
        }
        return status;
}

int cmd_reset_failed(Tend *tend, char **arguments) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int status = 0;

        if (tend_connect(tend) < 0)
                return 1;
        if (!arguments[0]) {
                int r = bus_client_call(tend->client, "ResetFailed", &error, NULL, NULL);
                return r < 0 ? refused(tend, "reset failed state", r, &error) : 0;
        }
        STRV_FOREACH(typed, arguments) {
                AUTO_FREE char *unit = mangle(tend, *typed);
                int r = unit ? bus_client_call(
                                       tend->client, "ResetFailedUnit", &error, NULL, "s", unit)
                             : -EINVAL;
                if (r < 0)
                        status = unit ? refused(tend, "reset failed state", r, &error) : 1;
        }
        return status;
}

int cmd_cancel(Tend *tend, char **arguments) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int status = 0;

        if (tend_connect(tend) < 0)
                return 1;
        if (!arguments[0]) {
                int r = bus_client_call(tend->client, "ClearJobs", &error, NULL, NULL);
                return r < 0 ? refused(tend, "cancel jobs", r, &error) : 0;
        }
        STRV_FOREACH(text, arguments) {
                uint32_t id;
                if (parse_u32(str_of(*text), &id) < 0) {
                        tend_complain(tend, "\"%s\" is not the number of a job", *text);
                        return 2;
                }
                int r = bus_client_call(tend->client, "CancelJob", &error, NULL, "u", id);
                if (r < 0)
                        status = refused(tend, "cancel job", r, &error);
        }
        return status;
}

int cmd_daemon_reload(Tend *tend, char **arguments UNUSED) {
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (tend_connect(tend) < 0)
                return 1;
        int r = bus_client_call(tend->client, "Reload", &error, NULL, NULL);
        return r < 0 ? refused(tend, "reload unit files", r, &error) : 0;
}
