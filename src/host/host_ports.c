/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_ports.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/random_id.h"
#include "host/clock_watch.h"
#include "host/dynamic_user.h"
#include "host/executor_ahead.h"
#include "host/exit_presumed.h"
#include "host/fd_store.h"
#include "host/host_condition.h"
#include "host/host_directories.h"
#include "host/host_unit.h"
#include "host/journal_message.h"
#include "host/keeper_link.h"
#include "host/listen_socket.h"
#include "host/mount_watch.h"
#include "host/orphan_spawn.h"
#include "host/path_watch.h"
#include "host/pid_file.h"
#include "host/private_tmp.h"
#include "host/process_facts.h"
#include "host/process_watch.h"
#include "host/terminal_release.h"
#include "host/timer_receipt.h"
#include "host/timer_stamp.h"
#include "host/transient_files.h"
#include "host/unit_consumed.h"
#include "host/unit_control.h"
#include "host/unit_file_change.h"
#include "host/unit_group.h"
#include "host/unit_ipc.h"
#include "host/unit_logs.h"
#include "host/unit_name_space.h"
#include "host/unit_signal.h"
#include "host/unit_start.h"
#include "host/wake_alarm.h"

/* --- clocks and chance ---------------------------------------------------------------------------
 */

static uint64_t port_now_monotonic(void *userdata) {
        (void)userdata;
        return clock_monotonic_usec();
}

static uint64_t port_now_realtime(void *userdata) {
        (void)userdata;
        return clock_realtime_usec();
}

static uint64_t port_slept(void *userdata) {
        (void)userdata;
        return usec_sub(clock_boottime_usec(), clock_monotonic_usec());
}

static uint64_t port_random_below(void *userdata, uint64_t limit) {
        (void)userdata;
        return random_below(limit);
}

static void port_new_invocation_id(void *userdata, Id128 *ret) {
        (void)userdata;
        if (id128_random(ret) < 0) /* the kernel has no randomness yet: unique by time at least */
                memcpy(ret->bytes,
                       (uint64_t[]){ clock_boottime_usec(), clock_realtime_usec() },
                       sizeof(ret->bytes));
}

static const struct TimeZone *port_time_zone(void *userdata, const char *name) {
        Host *host = userdata;
        int r = host->clocks ? 0 : clock_watch_new(host, &host->clocks);
        if (r < 0)
                log_line(host->options.log,
                         LOG_WARNING,
                         NULL,
                         "Cannot watch the clock; timers elapse by UTC: %s",
                         strerror(-r));
        return host->clocks ? clock_watch_zone(host->clocks, name) : NULL;
}

static uint64_t port_stamp_read(void *userdata, const Unit *unit) {
        return timer_stamp_read(userdata, unit);
}

static void port_stamp_write(void *userdata, const Unit *unit, uint64_t realtime_usec) {
        timer_stamp_write(userdata, unit, realtime_usec);
}

static void port_timer_runs(void *userdata, const Unit *unit, const TimerRun *run) {
        timer_receipt_begin(userdata, unit, run);
}

static void
port_timer_ran(void *userdata, const Unit *unit, const TimerRun *run, const char *result) {
        timer_receipt_end(userdata, unit, run, result);
}

static bool port_timer_lost(void *userdata, const Unit *unit, TimerRun *ret) {
        return timer_receipt_lost(userdata, unit, ret);
}

static int port_wake_machine(void *userdata, Unit *unit, uint64_t in_usec) {
        return err_pass(wake_alarm_set(userdata, unit, in_usec));
}

static void port_arm_timer(void *userdata, uint64_t deadline_usec) {
        Host *host = userdata;
        int enabled = deadline_usec == USEC_INFINITY ? SD_EVENT_OFF : SD_EVENT_ONESHOT;

        /* Neither call can fail for a source that exists. */
        if (enabled != SD_EVENT_OFF)
                (void)sd_event_source_set_time(host->timer, deadline_usec);
        (void)sd_event_source_set_enabled(host->timer, enabled);
}

/* --- units ---------------------------------------------------------------------------------------
 */

static int port_load(void *userdata, const char *name, UnitSpec **ret) {
        Host *host = userdata;
        const Unit *unit = host->engine ? engine_find_unit(host->engine, name) : NULL;

        if (unit && host_unit_peek(unit))
                unit_control_outdate(host_unit_peek(unit));
        int r = unit_load(&host->loader, name, ret);
        if (r < 0 || (*ret)->load_state != UNIT_NOT_FOUND)
                return err_pass(r);
        /* The file may have been made since the directories were read. */
        bool changed = false;
        if (unit_search_refresh(host->search, &changed) < 0 || !changed)
                return 0;
        host->names_changed = true;
        *ret = unit_spec_free(*ret);
        return err_pass(unit_load(&host->loader, name, ret));
}

static bool port_files_changed(void *userdata, const Unit *unit) {
        return unit_file_change_found(userdata, unit);
}

static int port_check_conditions(void *userdata, const Unit *unit, bool assertions) {
        const Host *host = userdata;
        const HostConditionContext context = { .environment = host->own_environment };

        if (orphan_spawn_hides_group(host, unit))
                return 1; /* they held when the last manager started it */
        return host_condition_check_list(
                &context,
                unit_spec_conditions(unit->spec,
                                     assertions ? DIRECTIVE_ASSERT : DIRECTIVE_CONDITION));
}

static bool port_is_present(void *userdata, const Unit *unit) {
        Host *host = userdata;
        if (!host->mounts && mount_watch_new(host, &host->mounts) < 0)
                return false;
        return mount_watch_is_present(host->mounts, unit);
}

/* --- processes
 * ------------------------------------------------------------------------------------ */

static int port_spawn(void *userdata, Unit *unit, const SpawnRequest *request, pid_t *ret_pid) {
        return err_pass(unit_start_command(userdata, unit, request, ret_pid));
}

static int
port_signal(void *userdata, Unit *unit, unsigned whom, int signal_number, bool with_continue) {
        return err_pass(unit_signal_send(userdata, unit, whom, signal_number, with_continue));
}

static int port_attach(void *userdata, Unit *unit, const pid_t *pids, unsigned n_pids) {
        HostUnit *hu = host_unit_get(userdata, unit);
        return hu ? unit_group_attach(hu, NULL, pids, n_pids) : err_new(-ENOMEM);
}

static bool port_group_is_empty(void *userdata, Unit *unit) {
        return unit_group_is_empty(userdata, unit);
}

static void port_watch_group(void *userdata, Unit *unit, bool watch) {
        HostUnit *hu = watch ? host_unit_get(userdata, unit) : host_unit_peek(unit);
        if (hu)
                unit_group_watch(hu, watch);
}

/* Whether the unit is on its way up again by a job (systemctl restart). */
static bool has_start_job(const Unit *unit) {
        return unit->job && (unit->job->type == JOB_START || unit->job->type == JOB_RESTART);
}

static void port_release_unit(void *userdata, Unit *unit, bool will_restart) {
        Host *host = userdata;
        HostUnit *hu = host_unit_peek(unit);

        will_restart = will_restart || has_start_job(unit);
        unit_group_tell_leftovers(host, unit, false);
        pid_file_remove(unit);
        host_directories_release(host, unit, will_restart);
        terminal_release(unit);
        if (!hu || will_restart)
                return;
        unit_consumed_note(hu);
        unit_control_remove(hu);
        unit_group_remove(hu);
        host_unit_drop_plan(hu);
        unit_name_space_release(hu, true);
        private_tmp_release(hu);
        unit_ipc_release(hu);
        (void)fd_store_remove(hu, NULL); /* how many does not matter */
        connection_end(host, &hu->connection, true);
        AUTO_FREE char *directory = host_dynamic_user_directory(host);
        if (hu->dynamic_uid != 0 && directory)
                dynamic_user_release(directory, hu->dynamic_uid);
        hu->dynamic_uid = 0;
}

static int port_read_pid_file(void *userdata, Unit *unit, const char *path, pid_t *ret_pid) {
        HostUnit *hu = host_unit_get(userdata, unit);
        return hu ? pid_file_read(hu, path, ret_pid) : err_new(-ENOMEM);
}

static void port_watch_pid_file(void *userdata, Unit *unit, const char *path) {
        HostUnit *hu = path ? host_unit_get(userdata, unit) : host_unit_peek(unit);
        if (hu)
                pid_file_watch(hu, path);
}

/* A main process is one whose parent is none of the unit's; there must be exactly one. */
static pid_t port_guess_main_pid(void *userdata, Unit *unit) {
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;
        pid_t found = 0;
        Host *host = userdata;

        if (unit_group_list(host, unit, &pids, &n) < 0)
                return 0;
        for (size_t i = 0; i < n; i++) {
                ProcessFacts facts;
                if (process_facts_read(pids[i], &facts) < 0 || facts.state == 'Z' ||
                    pids[i] == unit_control_pid(unit))
                        continue;
                pid_t keeper = host->keeper ? keeper_link_pid(host->keeper) : 0;
                if (facts.parent != getpid() && (keeper == 0 || facts.parent != keeper))
                        continue;
                if (found != 0)
                        return 0;
                found = pids[i];
        }
        return found;
}

/* A process of a record that fell to the keeper is the one of the record, also while its executor
 * has not come to join the unit's group; the engine compares start times. So is one that was
 * started just now, because of what ended while there was no manager. */
static bool was_ours(const Host *host, const ProcessFacts *facts) {
        pid_t keeper = host->keeper ? keeper_link_pid(host->keeper) : 0;
        return host->restoring &&
               (facts->parent == getpid() || (keeper > 0 && facts->parent == keeper));
}

static bool port_process_belongs(void *userdata, Unit *unit, pid_t pid, uint64_t *ret_start_time) {
        ProcessFacts facts;

        if (process_facts_read(pid, &facts) < 0 || facts.state == 'Z') {
                *ret_start_time = 0;
                return exit_presumed_add(userdata, pid);
        }
        *ret_start_time = facts.start_time;
        return was_ours(userdata, &facts) || unit_group_has(userdata, unit, pid);
}

/* Children of the keeper count as ours: it tells us of their end. */
static bool port_watch_process(void *userdata, Unit *unit, pid_t pid) {
        Host *host = userdata;
        ProcessFacts facts;
        pid_t keeper = host->keeper ? keeper_link_pid(host->keeper) : 0;

        if (exit_presumed_has(host, pid))
                return true;
        if (process_facts_read(pid, &facts) == 0 &&
            (facts.parent == getpid() || (keeper > 0 && facts.parent == keeper)))
                return true;
        HostUnit *hu = host_unit_get(host, unit);
        int r = hu ? process_watch_exit(hu, pid) : -ENOMEM;
        if (r < 0 && r != -ESRCH)
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Cannot watch process %d: %s",
                         unit->id,
                         (int)pid,
                         strerror(-r));
        return false;
}

/* --- stored descriptors
 * ---------------------------------------------------------------------------- */

static int port_fd_store_add(void *userdata, Unit *unit, unsigned i, const char *name, bool poll) {
        Host *host = userdata;
        HostUnit *hu = host_unit_get(host, unit);

        if (!hu)
                return err_new(-ENOMEM);
        if (i >= host->n_notify_fds || host->notify_fds[i] < 0)
                return err_new(-EBADF);
        int r = fd_store_add(hu, host->notify_fds[i], name, poll);
        if (r < 0)
                return err_pass(r);
        host->notify_fds[i] = -1; /* belongs to the store now */
        return 0;
}

static unsigned port_fd_store_remove(void *userdata, Unit *unit, const char *name) {
        (void)userdata;
        HostUnit *hu = host_unit_peek(unit);
        return hu ? fd_store_remove(hu, name) : 0;
}

/* --- sockets -------------------------------------------------------------------------------------
 */

static int port_socket_open(void *userdata, Unit *unit) {
        HostUnit *hu = host_unit_get(userdata, unit);
        return hu ? listen_socket_open(hu) : err_new(-ENOMEM);
}

static void port_socket_close(void *userdata, Unit *unit) {
        (void)userdata;
        HostUnit *hu = host_unit_peek(unit);
        if (hu)
                listen_socket_close(hu, true);
}

static int port_socket_watch(void *userdata, Unit *unit, bool watch) {
        (void)userdata;
        HostUnit *hu = host_unit_peek(unit);
        return hu ? err_pass(listen_socket_watch(hu, watch)) : 0;
}

static void port_socket_flush(void *userdata, Unit *unit) {
        (void)userdata;
        HostUnit *hu = host_unit_peek(unit);
        if (hu)
                listen_socket_flush(hu);
}

static int port_socket_give(void *userdata, Unit *service) {
        return err_pass(listen_socket_give(userdata, service));
}

static bool port_path_holds(void *userdata, const Unit *unit, unsigned rule) {
        (void)userdata;
        return path_watch_holds(unit, rule);
}

static char *port_path_match(void *userdata, const Unit *unit, unsigned rule) {
        (void)userdata;
        return path_watch_match(unit, rule);
}

static void port_path_watch(void *userdata, Unit *unit, bool watch) {
        if (watch)
                (void)host_unit_get(userdata, unit); /* so that the watch ends with the unit */
        if (watch)
                path_watch_begin(userdata, unit);
        else
                path_watch_end(userdata, unit);
}

static uint64_t port_path_mark(void *userdata, const Unit *unit, unsigned rule) {
        (void)userdata;
        return path_watch_mark(unit, rule);
}

static void port_path_make(void *userdata, const Unit *unit) {
        (void)userdata;
        path_watch_make(unit);
}

/* --- announcements
 * --------------------------------------------------------------------------------- */

static void port_unit_changed(void *userdata, Unit *unit) {
        Host *host = userdata;
        host_unit_mark(host, unit);
        if (host->observer.unit_changed)
                host->observer.unit_changed(host->observer.userdata, unit);
}

static void port_unit_added(void *userdata, Unit *unit) {
        Host *host = userdata;
        if (host->observer.unit_added)
                host->observer.unit_added(host->observer.userdata, unit);
}

/* Whether it does not come again under its name: it was asked for once, or served a connection. */
static bool is_for_once(const Unit *unit) {
        return (unit->spec && unit->spec->transient) || (unit->service && unit->service->title);
}

static void port_unit_gone(void *userdata, Unit *unit) {
        Host *host = userdata;
        if (host->observer.unit_gone)
                host->observer.unit_gone(host->observer.userdata, unit);
        host_forget_events(host, unit);
        if (!host->restoring && unit->spec && unit->spec->transient)
                transient_files_drop(host, unit->id);
        if (!host->restoring && is_for_once(unit))
                unit_logs_retire(host->logs, unit->id);
        host_unit_free(unit);
}

static void port_job_added(void *userdata, Job *job) {
        Host *host = userdata;
        host_unit_mark(host, job->unit);
        if (host->observer.job_added)
                host->observer.job_added(host->observer.userdata, job);
}

static void port_job_changed(void *userdata, Job *job) {
        Host *host = userdata;
        host_unit_mark(host, job->unit);
        if (host->observer.job_changed)
                host->observer.job_changed(host->observer.userdata, job);
}

static void port_job_removed(void *userdata, const Job *job, JobResult result) {
        Host *host = userdata;
        HostUnit *hu = host_unit_peek(job->unit);
        if (hu)
                executor_ahead_cancel(hu);
        host_unit_mark(host, job->unit);
        if (host->observer.job_removed)
                host->observer.job_removed(host->observer.userdata, job, result);
}

static bool port_ask_controller(void *userdata, Unit *unit) {
        Host *host = userdata;
        return host->observer.ask_controller &&
               host->observer.ask_controller(host->observer.userdata, unit);
}

static void port_startup_finished(void *userdata) {
        Host *host = userdata;
        unit_control_end_startup(host);
        if (host->observer.startup_finished)
                host->observer.startup_finished(host->observer.userdata);
}

static void port_log(void *userdata, int level, const Unit *unit, const char *text) {
        Host *host = userdata;
        if (level > host->options.log->max_level)
                return;
        log_line(host->options.log, level, NULL, "%s", text);
        if (!journal_messages_add(host->messages, level, unit, text) && unit &&
            unit->type == UNIT_SERVICE)
                unit_logs_add(host->logs, unit->id, text);
}

static void port_emergency(void *userdata,
                           EmergencyAction action,
                           const Unit *unit,
                           const char *why,
                           int exit_status) {
        Host *host = userdata;
        log_line(host->options.log, LOG_CRIT, NULL, "%s: %s", unit ? unit->id : "tendd", why);
        if (host->observer.emergency)
                host->observer.emergency(host->observer.userdata, action, exit_status);
}

EnginePorts host_ports_table(Host *host) {
        return (EnginePorts){
                .userdata = host,
                .now_monotonic_usec = port_now_monotonic,
                .now_realtime_usec = port_now_realtime,
                .slept_usec = port_slept,
                .random_below = port_random_below,
                .new_invocation_id = port_new_invocation_id,
                .load = port_load,
                .files_changed = port_files_changed,
                .check_conditions = port_check_conditions,
                .is_present = port_is_present,
                .spawn = port_spawn,
                .signal_unit = port_signal,
                .attach = port_attach,
                .ask_controller = port_ask_controller,
                .group_is_empty = port_group_is_empty,
                .watch_group = port_watch_group,
                .release_unit = port_release_unit,
                .read_pid_file = port_read_pid_file,
                .watch_pid_file = port_watch_pid_file,
                .guess_main_pid = port_guess_main_pid,
                .process_belongs = port_process_belongs,
                .watch_process = port_watch_process,
                .fd_store_add = port_fd_store_add,
                .fd_store_remove = port_fd_store_remove,
                .socket_open = port_socket_open,
                .socket_close = port_socket_close,
                .socket_watch = port_socket_watch,
                .socket_flush = port_socket_flush,
                .socket_give = port_socket_give,
                .path_holds = port_path_holds,
                .path_match = port_path_match,
                .path_mark = port_path_mark,
                .path_watch = port_path_watch,
                .path_make = port_path_make,
                .time_zone = port_time_zone,
                .timer_stamp_read = port_stamp_read,
                .timer_stamp_write = port_stamp_write,
                .timer_runs = port_timer_runs,
                .timer_ran = port_timer_ran,
                .timer_lost = port_timer_lost,
                .wake_machine = port_wake_machine,
                .arm_timer = port_arm_timer,
                .unit_changed = port_unit_changed,
                .unit_added = port_unit_added,
                .unit_gone = port_unit_gone,
                .job_added = port_job_added,
                .job_changed = port_job_changed,
                .job_removed = port_job_removed,
                .startup_finished = port_startup_finished,
                .log = port_log,
                .emergency = port_emergency,
        };
}
