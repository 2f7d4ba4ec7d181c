/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/log_control.h"
#include "tend/pager.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"

/* --- jobs and files
 * ---------------------------------------------------------------------------------------- */

int ctl_cancel(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int status = 0;

        if (systemctl_connect(ctl) < 0)
                return 1;
        if (!arguments[0]) {
                int r = bus_client_call(ctl->tend->client, "ClearJobs", &error, NULL, NULL);
                return r < 0 ? systemctl_refused(r, &error, "Failed to clear jobs") : 0;
        }
        STRV_FOREACH(text, arguments) {
                uint32_t id;
                if (parse_u32(str_of(*text), &id) < 0)
                        return program_fail("Failed to parse job id \"%s\": Invalid argument",
                                            *text),
                               1;
                int r = bus_client_call(ctl->tend->client, "CancelJob", &error, NULL, "u", id);
                if (r < 0)
                        status = systemctl_refused(r, &error, "Failed to cancel job %u", id);
        }
        return status;
}

int ctl_daemon_reload(void *userdata, char **arguments UNUSED) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        bool reexec = streq(ctl->verb, "daemon-reexec");

        if (systemctl_connect(ctl) < 0)
                return 1;
        int r = bus_client_call(
                ctl->tend->client, reexec ? "Reexecute" : "Reload", &error, NULL, NULL);
        if (reexec && (r == -ECONNRESET || r == -ETIMEDOUT || r == -ENOTCONN))
                r = 0; /* it went away to come back */
        return r < 0 ? systemctl_refused(
                               r, &error, "%s daemon failed", reexec ? "Reexecute" : "Reload")
                     : 0;
}

/* --- environment
 * ------------------------------------------------------------------------------------------- */

/* As an object of JSON. */
static int print_environment_json(const Systemctl *ctl, char *const *variables) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        JsonWriter writer = { .out = &out, .pretty = ctl->json & TEXT_TABLE_PRETTY, .tabs = true };

        json_begin_object(&writer, NULL);
        STRV_FOREACH(variable, variables) {
                const char *value = strchr(*variable, '=');
                AUTO_FREE char *name =
                        value ? str_dup((Str){ *variable, (size_t)(value - *variable) }) : NULL;
                if (name)
                        json_string(&writer, name, value + 1);
        }
        json_end_object(&writer);
        strbuf_add_char(&out, '\n');
        return pager_print(ctl->tend, &out) < 0 ? 1 : 0;
}

int ctl_show_environment(void *userdata, char **arguments UNUSED) {
        Systemctl *ctl = userdata;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **variables = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (systemctl_connect(ctl) < 0)
                return 1;
        int r = sd_bus_get_property_strv(bus_client_bus(ctl->tend->client),
                                         "org.freedesktop.systemd1",
                                         BUS_MANAGER_PATH,
                                         BUS_MANAGER_INTERFACE,
                                         "Environment",
                                         &error,
                                         &variables);
        if (r < 0)
                return systemctl_refused(r, &error, "Failed to get environment");
        if (ctl->json)
                return print_environment_json(ctl, variables);
        STRV_FOREACH(variable, variables) {
                const char *value = strchr(*variable, '=');
                if (!value)
                        continue;
                strbuf_addf(&out, "%.*s", (int)(value + 1 - *variable), *variable);
                log_control_quote(value + 1, &out);
                strbuf_add_char(&out, '\n');
        }
        return pager_print(ctl->tend, &out) < 0 ? 1 : 0;
}

static int send_list(Systemctl *ctl, const char *member, char **list, sd_bus_error *error) {
        sd_bus *bus = bus_client_bus(ctl->tend->client);
        sd_bus_message *request = NULL;

        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               member);
        if (r >= 0)
                r = sd_bus_message_append_strv(request, list);
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, error, NULL);
        sd_bus_message_unref(request);
        return err_pass(r);
}

int ctl_set_environment(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        bool set = streq(ctl->verb, "set-environment");

        if (systemctl_connect(ctl) < 0)
                return 1;
        int r = send_list(ctl, set ? "SetEnvironment" : "UnsetEnvironment", arguments, &error);
        return r < 0 ? systemctl_refused(r, &error, "Failed to set environment") : 0;
}

extern char **environ;

int ctl_import_environment(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        AUTO_STRV char **list = NULL;
        int r = 0;

        if (systemctl_connect(ctl) < 0)
                return 1;
        if (!arguments[0]) {
                (void)program_fail("Calling import-environment without a list of variable names is "
                                   "deprecated.");
                r = strv_extend(&list, environ);
        }
        STRV_FOREACH(name, arguments) {
                const char *value = getenv(*name);
                if (strchr(*name, '='))
                        return program_fail("Not a valid environment variable name: %s", *name), 1;
                if (!value)
                        (void)program_fail("Environment variable $%s not set, ignoring.", *name);
                else if (r >= 0)
                        r = strv_addf(&list, "%s=%s", *name, value);
        }
        if (r >= 0)
                r = send_list(ctl, "SetEnvironment", list, &error);
        return r < 0 ? systemctl_refused(r, &error, "Failed to import environment") : 0;
}

/* --- the manager itself
 * ------------------------------------------------------------------------------------ */

static int log_setting(Systemctl *ctl, char **arguments, LogControlSetting setting) {
        LogControl control = { .name = "org.freedesktop.systemd1" };

        if (arguments[0] && log_control_check(setting, arguments[0]) != 0)
                return 1;
        if (systemctl_connect(ctl) < 0)
                return 1;
        control.bus = bus_client_bus(ctl->tend->client);
        return log_control(&control, setting, arguments[0]);
}

int ctl_log_level(void *userdata, char **arguments) {
        return log_setting(userdata, arguments, LOG_CONTROL_LEVEL);
}

int ctl_log_target(void *userdata, char **arguments) {
        return log_setting(userdata, arguments, LOG_CONTROL_TARGET);
}

int ctl_service_watchdogs(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;

        if (systemctl_connect(ctl) < 0)
                return 1;
        return log_control_watchdogs(bus_client_bus(ctl->tend->client), arguments[0]);
}

/* --- services that have a log control of their own
 * --------------------------------------------------------- */

static int service_log_setting(Systemctl *ctl, char **arguments, LogControlSetting setting) {
        AUTO_FREE char *unit = NULL, *name = NULL, *path = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (systemctl_connect(ctl) < 0)
                return 1;
        unit = systemctl_mangle(ctl, arguments[0], NULL);
        path = unit ? bus_client_unit_path(unit) : NULL;
        if (!path)
                return 1;
        int r = bus_client_get_text(
                ctl->tend->client, path, BUS_SERVICE_INTERFACE, "BusName", &error, &name);
        if (r < 0)
                return systemctl_refused(r, &error, "Failed to obtain D-Bus name of %s unit", unit);
        if (name[0] == '\0')
                return program_fail("Unit %s doesn't declare BusName=.\n"
                                    "Hint: the service must declare BusName= and implement the "
                                    "appropriate D-Bus interface.\n"
                                    "      See the org.freedesktop.LogControl1(5) man page for "
                                    "details.",
                                    unit),
                       1;
        if (arguments[1] && log_control_check(setting, arguments[1]) != 0)
                return 1;
        return log_control_of_service(ctl->tend, name, setting, arguments[1]);
}

int ctl_service_log_level(void *userdata, char **arguments) {
        return service_log_setting(userdata, arguments, LOG_CONTROL_LEVEL);
}

int ctl_service_log_target(void *userdata, char **arguments) {
        return service_log_setting(userdata, arguments, LOG_CONTROL_TARGET);
}

/* --- is-system-running
 * ------------------------------------------------------------------------------------ */

static int on_finished(sd_bus_message *message UNUSED, void *userdata, sd_bus_error *error UNUSED) {
        *(bool *)userdata = true;
        return 0;
}

static bool is_starting(const char *state) {
        return streq(state, "initializing") || streq(state, "starting");
}

static char *system_state(const Systemctl *ctl) {
        char *state = NULL;
        (void)bus_client_get_text(ctl->tend->client,
                                  BUS_MANAGER_PATH,
                                  BUS_MANAGER_INTERFACE,
                                  "SystemState",
                                  NULL,
                                  &state); /* NULL then */
        return state;
}

static void wait_for_startup(const Systemctl *ctl) {
        sd_bus *bus = bus_client_bus(ctl->tend->client);
        sd_bus_slot *slot = NULL;
        bool finished = false;

        int r = sd_bus_match_signal(bus,
                                    &slot,
                                    NULL,
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    "StartupFinished",
                                    on_finished,
                                    &finished);
        AUTO_FREE char *state = system_state(ctl);
        while (r >= 0 && !finished && state && is_starting(state)) {
                r = sd_bus_process(bus, NULL);
                if (r == 0)
                        r = sd_bus_wait(bus, UINT64_MAX);
        }
        sd_bus_slot_unref(slot);
}

int ctl_is_system_running(void *userdata, char **arguments UNUSED) {
        Systemctl *ctl = userdata;
        AUTO_FREE char *state = NULL;

        if (ctl->tend->scope == UNIT_SCOPE_SYSTEM && !ctl->tend->client &&
            access("/run/systemd/system/", F_OK) < 0) {
                if (!(ctl->flags & SYSTEMCTL_QUIET))
                        (void)puts("offline"); /* as all output: checked when it is closed */
                return 1;
        }
        if (systemctl_connect(ctl) < 0)
                return 1;
        if (ctl->flags & SYSTEMCTL_WAIT)
                wait_for_startup(ctl);
        state = system_state(ctl);
        if (!(ctl->flags & SYSTEMCTL_QUIET))
                (void)puts(state ? state : "unknown"); /* likewise */
        return state && streq(state, "running") ? 0 : 1;
}
