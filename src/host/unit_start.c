/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_start.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/strv.h"
#include "engine/service_unit.h"
#include "host/dynamic_user.h"
#include "host/exec_confirm.h"
#include "host/executor_ahead.h"
#include "host/fd_store.h"
#include "host/host_environment.h"
#include "host/journal_message.h"
#include "host/listen_socket.h"
#include "host/orphan_spawn.h"
#include "host/private_tmp.h"
#include "host/unit_control.h"
#include "host/unit_facts.h"
#include "host/unit_group.h"
#include "host/unit_logs.h"
#include "host/unit_name_space.h"
#include "host/unit_plan.h"
#include "host/unit_streams.h"
#include "unit/unit_service.h"

/* --- environment ---------------------------------------------------------------------------------
 */

#define OWN_VARIABLES 3 /* at most, by add_own */

/* Variables of one start; they point into the structure and into longer lived lists. */
typedef struct StartEnvironment {
        const char **items; /* owned array */
        unsigned n_items;
        char invocation_id[sizeof("INVOCATION_ID=") + ID128_TEXT_SIZE];
        char watchdog[40];
        char notify_socket[200];
} StartEnvironment;

static void
add_own(const Host *host, const Unit *unit, const SpawnRequest *request, StartEnvironment *e) {
        char id[ID128_TEXT_SIZE];

        (void)snprintf(e->invocation_id,
                       sizeof(e->invocation_id),
                       "INVOCATION_ID=%s",
                       id128_print(unit->invocation_id, id)); /* fits, as do the others */
        e->items[e->n_items++] = e->invocation_id;
        if (unit_service_notify_access(unit->spec) != NOTIFY_ACCESS_NONE) {
                (void)snprintf(e->notify_socket,
                               sizeof(e->notify_socket),
                               "NOTIFY_SOCKET=%s",
                               host->options.paths->notify_socket);
                e->items[e->n_items++] = e->notify_socket;
        }
        if (request->flags & SPAWN_WATCHDOG) {
                (void)snprintf(e->watchdog,
                               sizeof(e->watchdog),
                               "WATCHDOG_USEC=%llu",
                               (unsigned long long)request->watchdog_usec);
                e->items[e->n_items++] = e->watchdog;
        }
}

/* A later assignment of a name replaces an earlier one. */
static void put(StartEnvironment *e, const char *assignment) {
        size_t length = strcspn(assignment, "=") + 1;

        for (unsigned i = 0; i < e->n_items; i++)
                if (strncmp(e->items[i], assignment, length) == 0) {
                        e->items[i] = assignment;
                        return;
                }
        e->items[e->n_items++] = assignment;
}

static int make_environment(const Host *host,
                            const Unit *unit,
                            const SpawnRequest *request,
                            StartEnvironment *e) {
        char *const *passed = unit_spec_strv(unit->spec, DIRECTIVE_PASS_ENVIRONMENT);
        size_t n = strv_length(host->environment) + strv_length(passed) +
                   strv_length(request->environment) + OWN_VARIABLES + 1;

        e->items = calloc(n, sizeof(*e->items));
        if (!e->items)
                return err_new(-ENOMEM);
        STRV_FOREACH(item, host->environment)
        e->items[e->n_items++] = *item;
        STRV_FOREACH(name, passed) {
                char *const *found = host_environment_find(host->own_environment, *name);
                if (found)
                        put(e, *found);
        }
        add_own(host, unit, request, e);
        STRV_FOREACH(item, request->environment)
        e->items[e->n_items++] = *item;
        return 0;
}

/* --- the start
 * ------------------------------------------------------------------------------------ */

static int take_dynamic_user(HostUnit *hu) {
        const Unit *unit = hu->unit;

        if (hu->dynamic_uid != 0 || geteuid() != 0 ||
            !unit_spec_bool(unit->spec, DIRECTIVE_DYNAMIC_USER))
                return 0;
        const char *user = unit_spec_text(unit->spec, DIRECTIVE_USER);
        AUTO_FREE char *name = user ? str_dup(str_of(user)) : str_dup(unit_name_prefix(unit->id));
        AUTO_FREE char *directory = host_dynamic_user_directory(hu->host);
        if (!name || !directory)
                return err_new(-ENOMEM);
        return err_pass(dynamic_user_take(directory, name, &hu->dynamic_uid));
}

/* On the log before the executor has its order. On a full file system the start goes on all the
 * same.
 */
static void write_record(HostUnit *hu, const SpawnRequest *request, pid_t pid) {
        const StateRecord record = {
                .kind = STATE_RECORD_SPAWN,
                .list = (uint16_t)request->list,
                .index = request->index,
                .pid = pid,
                .invocation_id = hu->unit->invocation_id,
                .name = str_of(hu->unit->id),
        };
        if (state_log_add(&hu->host->state, &record) == 0)
                (void)state_log_flush(&hu->host->state);
}

/* The order did not reach it. */
static void withdraw_record(HostUnit *hu, pid_t pid) {
        const StateRecord record = { .kind = STATE_RECORD_VOID, .pid = pid };
        if (state_log_add(&hu->host->state, &record) == 0)
                (void)state_log_flush(&hu->host->state);
}

/* The first command of a phase on the way up; nothing of the unit should run before it. */
static bool begins_phase(const SpawnRequest *request) {
        return request->index == 0 &&
               (request->list == DIRECTIVE_EXEC_CONDITION ||
                request->list == DIRECTIVE_EXEC_START_PRE || request->list == DIRECTIVE_EXEC_START);
}

DEFINE_AUTO_DONE(glob_t, globfree);

/* Whether there is something to read, as far as the executor will look for it. */
static int check_environment_file(const Rule *rule) {
        AUTO(globfree) glob_t found = { 0 };

        int r = glob(rule->source, GLOB_NOSORT, NULL, &found);
        if (r == GLOB_NOSPACE)
                return err_new(-ENOMEM);
        if (r != 0 || access(found.gl_pathv[0], R_OK) < 0)
                return r != 0 ? -ENOENT : -errno;
        return 0;
}

/* A missing EnvironmentFile= is a failure of resources: nothing is started. */
static int check_environment_files(const Unit *unit) {
        const RuleList *list = unit_spec_rules(unit->spec, DIRECTIVE_ENVIRONMENT_FILE);

        for (unsigned i = 0; list && i < list->n_rules; i++) {
                int r = list->rules[i].flags & RULE_OPTIONAL
                                ? 0
                                : check_environment_file(&list->rules[i]);
                if (r == 0)
                        continue;
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to load environment files: %s (%s)",
                         unit->id,
                         strerror(-r),
                         list->rules[i].source);
                return r;
        }
        return 0;
}

/* Groups and what is written into them; -EPERM when the policy wants more than could be had. */
static int take_control(HostUnit *hu) {
        hu->is_judged = true;
        hu->is_refused = false;
        int r = unit_control_start(hu);
        hu->is_judged = false;
        if (r < 0 || !hu->is_refused)
                return err_pass(r);
        hu->control_is_current = false; /* the next command is judged too */
        return err_new(-EPERM);
}

/* What has to be there before the process is. */
static int make_place(HostUnit *hu, const SpawnRequest *request) {
        int r = check_environment_files(hu->unit);
        if (r < 0) {
                executor_ahead_cancel(hu); /* it would be waited for as a process of the unit */
                return r;
        }
        if (executor_ahead_waits(hu))
                return 0;
        if (begins_phase(request))
                unit_group_tell_leftovers(hu->host, hu->unit, true);
        return err_pass(unit_group_make(hu));
}

/* Everything else, while the executor starts. */
static int prepare(HostUnit *hu, const SpawnRequest *request) {
        int r = take_dynamic_user(hu);
        if (r == 0)
                r = private_tmp_make(hu);
        if (r == 0)
                unit_name_space_make(hu);
        if (r == 0)
                r = take_control(hu);
        if (r < 0)
                return err_pass(r);
        if (request->flags & SPAWN_MAIN)
                unit_logs_rotate(hu->host->logs, hu->unit->id);
        if (begins_phase(request))
                unit_facts_write(hu);
        unit_logs_flush(hu->host->logs);
        journal_messages_flush(hu->host->messages);
        return err_pass(unit_plan_open(hu));
}

/* Sockets first, then what the service stored. */
static int collect_descriptors(HostUnit *hu, SpawnOrder *order, int *fds, char **ret_names) {
        AUTO(strbuf_done) StrBuf names = STRBUF_INIT;
        AUTO_FREE char *stored_names = NULL;
        int n = listen_socket_collect(hu->host, hu->unit, fds, SPAWN_FDS_MAX, &names);
        if (n < 0)
                return err_pass(n);
        order->n_fds = (unsigned)n;
        if (!list_is_empty(&hu->stored)) {
                int r = fd_store_list(hu, fds + n, SPAWN_FDS_MAX - (unsigned)n, &stored_names);
                if (r < 0)
                        return err_pass(r);
                order->n_stored = (unsigned)r;
                order->n_fds += (unsigned)r;
                strbuf_addf(&names, "%s%s", n > 0 && r > 0 ? ":" : "", stored_names);
        }
        *ret_names = strbuf_steal(&names);
        if (!*ret_names)
                return err_new(-ENOMEM);
        return err_pass(unit_streams_check(hu->unit, (unsigned)n, *ret_names));
}

static const Command *command_at(const Unit *unit, DirectiveId list, unsigned index) {
        const CommandList *commands = unit_spec_commands(unit->spec, list);
        return commands && index < commands->n_commands ? &commands->commands[index] : NULL;
}

/* Whether a command after this one is to get the connection; if not, its end is seen by the other
 * side as soon as the program closes it. */
static bool wants_connection_again(const Unit *unit, const SpawnRequest *request) {
        static const DirectiveId later[] = { DIRECTIVE_EXEC_START_POST,
                                             DIRECTIVE_EXEC_RELOAD,
                                             DIRECTIVE_EXEC_STOP,
                                             DIRECTIVE_EXEC_STOP_POST };
        if (!(request->flags & SPAWN_MAIN) ||
            command_at(unit, DIRECTIVE_EXEC_START, request->index + 1))
                return true;
        for (unsigned i = 0; i < ARRAY_LENGTH(later); i++)
                if (command_at(unit, later[i], 0) && unit_streams_use_socket(unit))
                        return true;
        return false;
}

static int order_executor(HostUnit *hu,
                          const SpawnRequest *request,
                          SpawnedExecutor *executor,
                          SpawnOrder *order) {
        AUTO_FREE char *names = NULL;
        StartEnvironment environment = { 0 };
        int fds[SPAWN_FDS_MAX];

        int r = make_environment(hu->host, hu->unit, request, &environment);
        AUTO_FREE const char **items = environment.items;
        if (r < 0)
                return err_pass(r);
        if ((request->flags & SPAWN_PASS_DESCRIPTORS) || unit_streams_use_socket(hu->unit)) {
                r = collect_descriptors(hu, order, fds, &names);
                if (r < 0)
                        return err_pass(r);
        }
        order->list = directive_row(hu->unit->type, request->list)->name;
        order->index = request->index;
        order->fds = fds;
        order->fd_names = names;
        order->environment = (char *const *)(uintptr_t)items;
        order->switch_fd = MAX(hu->file_system_switch, 0);
        pid_t pid = executor->pid;
        write_record(hu, request, pid);
        r = spawner_order(hu->host->spawner, executor, order);
        if (r < 0)
                withdraw_record(hu, pid);
        if (r == 0 && !wants_connection_again(hu->unit, request))
                connection_end(hu->host, &hu->connection, true);
        return err_pass(r);
}

/* Takes over what the last manager started; its logs were rotated then. */
static pid_t claim(HostUnit *hu, const SpawnRequest *request) {
        Host *host = hu->host;
        pid_t pid = host->n_orphans > 0 ? orphan_spawn_claim(hu, request) : 0;

        if (pid == 0)
                return 0;
        (void)take_dynamic_user(hu); /* the process runs with what there was */
        (void)unit_group_make(hu);   /* so does its group */
        if (!wants_connection_again(hu->unit, request))
                connection_end(host, &hu->connection, true);
        if (request->flags & SPAWN_CONFIRM_EXEC)
                (void)exec_confirm_by_look(host, pid); /* or the time-out ends the wait */
        return pid;
}

int unit_start_command(Host *host, Unit *unit, const SpawnRequest *request, pid_t *ret_pid) {
        int pipe_fds[2] = { -1, -1 };

        HostUnit *hu = host_unit_get(host, unit);
        if (!hu)
                return err_new(-ENOMEM);
        pid_t claimed = claim(hu, request);
        if (claimed > 0) {
                *ret_pid = claimed;
                return 0;
        }
        AUTO(spawned_executor_cancel) SpawnedExecutor executor = SPAWNED_EXECUTOR_NONE;
        int r = make_place(hu, request);
        if (r == 0)
                r = executor_ahead_take(hu, &executor);
        if (r < 0)
                return err_pass(r);
        pid_t pid = executor.pid;
        int plan_fd = prepare(hu, request);
        if (plan_fd < 0)
                return err_pass(plan_fd);
        if ((request->flags & SPAWN_CONFIRM_EXEC) && pipe2(pipe_fds, O_CLOEXEC) < 0)
                return err_new(-errno);
        AUTO_FD int read_end = pipe_fds[0];
        AUTO_FD int write_end = pipe_fds[1];
        bool knows_plan = executor.plan == hu->plan_number; /* no plan has the number 0 */
        SpawnOrder order = { .plan_fd = knows_plan ? -1 : plan_fd, .exec_fd = write_end };
        r = order_executor(hu, request, &executor, &order);
        if (r < 0)
                return err_pass(r);
        *ret_pid = pid;
        if (read_end >= 0)
                (void)exec_confirm_by_pipe(
                        host, steal_fd(&read_end), pid); /* or the time-out ends it */
        return 0;
}
