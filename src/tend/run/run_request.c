/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/program.h"
#include "tend/property_assign.h"
#include "tend/run/run.h"
#include "unit/unit_name.h"

static int append_all(sd_bus_message *request, const char *unit, char *const *assignments) {
        STRV_FOREACH(assignment, assignments) {
                if (property_assign(request, unit, *assignment) < 0)
                        return err_new(-EBADMSG); /* said why */
        }
        return 0;
}

static int append_text(sd_bus_message *request, const char *name, const char *value) {
        return value ? err_pass(sd_bus_message_append(request, "(sv)", name, "s", value)) : 0;
}

/* What the unit is called where nobody said: its command. */
static int append_description(const Run *run, sd_bus_message *request, const char *unit) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (run->description)
                return err_pass(append_text(request, "Description", run->description));
        STRV_FOREACH(word, run->command)
        strbuf_addf(&text, "%s%s", word == run->command ? "" : " ", *word);
        return err_pass(
                append_text(request, "Description", run->command ? strbuf_text(&text) : unit));
}

/* The slice that was named, or is ours with --slice-inherit. */
static int append_slice(const Run *run, sd_bus_message *request) {
        AUTO_FREE char *slice = NULL;

        if (!run->slice)
                return 0;
        int r = unit_name_mangle(run->slice, ".slice", false, &slice);
        return err_pass(r < 0 ? r : append_text(request, "Slice", slice));
}

static int append_process_settings(const Run *run, sd_bus_message *request, const char *unit) {
        int r = 0;

        if (run->flags & RUN_COLLECT)
                r = append_text(request, "CollectMode", "inactive-or-failed");
        if (r >= 0)
                r = append_all(request, unit, run->properties);
        if (r >= 0)
                r = append_slice(run, request);
        if (r >= 0 && run->flags & RUN_SEND_SIGHUP)
                r = sd_bus_message_append(request, "(sv)", "SendSIGHUP", "b", true);
        return err_pass(r);
}

/* --- services
 * ---------------------------------------------------------------------------------------------- */

static int append_directory(const Run *run, sd_bus_message *request) {
        char present[4096];

        if (run->flags & RUN_SAME_DIRECTORY && getcwd(present, sizeof(present)))
                return err_pass(append_text(request, "WorkingDirectory", present));
        return err_pass(append_text(request, "WorkingDirectory", run->directory));
}

/* Our descriptors by their names in /proc. */
static int append_stream_paths(sd_bus_message *request) {
        static const char *const names[] = { "StandardInputFile",
                                             "StandardOutputFileToAppend",
                                             "StandardErrorFileToAppend" };
        int r = 0;

        for (int i = 0; r >= 0 && i < (int)ARRAY_LENGTH(names); i++) {
                AUTO(strbuf_done) StrBuf path = STRBUF_INIT;
                strbuf_addf(&path, "/proc/%d/fd/%d", (int)getpid(), i);
                r = append_text(request, names[i], strbuf_text(&path));
        }
        return err_pass(r);
}

/* Our descriptors, or the terminal. */
static int append_streams(const Run *run, sd_bus_message *request) {
        static const char *const names[] = { "StandardInput", "StandardOutput", "StandardError" };
        int r = 0;

        if (run->terminal) {
                const char *term = getenv("TERM");
                AUTO(strbuf_done) StrBuf variable = STRBUF_INIT;
                for (size_t i = 0; r >= 0 && i < ARRAY_LENGTH(names); i++)
                        r = append_text(request, names[i], "tty");
                if (r >= 0)
                        r = append_text(request, "TTYPath", run->terminal);
                strbuf_addf(&variable, "TERM=%s", term ? term : "");
                if (r >= 0 && term)
                        r = sd_bus_message_append(
                                request, "(sv)", "Environment", "as", 1, strbuf_text(&variable));
                return err_pass(r);
        }
        if (run->flags & RUN_PIPE_BY_PATH)
                return err_pass(append_stream_paths(request));
        if (!(run->flags & RUN_PIPE))
                return 0;
        for (int i = 0; r >= 0 && i < (int)ARRAY_LENGTH(names); i++) {
                AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
                strbuf_addf(&name, "%sFileDescriptor", names[i]);
                r = sd_bus_message_append(request, "(sv)", strbuf_text(&name), "h", i);
        }
        return err_pass(r);
}

static int append_environment(const Run *run, sd_bus_message *request) {
        if (!run->environment)
                return 0;
        int r = sd_bus_message_open_container(request, 'r', "sv");
        if (r >= 0)
                r = sd_bus_message_append(request, "s", "Environment");
        if (r >= 0)
                r = sd_bus_message_open_container(request, 'v', "as");
        if (r >= 0)
                r = sd_bus_message_append_strv(request, run->environment);
        if (r >= 0)
                r = sd_bus_message_close_container(request);
        return r < 0 ? err_pass(r) : sd_bus_message_close_container(request);
}

static int append_command(const Run *run, sd_bus_message *request) {
        int r = sd_bus_message_open_container(request, 'r', "sv");
        if (r >= 0)
                r = sd_bus_message_append(request, "s", "ExecStart");
        if (r >= 0)
                r = sd_bus_message_open_container(request, 'v', "a(sasb)");
        if (r >= 0)
                r = sd_bus_message_open_container(request, 'a', "(sasb)");
        if (r >= 0)
                r = sd_bus_message_open_container(request, 'r', "sasb");
        if (r >= 0)
                r = sd_bus_message_append(request, "s", run->command[0]);
        if (r >= 0)
                r = sd_bus_message_append_strv(request, run->command);
        if (r >= 0)
                r = sd_bus_message_append(request, "b", false);
        for (int i = 0; r >= 0 && i < 4; i++)
                r = sd_bus_message_close_container(request);
        return err_pass(r);
}

/* Whether the manager is tendd, which keeps units for connections without a bus. */
static bool can_hold(const Run *run) {
        AUTO_FREE char *version = NULL;

        return bus_client_get_text(run->tend->client,
                                   BUS_MANAGER_PATH,
                                   BUS_MANAGER_INTERFACE,
                                   "Version",
                                   NULL,
                                   &version) >= 0 &&
               strstr(version, "tend");
}

static int append_service(const Run *run, sd_bus_message *request) {
        bool waits = run->flags & (RUN_WAIT | RUN_PTY | RUN_PIPE);
        int r = append_description(run, request, run->name);

        if (r >= 0)
                r = append_process_settings(run, request, run->name);
        if (r >= 0 && waits && can_hold(run))
                r = sd_bus_message_append(request, "(sv)", "AddRef", "b", true);
        if (r >= 0 && run->flags & RUN_REMAIN)
                r = sd_bus_message_append(request, "(sv)", "RemainAfterExit", "b", true);
        if (r >= 0)
                r = append_text(request, "Type", run->service_type);
        if (r >= 0)
                r = append_text(request, "User", run->user);
        if (r >= 0)
                r = append_text(request, "Group", run->group);
        if (r >= 0 && run->has_nice)
                r = sd_bus_message_append(request, "(sv)", "Nice", "i", run->nice);
        if (r >= 0)
                r = append_directory(run, request);
        if (r >= 0)
                r = append_streams(run, request);
        if (r >= 0)
                r = append_environment(run, request);
        return err_pass(r < 0 || !run->command ? r : append_command(run, request));
}

static int append_scope(const Run *run, sd_bus_message *request) {
        int r = append_description(run, request, run->name);

        if (r >= 0)
                r = append_process_settings(run, request, run->name);
        if (r >= 0)
                r = sd_bus_message_append(request, "(sv)", "PIDs", "au", 1, (uint32_t)getpid());
        return err_pass(r);
}

/* The unit that starts the service, and after it the service. */
static int append_trigger(const Run *run, sd_bus_message *request) {
        char *const *settings = run->timer ? run->timer : run->path ? run->path : run->socket;

        int r = append_description(run, request, run->trigger_name);
        if (r >= 0 && run->timer && run->command)
                r = sd_bus_message_append(request, "(sv)", "RemainAfterElapse", "b", false);
        return err_pass(r < 0 ? r : append_all(request, run->trigger_name, settings));
}

static int append_others(const Run *run, sd_bus_message *request) {
        int r = sd_bus_message_open_container(request, 'a', "(sa(sv))");

        if (r >= 0 && run->trigger_name && run->command) {
                r = sd_bus_message_open_container(request, 'r', "sa(sv)");
                if (r >= 0)
                        r = sd_bus_message_append(request, "s", run->name);
                if (r >= 0)
                        r = sd_bus_message_open_container(request, 'a', "(sv)");
                if (r >= 0)
                        r = append_service(run, request);
                for (int i = 0; r >= 0 && i < 2; i++)
                        r = sd_bus_message_close_container(request);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_close_container(request);
}

static int fill_request(const Run *run, sd_bus_message *request) {
        const char *unit = run->trigger_name ? run->trigger_name : run->name;

        int r = sd_bus_message_append(request, "ss", unit, "fail");
        if (r >= 0)
                r = sd_bus_message_open_container(request, 'a', "(sv)");
        if (r >= 0)
                r = run->trigger_name        ? append_trigger(run, request)
                    : run->flags & RUN_SCOPE ? append_scope(run, request)
                                             : append_service(run, request);
        if (r >= 0)
                r = sd_bus_message_close_container(request);
        return err_pass(r < 0 ? r : append_others(run, request));
}

int run_request(const Run *run, sd_bus_error *error, char **ret_job) {
        sd_bus *bus = bus_client_bus(run->tend->client);
        sd_bus_message *request = NULL, *reply = NULL;
        const char *path;

        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               "StartTransientUnit");
        if (r >= 0)
                r = fill_request(run, request);
        if (r >= 0)
                r = bus_client_watch_jobs(run->tend->client); /* it may end at once */
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, error, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "o", &path);
        if (r >= 0) {
                *ret_job = strdup(path);
                r = *ret_job ? 0 : -ENOMEM;
        }
        sd_bus_message_unref(request);
        sd_bus_message_unref(reply);
        return err_pass(r);
}
