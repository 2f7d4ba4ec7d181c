/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "bus/bus_error.h"
#include "tend/systemctl/ctl_job.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/unit_wait.h"

typedef struct StartVerb {
        const char *name;
        const char *member; /* the manager's method */
        const char *job;    /* in messages and for EnqueueUnitJob */
} StartVerb;

/* clang-format off */
static const StartVerb start_verbs[] = {
        { "condreload", "ReloadOrTryRestartUnit", "reload-or-try-restart" },
        { "condrestart", "TryRestartUnit", "try-restart" },
        { "condstop", "StopUnit", "stop" },
        { "force-reload", "ReloadOrTryRestartUnit", "reload-or-try-restart" },
        { "isolate", "StartUnit", "start" },
        { "reload", "ReloadUnit", "reload" },
        { "reload-or-restart", "ReloadOrRestartUnit", "reload-or-restart" },
        { "reload-or-try-restart", "ReloadOrTryRestartUnit", "reload-or-try-restart" },
        { "restart", "RestartUnit", "restart" },
        { "start", "StartUnit", "start" },
        { "stop", "StopUnit", "stop" },
        { "try-reload-or-restart", "ReloadOrTryRestartUnit", "reload-or-try-restart" },
        { "try-restart", "TryRestartUnit", "try-restart" },
};

/* Errors with an exit status of their own. */
static const struct { const char *name; int status; bool is_plain; } refusals[] = {
        { BUS_ERROR_JOB_TYPE_NOT_APPLICABLE, 3, true },
        { BUS_ERROR_LOAD_FAILED, 6, false },
        { BUS_ERROR_NO_ISOLATION, 4, false },
        { BUS_ERROR_NO_SUCH_UNIT, 5, true },
        { BUS_ERROR_ONLY_BY_DEPENDENCY, 4, false },
        { BUS_ERROR_TRANSACTION_IS_DESTRUCTIVE, 4, false },
        { BUS_ERROR_UNIT_MASKED, 1, true },
        { "org.freedesktop.DBus.Error.AccessDenied", 4, false },
        { "org.freedesktop.DBus.Error.NotSupported", 3, false },
};
/* clang-format on */

static const StartVerb *find_verb(const char *name) {
        for (size_t i = 0; i < ARRAY_LENGTH(start_verbs); i++)
                if (streq(start_verbs[i].name, name))
                        return &start_verbs[i];
        return NULL;
}

/* Says why a job was refused; the exit status. */
static int
refused(const Systemctl *ctl, const char *job, const char *unit, int r, sd_bus_error *error) {
        int status = 1;
        bool is_plain = false;

        for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++)
                if (sd_bus_error_has_name(error, refusals[i].name)) {
                        status = refusals[i].status;
                        is_plain = refusals[i].is_plain;
                }
        (void)systemctl_refused(r, error, "Failed to %s %s", job, unit);
        if (!is_plain)
                (void)program_fail("See %s logs and 'systemctl%s status%s %s' for details.",
                                   ctl->tend->scope == UNIT_SCOPE_USER ? "user" : "system",
                                   systemctl_user_option(ctl),
                                   unit[0] == '-' ? " --" : "",
                                   unit);
        return status;
}

void ctl_warn_if_changed(const Systemctl *ctl, const char *unit) {
        AUTO_FREE char *path = bus_client_unit_path(unit);
        uint64_t needs_reload = 0;

        if (ctl->flags & SYSTEMCTL_QUIET || !path)
                return;
        if (bus_client_get_number(ctl->tend->client,
                                  path,
                                  BUS_UNIT_INTERFACE,
                                  "NeedDaemonReload",
                                  NULL,
                                  &needs_reload) >= 0 &&
            needs_reload)
                ctl_print_changed(ctl, unit);
}

void ctl_print_changed(const Systemctl *ctl, const char *unit) {
        (void)program_fail("Warning: The unit file, source configuration file or drop-ins of %s "
                           "changed on disk. Run 'systemctl%s daemon-reload' to reload units.",
                           unit,
                           systemctl_user_option(ctl));
}

/* --show-transaction: the jobs that one job brought. */
static int read_transaction(sd_bus_message *reply, CtlJobs *jobs) {
        const char *path, *unit, *unit_path, *type;
        uint32_t id;

        int r = sd_bus_message_read(reply, "uosos", &id, &path, &unit, &unit_path, &type);
        if (r < 0)
                return err_pass(r);
        (void)program_fail("Enqueued anchor job %u %s/%s.", id, unit, type);
        r = strv_add(&jobs->paths, path);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(uosos)");
        while (r >= 0 && (r = sd_bus_message_read(
                                  reply, "(uosos)", &id, &path, &unit, &unit_path, &type)) > 0)
                (void)program_fail("Enqueued auxiliary job %u %s/%s.", id, unit, type);
        return err_pass(r);
}

static int enqueue(Systemctl *ctl, const StartVerb *verb, const char *unit, CtlJobs *jobs) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AUTO_FREE char *path = NULL;
        int r = 0;

        if (ctl->flags & SYSTEMCTL_SHOW_TRANSACTION) {
                sd_bus_message *reply = NULL;
                r = bus_client_call(ctl->tend->client,
                                    "EnqueueUnitJob",
                                    &error,
                                    &reply,
                                    "sss",
                                    unit,
                                    verb->job,
                                    jobs->mode);
                if (r >= 0)
                        r = read_transaction(reply, jobs);
                sd_bus_message_unref(reply);
        } else {
                r = bus_client_unit_job(
                        ctl->tend->client, verb->member, unit, jobs->mode, &error, &path);
                if (r >= 0)
                        r = strv_take(&jobs->paths, STEAL(path));
        }
        if (r < 0)
                return refused(ctl, verb->job, unit, r, &error);
        ctl_warn_if_changed(ctl, unit);
        sd_bus_error_free(&error);
        return 0;
}

/* After stop: what would start the unit again. */
static void warn_of_triggers(const Systemctl *ctl, const char *unit) {
        AUTO_STRV char **triggers = ctl_unit_list(ctl, unit, "TriggeredBy");
        bool is_first = true;

        STRV_FOREACH(trigger, triggers) {
                AUTO_FREE char *state = systemctl_unit_text(ctl, *trigger, "ActiveState");
                if (!state || (!streq(state, "active") && !streq(state, "reloading")))
                        continue;
                if (is_first)
                        (void)program_fail(
                                "Warning: Stopping %s, but it can still be activated by:", unit);
                (void)program_fail("  %s", *trigger);
                is_first = false;
        }
}

static int enqueue_marked(Systemctl *ctl, CtlJobs *jobs) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *path;

        int r = bus_client_call(ctl->tend->client, "EnqueueMarkedJobs", &error, &reply, NULL);
        if (r < 0)
                return systemctl_refused(r, &error, "Failed to start jobs");
        r = sd_bus_message_enter_container(reply, 'a', "o");
        while (r >= 0 && (r = sd_bus_message_read(reply, "o", &path)) > 0)
                r = strv_add(&jobs->paths, path);
        sd_bus_message_unref(reply);
        return r < 0;
}

static int start_units(Systemctl *ctl, const StartVerb *verb, char **names, CtlJobs *jobs) {
        int status = 0;

        STRV_FOREACH(name, names) {
                int one = enqueue(ctl, verb, *name, jobs);
                if (status == 0)
                        status = one;
        }
        if (!(ctl->flags & SYSTEMCTL_NO_BLOCK)) {
                int waited = ctl_jobs_wait(ctl, jobs);
                if (waited != 0)
                        return waited;
                if (streq(verb->job, "stop") && !(ctl->flags & SYSTEMCTL_QUIET)) {
                        STRV_FOREACH(name, names)
                        warn_of_triggers(ctl, *name);
                }
                if (status == 0 && ctl->flags & SYSTEMCTL_WAIT)
                        status = unit_wait(ctl->tend, names);
        }
        return status;
}

int ctl_start(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        const StartVerb *verb = find_verb(ctl->verb);
        AUTO(ctl_jobs_done) CtlJobs jobs = { .mode = ctl->job_mode };
        AUTO_STRV char **names = NULL;
        bool isolate = streq(ctl->verb, "isolate");

        if (ctl->flags & SYSTEMCTL_WAIT &&
            !(streq(ctl->verb, "start") || streq(ctl->verb, "restart")))
                return program_fail("--wait may only be used with the 'start' or 'restart' "
                                    "commands."),
                       1;
        if (ctl->flags & SYSTEMCTL_MARKED ? !!arguments[0] : !arguments[0])
                return program_fail(arguments[0] ? "No additional arguments allowed with 'reload-"
                                                   "or-restart --marked'."
                                    : streq(ctl->verb, "reload-or-restart")
                                            ? "List of units to restart/reload is required."
                                            : "Too few arguments."),
                       1;
        if (isolate)
                jobs.mode = "isolate";
        if (systemctl_connect(ctl) < 0)
                return 1;
        if (ctl->flags & SYSTEMCTL_MARKED) {
                int status = enqueue_marked(ctl, &jobs);
                return status != 0 ? status : ctl_jobs_wait(ctl, &jobs);
        }
        if (systemctl_expand(ctl, arguments, isolate ? ".target" : NULL, &names) < 0)
                return 1;
        return start_units(ctl, verb, names, &jobs);
}
