/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "engine/engine_snapshot.h"
#include "host/clock_watch.h"
#include "host/condition_machine.h"
#include "host/dynamic_user.h"
#include "host/exec_confirm.h"
#include "host/executor_ahead.h"
#include "host/executor_report.h"
#include "host/exit_presumed.h"
#include "host/fd_store.h"
#include "host/host_environment.h"
#include "host/host_generators.h"
#include "host/host_machine.h"
#include "host/host_ports.h"
#include "host/host_unit.h"
#include "host/journal_message.h"
#include "host/keeper_link.h"
#include "host/listen_socket.h"
#include "host/mount_watch.h"
#include "host/notify_input.h"
#include "host/notify_socket.h"
#include "host/orphan_spawn.h"
#include "host/path_watch.h"
#include "host/reap.h"
#include "host/service_limits.h"
#include "host/socket_accept.h"
#include "host/transient_files.h"
#include "host/unit_file_state.h"
#include "host/unit_logs.h"
#include "host/unit_records.h"

extern char **environ;

#define NOTIFY_FD_NAME "notify"

typedef struct QueuedEvent {
        ListLink link;
        EngineEvent event;
} QueuedEvent;

typedef struct KeptFd {
        ListLink link;
        char *name;
        int fd;
} KeptFd;

/* --- events
 * ---------------------------------------------------------------------------------------- */

void host_queue_event(Host *host, const EngineEvent *event) {
        QueuedEvent *queued = calloc(1, sizeof(*queued));
        if (!queued) {
                log_line(host->options.log, LOG_ERR, NULL, "Out of memory: an event is lost.");
                return;
        }
        queued->event = *event;
        list_append(&host->queued, &queued->link);
}

void host_forget_events(Host *host, const Unit *unit) {
        LIST_FOREACH(queued, &host->queued, QueuedEvent, link)
        if (queued->event.unit == unit) {
                list_remove(&queued->link);
                free(queued);
        }
}

/* Hands over one queued event; false when there is none. */
static bool hand_over_queued(Host *host) {
        QueuedEvent *queued = LIST_FIRST(&host->queued, QueuedEvent, link);
        if (!queued)
                return false;
        list_remove(&queued->link);
        engine_handle(host->engine, &queued->event);
        free(queued);
        return true;
}

void host_settle(Host *host) {
        if (host->restoring || host->settling)
                return;
        host->settling = true;
        executor_ahead_expect(host, false);
        do {
                unit_records_flush(host); /* jobs are on record before they run */
                engine_run(host->engine);
        } while (hand_over_queued(host));
        unit_records_flush(host);
        unit_logs_flush(host->logs);
        journal_messages_flush(host->messages);
        executor_ahead_expect(host, true);
        host->settling = false;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        Host *host = userdata;
        const EngineEvent event = { .type = EVENT_TIMER };
        (void)source;
        (void)usec;
        engine_handle(host->engine, &event);
        return 0;
}

/* --- the keeper
 * ------------------------------------------------------------------------------------ */

static void on_keeper_exit(void *userdata, pid_t pid, int code, int status) {
        reap_handle(userdata, pid, code, status);
}

static void on_keeper_fd(void *userdata, const char *name, int fd) {
        Host *host = userdata;
        AUTO_FD int owned = fd;
        KeptFd *kept = calloc(1, sizeof(*kept));

        if (!kept)
                return;
        kept->name = str_dup(str_of(name));
        if (!kept->name) {
                free(kept);
                return;
        }
        kept->fd = steal_fd(&owned);
        list_append(&host->kept_fds, &kept->link);
}

static void on_keeper_signal(void *userdata, int signal_number) {
        Host *host = userdata;
        if (host->observer.keeper_signal)
                host->observer.keeper_signal(host->observer.userdata, signal_number);
}

static void on_keeper_lost_exits(void *userdata, unsigned n_exits) {
        const Host *host = userdata;
        log_line(host->options.log,
                 LOG_ERR,
                 NULL,
                 "The keeper had no room for the exits of %u processes; their status is lost.",
                 n_exits);
}

static void on_keeper_gone(void *userdata) {
        const Host *host = userdata;
        log_line(
                host->options.log,
                LOG_ERR,
                NULL,
                "The keeper is gone. Services go on; they would not survive a crash of the manager now.");
}

static int greet_keeper(Host *host, int fd) {
        const KeeperHandler handler = {
                .userdata = host,
                .on_exit = on_keeper_exit,
                .on_fd = on_keeper_fd,
                .on_signal = on_keeper_signal,
                .on_lost = on_keeper_lost_exits,
                .on_gone = on_keeper_gone,
        };
        if (fd < 0)
                return 0;
        int r = keeper_link_new(fd, &handler, &host->keeper);
        if (r == 0)
                r = keeper_link_greet(host->keeper);
        return r == -EPIPE ? 0 : err_pass(r);
}

static void kept_fd_free(KeptFd *kept) {
        list_remove(&kept->link);
        (void)fd_close(kept->fd); /* always -1 */
        free(kept->name);
        free(kept);
}

int host_take_kept_fd(Host *host, const char *name) {
        LIST_FOREACH(kept, &host->kept_fds, KeptFd, link)
        if (streq_null(kept->name, name)) {
                int fd = steal_fd(&kept->fd);
                kept_fd_free(kept);
                return fd;
        }
        return -1;
}

int host_take_kept_prefix(Host *host, const char *prefix, char **ret_name) {
        LIST_FOREACH(kept, &host->kept_fds, KeptFd, link)
        if (str_has_prefix(str_of(kept->name), prefix)) {
                int fd = steal_fd(&kept->fd);
                *ret_name = STEAL(kept->name);
                kept_fd_free(kept);
                return fd;
        }
        return -1;
}

void host_keep_fd(Host *host, const char *name, int fd) {
        if (host->keeper)
                (void)keeper_link_store(host->keeper, name, fd); /* a lost keeper was reported */
}

/* Gives descriptors back to the units that stored them; what nobody knows is dropped. */
static void give_back_fds(Host *host) {
        LIST_FOREACH(kept, &host->kept_fds, KeptFd, link) {
                if (!strchr(kept->name, '/'))
                        continue; /* the manager's own */
                if (!fd_store_take_back(host, kept->name, steal_fd(&kept->fd)))
                        (void)keeper_link_remove(host->keeper, kept->name); /* reported */
                kept_fd_free(kept);
        }
}

/* --- birth and end
 * ---------------------------------------------------------------------------------- */

/* Our root group: one name per runtime directory, the same after a restart. */
static char *group_name(const RuntimePaths *paths) {
        StrBuf name = STRBUF_INIT;
        strbuf_addf(&name, "tend.%s", paths->scope == UNIT_SCOPE_SYSTEM ? "system" : "user");
        if (!paths->is_default)
                strbuf_addf(&name,
                            "-%08x",
                            crc32_update(0, paths->directory, strlen(paths->directory)));
        return strbuf_steal(&name);
}

/* Unit files of transient units are looked for behind those that the command line names. */
static int find_extra(Host *host, char ***ret) {
        host->transient_directory = transient_files_directory(host->options.paths);
        if (!host->transient_directory)
                return err_new(-ENOMEM);
        int r = strv_extend(ret, host->options.unit_directories);
        return r < 0 ? err_pass(r) : strv_add(ret, host->transient_directory);
}

static int make_loader(Host *host) {
        const HostOptions *options = &host->options;
        int r = find_extra(host, &host->search_extra);
        if (r == 0)
                r = host_generators_place(options->paths, &host->generator_directory);
        if (r < 0)
                return err_pass(r);
        host->search_options = (UnitSearchOptions){
                .scope = options->paths->scope,
                .extra = host->search_extra,
                .unit_path = getenv("SYSTEMD_UNIT_PATH"),
                .generator_dir = host->generator_directory,
                .home = host->machine.home,
                .config_home = getenv("XDG_CONFIG_HOME"),
                .data_home = getenv("XDG_DATA_HOME"),
                .runtime_dir = getenv("XDG_RUNTIME_DIR"),
                .config_dirs = getenv("XDG_CONFIG_DIRS"),
                .data_dirs = getenv("XDG_DATA_DIRS"),
        };
        host->install_options = (UnitInstallOptions){
                .search = &host->search_options,
                .machine = &host->machine,
                .transient_directory = host->transient_directory,
        };
        unit_install_recover(&host->install_options);
        host_generators_start(host);
        r = unit_search_new(&host->search_options, &host->search);
        if (r < 0)
                return err_pass(r);
        host->loader = (UnitLoader){
                .is_strict = host->options.strict,
                .search = host->search,
                .machine = &host->machine,
                .templates = &host->templates,
                .transient_directory = host->transient_directory,
        };
        return 0;
}

static int make_spawner(Host *host) {
        int report_fd = -1;
        int r = executor_report_open(host, &report_fd);
        if (r < 0)
                return err_pass(r);
        service_limits_set();
        return err_pass(spawner_new(host->options.executor, report_fd, &host->spawner));
}

static int make_notify(Host *host) {
        int fd = host_take_kept_fd(host, NOTIFY_FD_NAME);
        bool is_new = fd < 0;

        int r = notify_input_open(host, fd);
        if (r == 0 && is_new)
                host_keep_fd(host, NOTIFY_FD_NAME, notify_socket_fd(host->notify));
        return err_pass(r);
}

/* What timers know of the machine, and services of the manager. */
static void add_machine(const Host *host, EngineConfig *config) {
        config->pid = (uint32_t)getpid();
        config->in_container = machine_is_virtualized(NULL, "container") > 0;
        host_machine_seed(&host->machine, config);
}

static int make_engine(Host *host) {
        EnginePorts ports = host_ports_table(host);
        EngineConfig config = host->options.config->engine;
        add_machine(host, &config);
        int r = engine_new(&config, &ports, &host->engine);
        if (r < 0)
                return err_pass(r);
        r = sd_event_add_time(
                host->event, &host->timer, CLOCK_MONOTONIC, UINT64_MAX, 1, on_timer, host);
        if (r >= 0)
                r = sd_event_source_set_enabled(host->timer, SD_EVENT_OFF);
        return r < 0 ? err_new(r) : 0;
}

/* What InaccessiblePaths= puts over files and directories. Without the file /dev/null is put there,
 * and without the directory a file system. */
static void make_inaccessible(Host *host) {
        AUTO_FREE char *path = path_join(host->options.paths->directory, "inaccessible");
        AUTO_FREE char *directory =
                path_join(host->options.paths->directory, "inaccessible-directory");
        if (directory)
                (void)mkdir(directory, 0);
        AUTO_FD int fd = path ? open(path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0) : -1;
        if (fd >= 0 || (path && access(path, F_OK) == 0))
                host->inaccessible = STEAL(path);
}

/* The place of all credentials is there from the start: a service that is to see none has it
 * covered, and would see those that come later where it is not there yet. */
static void make_credentials_place(const Host *host) {
        if (host->options.paths->scope == UNIT_SCOPE_SYSTEM)
                (void)mkdir(host->machine.credentials_root,
                            0755); /* or the first credential does */
}

static int make_parts(Host *host) {
        const HostOptions *options = &host->options;
        int r = strv_extend(&host->own_environment, options->config->manager_environment);
        STRV_FOREACH(item, environ)
        r = r < 0 ? r : strv_add(&host->own_environment, *item);
        if (r == 0)
                r = host_environment_new(options->config, environ, &host->environment);
        if (r == 0)
                r = host_machine_fill(options->paths->scope, &host->machine);
        if (r >= 0)
                r = host_machine_default_runtime(&host->machine, options->paths->directory);
        if (r == 0)
                r = unit_logs_new(options->paths->unit_log_directory, &host->logs);
        make_inaccessible(host);
        if (r == 0)
                make_credentials_place(host);
        if (r == 0)
                r = journal_messages_new(
                        options->paths->journal_socket, options->paths->scope, &host->messages);
        if (r == 0)
                r = make_loader(host);
        if (r == 0)
                r = make_spawner(host);
        return err_pass(r);
}

int host_new(const HostOptions *options, Diag *diag, Host **ret) {
        AUTO_FD int keeper_fd = options->keeper_fd;
        AUTO_FREE char *name = group_name(options->paths);
        AUTO(host_free) Host *host = calloc(1, sizeof(*host));

        if (!host || !name)
                return err_new(-ENOMEM);
        host->options = *options;
        host->options.keeper_fd = -1;
        host->event = sd_event_ref(options->event);
        host->report_fd = -1;
        host->connection = CONNECTION_NONE;
        host->state = STATE_LOG_INIT;
        list_init(&host->dirty);
        list_init(&host->ahead);
        list_init(&host->queued);
        list_init(&host->kept_fds);
        host->restoring = true;
        int r = state_log_open(&host->state, options->paths->state_file);
        if (r < 0) {
                diag_add(diag,
                         NULL,
                         DIAG_ERROR,
                         "Cannot use %s: %s",
                         options->paths->state_file,
                         r == -EBUSY ? "another manager runs here" : strerror(-r));
                return err_pass(r);
        }
        r = make_parts(host);
        if (r == 0)
                r = cgroup_tree_new(options->cgroups, name, &host->groups);
        if (r == 0)
                r = cgroup_controllers_new(host->groups, name, &host->controllers);
        if (r == 0)
                r = make_engine(host);
        if (r == 0)
                r = greet_keeper(host, steal_fd(&keeper_fd));
        if (r == 0)
                r = make_notify(host);
        if (r == 0)
                r = reap_start(host);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(host);
        return 0;
}

Host *host_free(Host *host) {
        if (!host)
                return NULL;
        host->restoring = true; /* records stay as they are: units are dropped, not stopped */
        host->observer = (HostObserver){ 0 };
        host->engine = engine_free(host->engine);
        LIST_FOREACH(queued, &host->queued, QueuedEvent, link) {
                list_remove(&queued->link);
                free(queued);
        }
        LIST_FOREACH(kept, &host->kept_fds, KeptFd, link)
        kept_fd_free(kept);
        host->clocks = clock_watch_free(host->clocks);
        host->paths = path_watcher_free(host->paths);
        host->mounts = mount_watch_free(host->mounts);
        notify_input_close(host);
        host->keeper = keeper_link_free(host->keeper);
        sd_event_source_disable_unref(host->timer);
        sd_event_source_disable_unref(host->child_signal);
        sd_event_source_disable_unref(host->report);
        (void)fd_close(host->report_fd); /* always -1 */
        host->spawner = spawner_free(host->spawner);
        template_cache_done(&host->templates);
        host->logs = unit_logs_free(host->logs);
        host->messages = journal_messages_free(host->messages);
        host->stale_facts = strv_free(host->stale_facts);
        host->controllers = cgroup_controllers_free(host->controllers);
        host->groups = cgroup_tree_free(host->groups);
        host->search = unit_search_free(host->search);
        state_log_close(&host->state);
        host_machine_done(&host->machine);
        unit_file_state_forget(host);
        strv_free(host->search_extra);
        free(host->transient_directory);
        free(host->generator_directory);
        host->environment = strv_free(host->environment);
        host->own_environment = strv_free(host->own_environment);
        orphan_spawn_done(host);
        free(host->inaccessible);
        free(host->presumed);
        sd_event_unref(host->event);
        free(host);
        return NULL;
}

void host_set_observer(Host *host, const HostObserver *observer) {
        host->observer = *observer;
}

char *host_dynamic_user_directory(const Host *host) {
        return path_join(host->options.paths->directory, DYNAMIC_USER_MARKS);
}

/* --- restoring
 * -------------------------------------------------------------------------------------- */

/* What the last manager was in the middle of happens again now, and finds the processes it had
 * started: jobs first, then what services said, then what ended. */
static void catch_up(Host *host) {
        const EngineEvent timer = { .type = EVENT_TIMER };

        exec_confirm_restored(host);
        orphan_spawn_hurry(host);
        host_settle(host);
        socket_accept_restored(host);
        host_settle(host);
        if (host->keeper)
                keeper_link_replay(host->keeper);
        exit_presumed_settle(host);
        notify_socket_drain(host->notify);
        engine_handle(host->engine, &timer);
        orphan_spawn_hurry(host);
        host_settle(host);
        orphan_spawn_end_all(host);
}

int host_restore(Host *host) {
        int r = unit_records_restore(host, &host->n_restored);
        if (r < 0)
                return err_pass(r);
        if (host->keeper) {
                give_back_fds(host);
                keeper_link_replay(host->keeper);
        }
        engine_restore_finish(host->engine);
        listen_socket_drop_unclaimed(host);
        host->restoring = false;
        catch_up(host);
        unit_records_rewrite(host);
        if (host->keeper)
                r = keeper_link_attach(host->keeper, host->event, HOST_PRIORITY_KEEPER);
        if (host->n_restored > 0)
                log_line(host->options.log,
                         LOG_NOTICE,
                         NULL,
                         "Took over %u units.",
                         host->n_restored);
        return err_pass(r);
}

void host_remove_groups(Host *host) {
        cgroup_controllers_remove(host->controllers);
        if (host->groups->mode != CGROUP_NONE)
                (void)cgroup_tree_remove(host->groups,
                                         host->groups->root); /* what is in use stays */
}
