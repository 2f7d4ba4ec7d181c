/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_ports.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/parse_value.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/directive.h"
#include "unit/kind.h"
#include "unit/unit_builtin.h"
#include "unit/unit_load.h"

#define YEAR_USEC (UINT64_C(365) * 24 * 3600 * 1000 * 1000)

/* Targets and slices that services depend on by default stand in without a text. */
static const char *stand_in(const FakeHost *host, const char *name) {
        const char *text = NULL;
        if (host->use_builtin) {
                if (unit_builtin_find(name, host->config.scope, &text) == BUILTIN_TEXT)
                        return text;
                return NULL;
        }
        if (str_has_suffix(str_of(name), ".slice"))
                return "[Unit]\nDefaultDependencies=no\n";
        static const char *const names[] = {
                "sysinit.target", "basic.target", "shutdown.target", "umount.target"
        };
        for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
                if (streq(names[i], name))
                        return "[Unit]\nDefaultDependencies=no\n";
        return NULL;
}

static FakeFile *find_file(const FakeHost *host, const char *name) {
        FakeFile *file = hashtable_find(host->files, name);
        AUTO_FREE char *template_name = NULL;
        if (!file && unit_name_template(name, &template_name) >= 0)
                file = hashtable_find(host->files, template_name);
        return file;
}

static void add_aliases(const FakeHost *host, UnitSpec *spec) {
        size_t cursor = 0;
        if (host->n_aliases == 0)
                return;
        for (FakeFile *file = hashtable_next(host->files, &cursor, NULL); file;
             file = hashtable_next(host->files, &cursor, NULL))
                if (file->alias_of && streq(file->alias_of, spec->name))
                        MUST(strv_add(&spec->aliases, file->name) >= 0);
        if (spec->aliases)
                strv_sort(spec->aliases);
}

static void read_text(UnitSpec *spec, const char *text) {
        const SpecifierMachine machine = { .scope = UNIT_SCOPE_SYSTEM };
        const SpecifierContext context = { .machine = &machine, .unit_name = spec->name };
        int r = unit_load_text(spec, str_of(text), spec->name, &context);
        MUST(r >= 0);
        spec->load_state = r == KIND_REFUSED ? UNIT_BAD_SETTING : UNIT_LOADED;
}

static int fake_load(void *userdata, const char *name, UnitSpec **ret) {
        FakeHost *host = userdata;
        FakeFile *file = find_file(host, name);
        host->n_loads++;
        if (file && file->alias_of) {
                name = file->alias_of;
                file = find_file(host, name);
        }
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        MUST(unit_spec_new(name, &spec) >= 0);
        const char *text = file ? file->text : stand_in(host, name);
        if (!text) {
                spec->load_state = UNIT_NOT_FOUND;
                MUST(asprintf(&spec->load_error, "Unit %s not found.", name) >= 0);
        } else if (streq(text, "masked")) {
                spec->load_state = UNIT_MASKED;
        } else {
                read_text(spec, text);
        }
        spec->stamp = file ? file->stamp : 0;
        if (file)
                spec->fragment_path = fake_host_dup(file->name);
        add_aliases(host, spec);
        *ret = STEAL(spec);
        return 0;
}

static bool fake_files_changed(void *userdata, const Unit *unit) {
        const FakeHost *host = userdata;
        const FakeFile *file = find_file(host, unit->id);
        return unit->spec && (file ? file->stamp : 0) != unit->spec->stamp;
}

/* --- facts ------------------------------------------------------------------------------------ */

static int fake_check_conditions(void *userdata, const Unit *unit, bool assertions) {
        const FakeFacts *facts = fake_host_facts(userdata, unit->id);
        return assertions ? !facts->assertions_fail : !facts->conditions_fail;
}

static bool fake_is_present(void *userdata, const Unit *unit) {
        return fake_host_facts(userdata, unit->id)->present;
}

/* --- processes -------------------------------------------------------------------------------- */

static const char *list_name(DirectiveId list) {
        const DirectiveRow *row = directive_row(UNIT_SERVICE, list);
        if (!row)
                row = directive_row(UNIT_SOCKET, list);
        return row ? row->name : "?";
}

static int fake_spawn(void *userdata, Unit *unit, const SpawnRequest *request, pid_t *ret_pid) {
        FakeHost *host = userdata;
        FakeFacts *facts = fake_host_facts(host, unit->id);
        int error = facts->spawn_error;
        host->n_spawns++;
        if (facts->n_spawn_errors > 0 && --facts->n_spawn_errors == 0)
                facts->spawn_error = 0;
        if (error) {
                fake_host_effect(host,
                                 "spawn %s %s %u failed",
                                 unit->id,
                                 list_name(request->list),
                                 request->index);
                return error;
        }
        if (host->silent && host->n_processes > 64)
                fake_host_bury(host);
        FakeProcess *process = fake_host_add_process(host, unit->id);
        process->list = request->list;
        process->index = request->index;
        process->flags = request->flags;
        process->environment = strv_copy(request->environment);
        fake_host_effect(host,
                         "spawn %s %s %u pid=%d",
                         unit->id,
                         list_name(request->list),
                         request->index,
                         (int)process->pid);
        *ret_pid = process->pid;
        return 0;
}

static bool in_whom(const Unit *unit, pid_t pid, unsigned whom) {
        if (unit_main_pid(unit) == pid)
                return whom & SIGNAL_MAIN;
        if (unit_control_pid(unit) == pid)
                return whom & SIGNAL_CONTROL;
        return whom & SIGNAL_GROUP;
}

static bool fake_group_is_empty(void *userdata, Unit *unit) {
        const FakeHost *host = userdata;
        for (unsigned i = 0; i < host->n_processes; i++) {
                const FakeProcess *process = host->processes[i];
                if (process->alive && streq(process->unit, unit->id) &&
                    !unit_knows_pid(unit, process->pid))
                        return false;
        }
        return true;
}

static void print_whom(StrBuf *out, unsigned whom) {
        static const char *const names[] = { "main", "control", "group" };
        size_t begin = out->length;
        for (unsigned i = 0; i < ARRAY_LENGTH(names); i++)
                if (whom & (1u << i))
                        strbuf_addf(out, "%s%s", out->length > begin ? "+" : "", names[i]);
}

/* Only processes nobody waits for die by SIGKILL on their own; main and control exits are events of
 * the test. */
static int
fake_signal(void *userdata, Unit *unit, unsigned whom, int signal_number, bool with_continue) {
        FakeHost *host = userdata;
        int n = 0;
        (void)with_continue; /* follows from the signal as a rule; would only be noise */
        for (unsigned i = 0; i < host->n_processes; i++) {
                FakeProcess *process = host->processes[i];
                if (!process->alive || !streq(process->unit, unit->id) ||
                    !in_whom(unit, process->pid, whom))
                        continue;
                n++;
                process->last_signal = signal_number;
                if (signal_number == SIGKILL && !unit_knows_pid(unit, process->pid))
                        process->alive = false;
        }
        if (n == 0)
                return 0;
        AUTO(strbuf_done) StrBuf line = STRBUF_INIT;
        strbuf_addf(&line, "signal %s ", unit->id);
        print_whom(&line, whom);
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        print_signal(&name, signal_number);
        Str short_name = str_of(strbuf_text(&name));
        (void)str_skip_prefix(&short_name, "SIG");
        strbuf_addf(&line, " %.*s", STR_ARG(short_name));
        fake_host_effect(host, "%s", strbuf_text(&line));
        fake_host_check_group(host, unit->id);
        return n;
}

static void fake_watch_group(void *userdata, Unit *unit, bool watch) {
        FakeFacts *facts = fake_host_facts(userdata, unit->id);
        facts->watches_group = watch;
        facts->group_empty_due = false;
        if (watch)
                fake_host_check_group(userdata, unit->id);
}

static void fake_release_unit(void *userdata, Unit *unit, bool will_restart) {
        fake_host_effect(userdata, "release %s%s", unit->id, will_restart ? " restart" : "");
}

static int fake_read_pid_file(void *userdata, Unit *unit, const char *path, pid_t *ret_pid) {
        const FakeFacts *facts = fake_host_facts(userdata, unit->id);
        (void)path;
        if (facts->pid_file_outcome == PID_FILE_OK)
                *ret_pid = facts->pid_file_pid;
        return facts->pid_file_outcome;
}

static void fake_watch_pid_file(void *userdata, Unit *unit, const char *path) {
        FakeFacts *facts = fake_host_facts(userdata, unit->id);
        free(facts->pid_file_watch);
        facts->pid_file_watch = path ? fake_host_dup(path) : NULL;
}

static pid_t fake_guess_main_pid(void *userdata, Unit *unit) {
        const FakeHost *host = userdata;
        pid_t found = 0;
        for (unsigned i = 0; i < host->n_processes; i++) {
                const FakeProcess *process = host->processes[i];
                if (!process->alive || !streq(process->unit, unit->id))
                        continue;
                if (found)
                        return 0;
                found = process->pid;
        }
        return found;
}

static bool fake_process_belongs(void *userdata, Unit *unit, pid_t pid, uint64_t *ret_start_time) {
        const FakeProcess *process = fake_host_process(userdata, pid);
        if (!process || !process->alive)
                return false;
        *ret_start_time = process->start_time;
        return streq(process->unit, unit->id);
}

static bool fake_watch_process(void *userdata, Unit *unit, pid_t pid) {
        const FakeProcess *process = fake_host_process(userdata, pid);
        (void)unit;
        return process && process->list != DIRECTIVE_NONE;
}

static int fake_fd_store_add(void *userdata, Unit *unit, unsigned i, const char *name, bool poll) {
        const FakeHost *host = userdata;
        (void)poll;
        if ((int)i >= host->notify_fds)
                return -EBADF;
        fake_host_effect(userdata, "fd_store %s %s", unit->id, name);
        return 0;
}

static unsigned fake_fd_store_remove(void *userdata, Unit *unit, const char *name) {
        fake_host_effect(userdata, "fd_store_remove %s %s", unit->id, name);
        return 1;
}

/* --- sockets -----------------------------------------------------------------------------------
 */

static int fake_socket_open(void *userdata, Unit *unit) {
        const FakeFacts *facts = fake_host_facts(userdata, unit->id);
        if (facts->socket_error < 0)
                return facts->socket_error;
        fake_host_effect(userdata, "socket_open %s", unit->id);
        return 0;
}

static void fake_socket_close(void *userdata, Unit *unit) {
        fake_host_effect(userdata, "socket_close %s", unit->id);
}

static int fake_socket_watch(void *userdata, Unit *unit, bool watch) {
        fake_host_effect(userdata, "socket_watch %s %s", unit->id, watch ? "on" : "off");
        return 0;
}

static void fake_socket_flush(void *userdata, Unit *unit) {
        fake_host_effect(userdata, "socket_flush %s", unit->id);
}

static int fake_socket_give(void *userdata, Unit *service) {
        fake_host_effect(userdata, "socket_give %s", service->id);
        return 0;
}

static int fake_attach(void *userdata, Unit *unit, const pid_t *pids, unsigned n_pids) {
        fake_host_effect(userdata, "attach %s %u", unit->id, n_pids);
        return pids && n_pids > 0 ? (int)n_pids : -ESRCH;
}

/* --- paths ---------------------------------------------------------------------------------------
 */

static bool fake_path_holds(void *userdata, const Unit *unit, unsigned rule) {
        return fake_host_facts(userdata, unit->id)->paths & (1u << rule);
}

static char *fake_path_match(void *userdata, const Unit *unit, unsigned rule) {
        return fake_path_holds(userdata, unit, rule) ? strdup("/the/match") : NULL;
}

static void fake_path_watch(void *userdata, Unit *unit, bool watch) {
        fake_host_effect(userdata, "path_watch %s %s", unit->id, watch ? "on" : "off");
}

static uint64_t fake_path_mark(void *userdata, const Unit *unit, unsigned rule) {
        const FakeFacts *facts = fake_host_facts(userdata, unit->id);
        return facts->paths & (1u << rule) ? 1 + facts->path_changes : 0;
}

static void fake_path_make(void *userdata, const Unit *unit) {
        fake_host_effect(userdata, "path_make %s", unit->id);
}

/* --- clock and reports --------------------------------------------------------------------------
 */

static uint64_t fake_monotonic(void *userdata) {
        return ((const FakeHost *)userdata)->now_usec;
}

static uint64_t fake_realtime(void *userdata) {
        return ((const FakeHost *)userdata)->now_usec + YEAR_USEC;
}

static uint64_t fake_random_below(void *userdata, uint64_t limit) {
        FakeHost *host = userdata;
        host->random_state =
                host->random_state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        return limit ? (host->random_state >> 11) % limit : 0;
}

static void fake_invocation_id(void *userdata, Id128 *ret) {
        for (size_t i = 0; i < sizeof(ret->bytes); i++)
                ret->bytes[i] = (uint8_t)fake_random_below(userdata, 256);
}

static void fake_arm_timer(void *userdata, uint64_t deadline_usec) {
        ((FakeHost *)userdata)->armed_usec = deadline_usec;
}

static void fake_unit_noted(void *userdata, Unit *unit) {
        (void)userdata; /* nobody listens */
        (void)unit;
}

static void fake_state_changed(void *userdata, const Unit *unit, int from, int to) {
        (void)to; /* is set already */
        if (from != unit->state)
                fake_host_effect(userdata, "state %s %s", unit->id, unit_sub_state_name(unit));
}

static void tell_of_job(const FakeHost *host, const Job *job) {
        if (host->on_job)
                host->on_job(host->on_job_userdata, job);
}

static void fake_job_added(void *userdata, Job *job) {
        tell_of_job(userdata, job);
        fake_host_effect(userdata, "job_added %s %s", job->unit->id, job_type_name(job->type));
}

static void fake_job_changed(void *userdata, Job *job) {
        (void)userdata; /* nobody listens */
        (void)job;
}

static void fake_job_removed(void *userdata, const Job *job, JobResult result) {
        fake_host_effect(userdata,
                         "job_removed %s %s %s",
                         job->unit->id,
                         job_type_name(job->type),
                         job_result_name(result));
}

static void fake_startup_finished(void *userdata) {
        fake_host_effect(userdata, "startup_finished");
}

static void fake_log(void *userdata, int level, const Unit *unit, const char *text) {
        static const char *const levels[] = { "emerg",   "alert",  "crit", "err",
                                              "warning", "notice", "info", "debug" };
        if (level < 7)
                fake_host_effect(
                        userdata, "log %s %s %s", unit ? unit->id : "-", levels[level], text);
}

static void fake_emergency(void *userdata,
                           EmergencyAction action,
                           const Unit *unit,
                           const char *why,
                           int exit_status) {
        fake_host_effect(
                userdata, "emergency %s %s %s", unit->id, emergency_action_names[action], why);
        (void)exit_status;
}

EnginePorts fake_host_ports(FakeHost *host) {
        return (EnginePorts){
                .userdata = host,
                .now_monotonic_usec = fake_monotonic,
                .now_realtime_usec = fake_realtime,
                .random_below = fake_random_below,
                .new_invocation_id = fake_invocation_id,
                .load = fake_load,
                .files_changed = fake_files_changed,
                .check_conditions = fake_check_conditions,
                .is_present = fake_is_present,
                .spawn = fake_spawn,
                .signal_unit = fake_signal,
                .group_is_empty = fake_group_is_empty,
                .watch_group = fake_watch_group,
                .release_unit = fake_release_unit,
                .read_pid_file = fake_read_pid_file,
                .watch_pid_file = fake_watch_pid_file,
                .guess_main_pid = fake_guess_main_pid,
                .process_belongs = fake_process_belongs,
                .watch_process = fake_watch_process,
                .fd_store_add = fake_fd_store_add,
                .fd_store_remove = fake_fd_store_remove,
                .socket_open = fake_socket_open,
                .socket_close = fake_socket_close,
                .socket_watch = fake_socket_watch,
                .socket_flush = fake_socket_flush,
                .socket_give = fake_socket_give,
                .attach = fake_attach,
                .path_holds = fake_path_holds,
                .path_match = fake_path_match,
                .path_mark = fake_path_mark,
                .path_watch = fake_path_watch,
                .path_make = fake_path_make,
                .arm_timer = fake_arm_timer,
                .unit_changed = fake_unit_noted,
                .state_changed = fake_state_changed,
                .unit_added = fake_unit_noted,
                .unit_gone = fake_unit_noted,
                .job_added = fake_job_added,
                .job_changed = fake_job_changed,
                .job_removed = fake_job_removed,
                .startup_finished = fake_startup_finished,
                .log = fake_log,
                .emergency = fake_emergency,
        };
}
