/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/file_operation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/cmd_start.h"
#include "tend/private_bus.h"
#include "tend/systemd_names.h"
#include "unit/unit_builtin.h"
#include "unit/unit_install_state.h"
#include "unit/unit_name.h"

/* --- where the work is done
 * -------------------------------------------------------------------- */

static bool environment_says(const char *name) {
        const char *text = getenv(name);
        bool value;

        return text && parse_boolean(str_of(text), &value) >= 0 && value;
}

int file_operation_is_offline(Tend *tend) {
        unsigned flags = tend->flags;

        if (tend->root || flags & TEND_GLOBAL || environment_says("SYSTEMD_OFFLINE"))
                return 1;
        if (flags & TEND_AS_SYSTEMCTL && tend->client)
                return 0; /* perhaps on another host */
        bool booted = access("/run/systemd/system", F_OK) >= 0;
        if (flags & TEND_AS_SYSTEMCTL) {
                int q = booted ? private_bus_connect(tend) : 1;
                return q < 0 ? err_pass(q) : !booted;
        }
        tend->flags |= TEND_QUIET;
        int r = tend_connect(tend);
        tend->flags = flags;
        return r < 0;
}

int file_scene_init(const Tend *tend, FileScene *scene) {
        *scene = (FileScene){
                .search = { .scope = tend->scope,
                            .root = tend->root,
                            .extra = tend->unit_directories,
                            .unit_path = getenv("SYSTEMD_UNIT_PATH"),
                            .home = getenv("HOME"),
                            .config_home = getenv("XDG_CONFIG_HOME"),
                            .data_home = getenv("XDG_DATA_HOME"),
                            .runtime_dir = getenv("XDG_RUNTIME_DIR"),
                            .config_dirs = getenv("XDG_CONFIG_DIRS"),
                            .data_dirs = getenv("XDG_DATA_DIRS") },
        };
        scene->options = (UnitInstallOptions){ .search = &scene->search,
                                               .machine = &scene->machine,
                                               .global = tend->flags & TEND_GLOBAL };
        if (tend->root && access(tend->root, F_OK) < 0) {
                int r = -errno;
                tend_complain(tend,
                              "Failed to initialize unit search paths for root directory %s: %s",
                              tend->root,
                              strerror(-r));
                return err_pass(r);
        }
        int r = host_machine_fill(tend->scope, &scene->machine);
        if (r < 0)
                tend_complain(tend, "Cannot find out about this machine: %s", strerror(-r));
        return err_pass(r);
}

void file_scene_done(FileScene *scene) {
        host_machine_done(&scene->machine);
}

/* --- names
 * ------------------------------------------------------------------------------------- */

static int mangle_path(const char *typed, char **ret) {
        AUTO_FREE char *directory = NULL, *joined = NULL;

        if (*typed != '/') {
                directory = getcwd(NULL, 0);
                joined = directory ? path_join(directory, typed) : NULL;
                if (!joined)
                        return err_new(directory ? -ENOMEM : -errno);
        }
        *ret = path_simplify(str_of(joined ? joined : typed));
        return *ret ? 0 : err_new(-ENOMEM);
}

static int mangle_name(const Tend *tend, const char *verb, const char *typed, char **ret) {
        int r = unit_name_mangle(typed, ".service", false, ret);

        if (r < 0) {
                tend_complain(
                        tend, "Failed to mangle unit name or path '%s': %s", typed, strerror(-r));
                return err_pass(r);
        }
        if (str_has_prefix(str_of(*ret), typed))
                return 0;
        if (strpbrk(typed, "*?["))
                tend_complain(tend,
                              "Glob pattern passed to %s, but globs are not supported for this.",
                              verb);
        AUTO_FREE char *stem = str_dup((Str){ *ret, strlen(*ret) - strlen(".service") });
        tend_complain(tend,
                      strpbrk(typed, "*?[") ? "Invalid unit name \"%s\" escaped as \"%s\"."
                                            : "Invalid unit name \"%s\" escaped as \"%s\" (maybe "
                                              "you should use systemd-escape?).",
                      typed,
                      stem ? stem : *ret);
        return 0;
}

int file_names_mangle(const Tend *tend, const char *verb, char **typed, char ***ret) {
        AUTO_STRV char **names = NULL;

        STRV_FOREACH(name, typed) {
                char *mangled = NULL;
                int r = strchr(*name, '/') ? mangle_path(*name, &mangled)
                                           : mangle_name(tend, verb, *name, &mangled);
                if (r >= 0)
                        r = strv_take(&names, mangled);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(names);
        return 0;
}

int file_names_look_up(Tend *tend, char *const *names) {
        AUTO(file_scene_done) FileScene scene = { 0 };
        AUTO(unit_install_view_free) UnitInstallView *view = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        int r = file_operation_is_offline(tend);
        if (r <= 0)
                return err_pass(r); /* a manager judges for itself */
        r = file_scene_init(tend, &scene);
        scene.search.offline = true;
        if (r >= 0)
                r = unit_install_view_new(&scene.options, &view);
        STRV_FOREACH(name, names) {
                if (r < 0 || **name == '/' || !str_has_suffix(str_of(*name), ".service"))
                        continue;
                r = unit_install_view_exists(view, *name);
                unit_install_view_take_diag(view, &diag);
                tend_print_findings(&diag);
                diag_clear(&diag);
                if (r < 0)
                        tend_complain(tend, "Failed to look up unit file state: %s", strerror(-r));
        }
        return err_pass(r);
}

/* --- reports
 * ----------------------------------------------------------------------------------- */

/* A target that no file brings is there all the same where tend runs. As systemctl it goes by the
 * files of another root alone. */
static bool is_supplied(const Tend *tend, const UnitInstallChange *change) {
        const char *text;

        return change->kind == INSTALL_DESTINATION_MISSING &&
               !(tend->root && systemd_name_is_known(tend->program)) &&
               unit_builtin_find(change->path, tend->scope, &text) == BUILTIN_TEXT;
}

static void print_changes(const Tend *tend, const char *word, const UnitInstallReport *report) {
        bool quiet = tend->flags & TEND_QUIET;

        tend_print_findings(&report->diag);
        for (size_t i = 0; i < report->changes.n_items; i++) {
                const UnitInstallChange *change = &report->changes.items[i];
                AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
                if ((quiet && change->kind != INSTALL_FAILED) || is_supplied(tend, change))
                        continue;
                unit_install_change_print(change, word, &line);
                (void)fprintf(stderr, "%s\n", strbuf_text(&line)); /* nowhere to report it */
        }
}

static bool has_failure(const UnitInstallReport *report) {
        for (size_t i = 0; i < report->changes.n_items; i++)
                if (report->changes.items[i].kind == INSTALL_FAILED)
                        return true;
        return false;
}

static void explain_empty(void) {
        (void)fputs(
                "The unit files have no installation config (WantedBy=, RequiredBy=, Also=,\n"
                "Alias= settings in the [Install] section, and DefaultInstance= for template\n"
                "units). This means they are not meant to be enabled using systemctl.\n"
                " \n"
                "Possible reasons for having this kind of units are:\n"
                "\xe2\x80\xa2 A unit may be statically enabled by being symlinked from another "
                "unit's\n"
                "  .wants/ or .requires/ directory.\n"
                "\xe2\x80\xa2 A unit's purpose may be to act as a helper for some other unit which "
                "has\n"
                "  a requirement dependency on it.\n"
                "\xe2\x80\xa2 A unit may be started when needed via activation (socket, path, "
                "timer,\n"
                "  D-Bus, udev, scripted systemctl call, ...).\n"
                "\xe2\x80\xa2 In case of template units, the unit is meant to be enabled with some\n"
                "  instance name specified.\n",
                stderr);
}

/* --- by this process
 * --------------------------------------------------------------------------- */

/* Says so when the default target is another one than was set. */
static void note_default(const Tend *tend, const FileScene *scene, const char *wanted) {
        AUTO(unit_install_view_free) UnitInstallView *view = NULL;
        AUTO_FREE char *found = NULL;

        int r = unit_install_view_new(&scene->options, &view);
        if (r >= 0)
                r = unit_install_view_default(view, &found);
        if (r >= 0 && !streq(found, wanted))
                tend_complain(tend,
                              "Note: \"%s\" is the default unit (possibly a runtime override).",
                              found);
}

static int
run_offline(const Tend *tend, const FileOperation *operation, const UnitInstallRequest *request) {
        AUTO(file_scene_done) FileScene scene = { 0 };
        AUTO(unit_install_report_done) UnitInstallReport report = { 0 };

        int r = file_scene_init(tend, &scene);
        if (r < 0)
                return err_pass(r);
        r = unit_install_run(&scene.options, request, &report);
        print_changes(tend, operation->word, &report);
        if (r < 0 && !has_failure(&report))
                tend_complain(tend, "Failed to %s: %s.", operation->word, strerror(-r));
        if (r >= 0 && request->verb == UNIT_INSTALL_SET_DEFAULT && !(tend->flags & TEND_QUIET))
                note_default(tend, &scene, request->target);
        return err_pass(r);
}

/* --- by the manager
 * ---------------------------------------------------------------------------- */

/* Appends the arguments of the method, which differ by verb. */
static int
append_arguments(const UnitInstallRequest *request, const char *mode, sd_bus_message *call) {
        int runtime = (request->flags & UNIT_INSTALL_RUNTIME) != 0;
        int force = (request->flags & UNIT_INSTALL_FORCE) != 0;
        char *no_names[] = { NULL };
        char **names = request->names ? (char **)(uintptr_t)request->names : no_names;
        int r = 0;

        if (request->verb != UNIT_INSTALL_SET_DEFAULT && request->verb != UNIT_INSTALL_PRESET_ALL)
                r = sd_bus_message_append_strv(call, names);
        switch (request->verb) {
        case UNIT_INSTALL_DISABLE:
        case UNIT_INSTALL_UNMASK:
                return r < 0 ? r : sd_bus_message_append(call, "b", runtime);
        case UNIT_INSTALL_REVERT:
                return r;
        case UNIT_INSTALL_PRESET:
        case UNIT_INSTALL_PRESET_ALL:
                return r < 0 ? r : sd_bus_message_append(call, "sbb", mode, runtime, force);
        case UNIT_INSTALL_ADD_WANTS:
        case UNIT_INSTALL_ADD_REQUIRES:
                return r < 0 ? r
                             : sd_bus_message_append(call,
                                                     "ssbb",
                                                     request->target,
                                                     request->verb == UNIT_INSTALL_ADD_WANTS
                                                             ? "Wants"
                                                             : "Requires",
                                                     runtime,
                                                     force);
        case UNIT_INSTALL_SET_DEFAULT:
                return sd_bus_message_append(call, "sb", request->target, force);
        case UNIT_INSTALL_ENABLE:
        case UNIT_INSTALL_REENABLE:
        case UNIT_INSTALL_LINK:
        case UNIT_INSTALL_MASK:
        case UNIT_INSTALL_VERB_COUNT:
                break;
        }
        return r < 0 ? r : sd_bus_message_append(call, "bb", runtime, force);
}

static int read_change(sd_bus_message *reply, UnitInstallChanges *changes) {
        const char *type, *path, *source;

        int r = sd_bus_message_read(reply, "(sss)", &type, &path, &source);
        if (r <= 0)
                return r;
        int kind = unit_install_change_kind_parse(type);
        if (kind < 0)
                return 1; /* of a newer manager */
        r = unit_install_change_add(
                changes, (UnitInstallChangeKind)kind, path, *source ? source : NULL);
        return r < 0 ? r : 1;
}

static int read_reply(sd_bus_message *reply, UnitInstallChanges *changes, int *ret_carries) {
        int r = 0;

        if (str_has_prefix(str_of(sd_bus_message_get_signature(reply, true)), "b"))
                r = sd_bus_message_read(reply, "b", ret_carries);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'a', "(sss)");
        while (r >= 0 && (r = read_change(reply, changes)) > 0)
                ;
        return r;
}

static int
run_online(Tend *tend, const FileOperation *operation, const UnitInstallRequest *request) {
        AUTO(unit_install_report_done) UnitInstallReport report = { 0 };
        sd_bus *bus = bus_client_bus(tend->client);
        sd_bus_message *call = NULL, *reply = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int carries = 1;

        int r = sd_bus_message_new_method_call(bus,
                                               &call,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               operation->member);
        if (r >= 0)
                r = append_arguments(request, tend->preset_mode ? tend->preset_mode : "", call);
        if (r >= 0)
                r = sd_bus_call(bus, call, 0, &error, &reply);
        if (r >= 0)
                r = read_reply(reply, &report.changes, &carries);
        if (r < 0)
                tend_complain(tend,
                              "Failed to %s: %s",
                              operation->bus_word,
                              error.message ? error.message : strerror(-r));
        else
                print_changes(tend, operation->word, &report);
        sd_bus_error_free(&error);
        sd_bus_message_unref(call);
        sd_bus_message_unref(reply);
        return r < 0 ? err_pass(r) : carries;
}

static int start_now(Tend *tend, const FileOperation *operation, char *const *names) {
        AUTO_STRV char **units = NULL;

        STRV_FOREACH(name, names) {
                if (strv_add(&units, path_base_name(*name)) < 0)
                        return 1;
        }
        return jobs_run(tend,
                        operation->now_job,
                        streq(operation->now_job, "StartUnit") ? "start" : "stop",
                        units);
}

/* --now where nothing can be started. */
static int no_manager(const Tend *tend) {
        tend_complain(tend, "No manager runs here, so nothing was started or stopped");
        return 1;
}

int file_operation_run(Tend *tend,
                       const FileOperation *operation,
                       const UnitInstallRequest *request) {
        int offline = file_operation_is_offline(tend);

        if (offline < 0)
                return 1;
        int r = offline ? run_offline(tend, operation, request)
                        : run_online(tend, operation, request);
        if (r < 0)
                return 1;
        if (r == 0 && operation->warns_empty && !(tend->flags & TEND_QUIET))
                explain_empty();
        if (offline)
                return tend->flags & TEND_NOW && operation->now_job ? no_manager(tend) : 0;
        if (!(tend->flags & TEND_NO_RELOAD) && cmd_daemon_reload(tend, NULL) != 0)
                return 1;
        return tend->flags & TEND_NOW && operation->now_job
                       ? start_now(tend, operation, request->names)
                       : 0;
}
