/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/keeper_protocol.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "host/host_generators.h"
#include "host/keeper_link.h"
#include "host/unit_file_change.h"
#include "sandbox/exec_plan.h"
#include "sandbox/seccomp_cache.h"
#include "tendd/bus_wiring.h"
#include "tendd/event_sources.h"
#include "tendd/ready_notice.h"
#include "tendd/shutdown.h"

#define EXECUTOR_NAME "tend-exec"
#define STOP_ROUNDS 3 /* tries to stop units that came up again */

static void log_findings(const Manager *manager, const Diag *diag) {
        static const int levels[] = { LOG_INFO, LOG_WARNING, LOG_ERR };
        for (unsigned i = 0; i < diag->n_findings; i++) {
                AUTO_FREE char *text = diag_format(&diag->findings[i]);
                if (text)
                        log_line(&manager->log,
                                 levels[diag->findings[i].severity],
                                 NULL,
                                 "%s",
                                 text);
        }
}

/* --- parts
 * ------------------------------------------------------------------------------------------ */

/* $TEND_EXEC, beside our own program, or where it is installed. */
static int find_executor(char **ret) {
        AUTO_FREE char *directory = NULL;
        char self[4096];
        const char *named = getenv("TEND_EXEC");

        if (named && path_is_absolute(str_of(named))) {
                *ret = str_dup(str_of(named));
                return *ret ? 0 : err_new(-ENOMEM);
        }
        ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
        if (n > 0) {
                self[n] = '\0';
                directory = path_dir_name(self);
                *ret = directory ? path_join(directory, EXECUTOR_NAME) : NULL;
                if (!*ret)
                        return err_new(-ENOMEM);
                if (access(*ret, X_OK) == 0)
                        return 0;
                free(STEAL(*ret));
        }
        *ret = str_dup(STR_LITERAL(TEND_LIBEXEC_DIR "/" EXECUTOR_NAME));
        return *ret ? 0 : err_new(-ENOMEM);
}

static int open_log_file(Manager *manager) {
        manager->log_fd = open(manager->paths->log_file,
                               O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
                               0600);
        if (manager->log_fd < 0)
                return err_new(-errno);
        manager->log.fd = manager->log_fd;
        return 0;
}

static int find_places(Manager *manager, Diag *diag) {
        const ManagerOptions *options = manager->options;
        UnitScope scope = options->has_scope ? options->scope
                          : geteuid() == 0   ? UNIT_SCOPE_SYSTEM
                                             : UNIT_SCOPE_USER;

        int r = runtime_paths_find(scope, options->runtime_directory, &manager->paths);
        if (r == 0)
                r = runtime_paths_make(manager->paths, diag);
        runtime_paths_check_public(manager->paths);
        if (r == 0 && options->log_to_file)
                r = open_log_file(manager);
        return err_pass(r);
}

static int load_config(Manager *manager, Diag *diag) {
        manager_config_init(&manager->config, manager->paths->scope);
        int r = manager_config_load(&manager->config, diag);
        if (manager->options->log_level >= 0)
                manager->log.max_level = manager->options->log_level;
        else if (manager->config.log_level >= 0)
                manager->log.max_level = manager->config.log_level;
        return err_pass(r);
}

static int
print_plan(void *userdata, const HostPlanFacts *facts, const UnitSpec *spec, StrBuf *out) {
        Manager *manager = userdata;
        Str programs;
        int r = seccomp_cache_get(&manager->filters, spec, &programs);
        if (r < 0)
                return err_pass(r);
        const ExecPlanFacts plan = {
                .scope = facts->scope,
                .control_groups = facts->control_groups,
                .log_file = facts->log_file,
                .log_socket = facts->log_socket,
                .runtime_root = facts->runtime_root,
                .state_root = facts->state_root,
                .cache_root = facts->cache_root,
                .logs_root = facts->logs_root,
                .configuration_root = facts->configuration_root,
                .inaccessible = facts->inaccessible,
                .private_tmp = facts->private_tmp,
                .private_var_tmp = facts->private_var_tmp,
                .received_credentials = facts->received_credentials,
                .network = facts->network,
                .ipc = facts->ipc,
                .system_call_programs = programs,
                .dynamic_uid = facts->dynamic_uid,
                .strict = facts->strict,
        };
        return err_pass(exec_plan_print(&plan, spec, out));
}

static void on_keeper_signal(void *userdata, int signal_number) {
        event_sources_on_signal(userdata, signal_number);
}

/* There is no machine to reboot: every action ends the manager, and with it a container, which may
 * be one that begins anew. */
static void on_emergency(void *userdata, EmergencyAction action, int exit_status) {
        Manager *manager = userdata;
        bool is_exit = action == EMERGENCY_EXIT || action == EMERGENCY_EXIT_FORCE;
        bool is_reboot = action == EMERGENCY_REBOOT || action == EMERGENCY_REBOOT_FORCE ||
                         action == EMERGENCY_REBOOT_IMMEDIATE;
        int status = is_reboot ? KEEPER_QUIT_REBOOT : 0;

        if (is_exit)
                status = exit_status >= 0 ? exit_status : bus_server_exit_code(manager->bus);
        if (action != EMERGENCY_NONE)
                manager_stop(manager, status);
}

static int make_host(Manager *manager, Diag *diag) {
        const ManagerOptions *options = manager->options;
        const HostOptions host_options = {
                .paths = manager->paths,
                .config = &manager->config,
                .event = manager->event,
                .executor = manager->executor,
                .keeper_fd = options->keeper_fd,
                .cgroups = options->cgroups,
                .strict = options->strict,
                .unit_directories = options->unit_directories,
                .print_plan = print_plan,
                .print_userdata = manager,
                .log = &manager->log,
        };
        int r = host_new(&host_options, diag, &manager->host);
        if (r < 0)
                return err_pass(r);
        r = bus_wiring_add(manager);
        if (r < 0)
                return err_pass(r);
        HostObserver observer = {
                .userdata = manager,
                .emergency = on_emergency,
                .keeper_signal = on_keeper_signal,
        };
        bus_wiring_observe(&observer);
        host_set_observer(manager->host, &observer);
        r = host_restore(manager->host);
        if (r == 0)
                r = bus_wiring_listen(manager);
        return err_pass(r);
}

int manager_init(Manager *manager, const ManagerOptions *options) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        *manager = (Manager){ .options = options, .log_fd = -1 };
        manager->log = (Log){ .fd = STDERR_FILENO, .max_level = LOG_INFO };
        int r = find_places(manager, &diag);
        if (r == 0)
                r = load_config(manager, &diag);
        if (r == 0)
                r = find_executor(&manager->executor);
        if (r == 0) {
                r = sd_event_new(&manager->event);
                r = r < 0 ? err_new(r) : event_sources_add(manager);
        }
        if (r == 0)
                r = make_host(manager, &diag);
        log_findings(manager, &diag);
        if (r < 0)
                log_line(&manager->log, LOG_ERR, NULL, "Cannot start: %s", strerror(-r));
        return err_pass(r);
}

void manager_done(Manager *manager) {
        bus_wiring_close(manager);
        exit_with_done(&manager->exit_with);
        manager->host = host_free(manager->host);
        for (unsigned i = 0; i < manager->n_signals; i++)
                sd_event_source_disable_unref(manager->signals[i]);
        sd_event_unref(manager->event);
        manager_config_done(&manager->config);
        seccomp_cache_done(&manager->filters);
        manager->paths = runtime_paths_free(manager->paths);
        manager->log_fd = fd_close(manager->log_fd);
        manager->unit_paths = strv_free(manager->unit_paths);
        free(STEAL(manager->executor));
}

/* --- life
 * ------------------------------------------------------------------------------------------- */

static void start_units(Manager *manager) {
        const char *exit_with = manager->options->exit_with;
        int result = exit_with
                             ? exit_with_init(&manager->exit_with, manager->host->engine, exit_with)
                             : 0;

        if (result < 0)
                log_line(&manager->log,
                         LOG_ERR,
                         NULL,
                         "Cannot wait for the end of %s: %s",
                         exit_with,
                         strerror(-result));
        if (manager->host->n_restored > 0) { /* the manager before us did that */
                manager->exit_with.was_wanted = true;
                return;
        }
        STRV_FOREACH(name, manager->options->start_units) {
                EngineError error = { 0 };
                Unit *unit = NULL;
                int r = engine_load_unit(manager->host->engine, *name, &unit, &error);
                if (r >= 0)
                        r = engine_request_job(unit, JOB_START, JOB_MODE_REPLACE, &error, NULL);
                if (r < 0)
                        log_line(&manager->log,
                                 LOG_ERR,
                                 NULL,
                                 "Failed to start %s: %s",
                                 *name,
                                 error.text[0] ? error.text : strerror(-r));
        }
}

int manager_reload(Manager *manager) {
        log_line(&manager->log, LOG_NOTICE, NULL, "Reloading.");
        bus_server_reloading(manager->bus, true);
        int r = unit_file_change_reload(manager->host);
        bus_server_reloading(manager->bus, false);
        if (r < 0)
                log_line(&manager->log, LOG_ERR, NULL, "Cannot reload: %s", strerror(-r));
        return err_pass(r);
}

void manager_stop(Manager *manager, int exit_status) {
        manager->exit_status = exit_status;
        if (manager->stopping)
                return;
        manager->stopping = true;
        shutdown_begin(manager->host->engine, &manager->log);
}

void manager_begin_anew(Manager *manager) {
        log_line(&manager->log, LOG_NOTICE, NULL, "Executing anew.");
        manager->begins_anew = true;
}

/* Stop jobs may end at once and leave nothing to wait for. */
static void go_on_stopping(Manager *manager) {
        for (unsigned i = 0; i < STOP_ROUNDS && manager->host->engine->n_jobs == 0; i++) {
                manager->is_done = !shutdown_go_on(manager->host->engine, &manager->log);
                if (manager->is_done)
                        return;
                host_settle(manager->host);
        }
        manager->is_done = manager->host->engine->n_jobs == 0; /* what is left cannot be stopped */
}

/* --exit-with: its end is ours. */
static void stop_with_unit(Manager *manager) {
        int status;

        if (manager->stopping || !exit_with_has_ended(&manager->exit_with, &status))
                return;
        log_line(&manager->log,
                 LOG_NOTICE,
                 NULL,
                 "%s has ended, stopping everything; the exit status is %d.",
                 manager->exit_with.unit->id,
                 status);
        manager_stop(manager, status);
        host_settle(manager->host);
}

int manager_run(Manager *manager) {
        start_units(manager);
        engine_begin_startup(manager->host->engine);
        stop_with_unit(manager); /* its job stands in the queue now, or it failed at once */
        host_settle(manager->host);
        stop_with_unit(manager);
        int ready = ready_notice_send("READY=1");
        if (ready < 0)
                log_line(&manager->log,
                         LOG_WARNING,
                         NULL,
                         "Cannot tell the supervisor that we are ready: %s",
                         strerror(-ready));
        while (!manager->is_done) {
                int r = sd_event_run(manager->event, UINT64_MAX);
                if (r < 0) {
                        log_line(&manager->log, LOG_ERR, NULL, "The loop failed: %s", strerror(-r));
                        return EXIT_FAILURE;
                }
                host_settle(manager->host);
                if (manager->begins_anew)
                        return EXIT_SUCCESS;
                stop_with_unit(manager);
                if (manager->stopping)
                        go_on_stopping(manager);
        }
        bus_wiring_close(manager);
        host_remove_groups(manager->host);
        host_generators_withdraw(manager->host);
        runtime_paths_withdraw(manager->paths);
        if (manager->host->keeper)
                (void)keeper_link_quit(manager->host->keeper, manager->exit_status); /* reported */
        return manager->exit_status;
}
