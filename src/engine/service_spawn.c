/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "engine/job_queue.h"
#include "engine/service_phase.h"
#include "engine/unit_graph.h"

/* What the control commands of each list get; in order of directives, which is also the order of
 * ServiceRuntime.command_status. */
typedef enum CommandTrait {
        TRAIT_MONITOR = 1 << 0, /* MONITOR_* of the unit that triggered this one */
        TRAIT_RESULT = 1 << 1,  /* SERVICE_RESULT and the like */
        TRAIT_GROUP = 1 << 2,   /* runs in the ".control" sub-group */
} CommandTrait;

static const struct {
        DirectiveId list;
        ServiceState state; /* in which these commands run */
        unsigned traits;
        const char *name; /* of the setting */
        const char *task; /* for "Failed to run '...' task" */
} command_lists[] = {
        // clang-format off
        { DIRECTIVE_EXEC_CONDITION,  SERVICE_CONDITION,  0,                          "ExecCondition", "exec-condition" },
        { DIRECTIVE_EXEC_START_PRE,  SERVICE_START_PRE,  TRAIT_MONITOR,              "ExecStartPre",  "start-pre" },
        { DIRECTIVE_EXEC_START,      SERVICE_START,      TRAIT_MONITOR,              "ExecStart",     "start" },
        { DIRECTIVE_EXEC_START_POST, SERVICE_START_POST, TRAIT_GROUP,                "ExecStartPost", "start-post" },
        { DIRECTIVE_EXEC_RELOAD,     SERVICE_RELOAD,     TRAIT_GROUP,                "ExecReload",    "reload" },
        { DIRECTIVE_EXEC_STOP,       SERVICE_STOP,       TRAIT_GROUP | TRAIT_RESULT, "ExecStop",      "stop" },
        { DIRECTIVE_EXEC_STOP_POST,  SERVICE_STOP_POST,  TRAIT_GROUP | TRAIT_RESULT, "ExecStopPost",  "stop-post" },
        // clang-format on
};

static unsigned list_position(DirectiveId list) {
        unsigned i = 0;
        while (command_lists[i].list != list)
                i++;
        return i;
}

static unsigned list_length(const Unit *unit, DirectiveId list) {
        const CommandList *commands = unit->spec ? unit_spec_commands(unit->spec, list) : NULL;
        return commands ? commands->n_commands : 0;
}

const Command *service_command(const Unit *unit, DirectiveId list, unsigned index) {
        if (index >= list_length(unit, list))
                return NULL;
        return &unit_spec_commands(unit->spec, list)->commands[index];
}

ServiceState service_list_state(DirectiveId list) {
        return command_lists[list_position(list)].state;
}

const char *service_list_name(DirectiveId list) {
        return command_lists[list_position(list)].name;
}

DirectiveId service_list_find(Str name) {
        for (unsigned i = 0; i < ARRAY_LENGTH(command_lists); i++)
                if (str_equal_c(name, command_lists[i].name))
                        return command_lists[i].list;
        return DIRECTIVE_NONE;
}

/* --- how commands ran -------------------------------------------------------------- */

static unsigned status_offset(const Unit *unit, DirectiveId list) {
        unsigned offset = 0;
        for (unsigned i = 0; i < list_position(list); i++)
                offset += list_length(unit, command_lists[i].list);
        return offset;
}

ExecStatus *service_status_at(Unit *unit, unsigned position) {
        ServiceRuntime *s = unit->service;
        if (!s->command_status) {
                unsigned n = 0;
                for (unsigned i = 0; i < ARRAY_LENGTH(command_lists); i++)
                        n += list_length(unit, command_lists[i].list);
                if (n == 0)
                        return NULL;
                s->command_status = calloc(n, sizeof(*s->command_status));
                s->n_command_status = s->command_status ? n : 0;
        }
        return position < s->n_command_status ? &s->command_status[position] : NULL;
}

static ExecStatus *edit_status(Unit *unit, DirectiveId list, unsigned index) {
        return service_status_at(unit, status_offset(unit, list) + index);
}

const ExecStatus *service_command_status(const Unit *unit, DirectiveId list, unsigned index) {
        const ServiceRuntime *s = unit->service;
        /* A service with one command needs no array: the main process tells it all. */
        if (list == DIRECTIVE_EXEC_START && index == s->main_index && s->main_status.pid > 0 &&
            s->service_type != SERVICE_TYPE_FORKING)
                return &s->main_status;
        unsigned position = status_offset(unit, list) + index;
        if (position >= s->n_command_status || s->command_status[position].pid == 0)
                return NULL;
        return &s->command_status[position];
}

static ExecStatus status_begun(const Unit *unit, pid_t pid) {
        return (ExecStatus){ .pid = pid, .start = unit_now(unit) };
}

void service_status_end(Unit *unit, DirectiveId list, unsigned index, int code, int status) {
        ExecStatus *record = edit_status(unit, list, index);
        if (!record)
                return;
        record->exit = unit_now(unit);
        record->code = code;
        record->status = status;
}

void service_status_keep_main(Unit *unit) {
        const ServiceRuntime *s = unit->service;
        if (s->service_type != SERVICE_TYPE_ONESHOT || list_length(unit, DIRECTIVE_EXEC_START) < 2)
                return;
        ExecStatus *record = edit_status(unit, DIRECTIVE_EXEC_START, s->main_index);
        if (record)
                *record = s->main_status;
}

/* --- environment ------------------------------------------------------------------- */

/* What the engine knows and the command gets; empty as a rule. */
static void add_result(const Unit *source, const char *prefix, char ***list) {
        const ServiceRuntime *s = source->service;
        (void)strv_addf(list, "%sSERVICE_RESULT=%s", prefix, service_result_name(s->result));
        const char *code = service_exit_code_name(s->main_status.code);
        if (s->main_status.pid == 0 || !code)
                return;
        (void)strv_addf(list, "%sEXIT_CODE=%s", prefix, code);
        if (s->main_status.code == CLD_EXITED) {
                (void)strv_addf(list, "%sEXIT_STATUS=%i", prefix, s->main_status.status);
                return;
        }
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        print_signal(&name, s->main_status.status);
        Str bare = str_of(strbuf_text(&name));
        (void)str_skip_prefix(&bare, "SIG");
        (void)strv_addf(list, "%sEXIT_STATUS=%.*s", prefix, STR_ARG(bare));
}

/* The one service that could have started this one by OnFailure= or OnSuccess=; NULL when it is not
 * one. */
static const Unit *triggering_service(const Unit *unit) {
        unsigned cursor = 0;
        const uint32_t mask = DEP_BIT(DEP_ON_FAILURE_OF) | DEP_BIT(DEP_ON_SUCCESS_OF);
        const UnitEdge *edge = unit_graph_next(unit, mask, &cursor);
        if (!edge || unit_graph_next(unit, mask, &cursor))
                return NULL;
        return edge->other->type == UNIT_SERVICE ? edge->other : NULL;
}

static void add_monitor(const Unit *unit, char ***list) {
        const Unit *source = triggering_service(unit);
        if (!source || !source->service)
                return;
        add_result(source, "MONITOR_", list);
        char id[ID128_TEXT_SIZE];
        if (!id128_is_null(source->invocation_id))
                (void)strv_addf(
                        list, "MONITOR_INVOCATION_ID=%s", id128_print(source->invocation_id, id));
        (void)strv_addf(list, "MONITOR_UNIT=%s", source->id);
}

/* Losing a variable for lack of memory is better than losing the command. */
static char **make_environment(const Unit *unit, DirectiveId list) {
        char **environment = NULL;
        unsigned traits = command_lists[list_position(list)].traits;
        const char *pid_file = unit->spec ? unit_spec_text(unit->spec, DIRECTIVE_PID_FILE) : NULL;
        const EngineConfig *config = &unit->engine->config;
        if (config->scope == UNIT_SCOPE_USER)
                (void)strv_addf(&environment, "MANAGERPID=%u", config->pid);
        if (unit->service->main_pid > 0)
                (void)strv_addf(&environment, "MAINPID=%i", (int)unit->service->main_pid);
        if (pid_file)
                (void)strv_addf(&environment, "PIDFILE=%s", pid_file);
        (void)strv_extend(&environment, unit->activation);
        if (unit->service->peer_address) {
                (void)strv_addf(&environment, "REMOTE_ADDR=%s", unit->service->peer_address);
                (void)strv_addf(&environment, "REMOTE_PORT=%u", unit->service->peer_port);
        }
        if (traits & TRAIT_RESULT)
                add_result(unit, "", &environment);
        if (traits & TRAIT_MONITOR)
                add_monitor(unit, &environment);
        return environment;
}

/* --- spawning ---------------------------------------------------------------------- */

/* Services that are up with their process are not said to be starting, as under systemd. */
static bool is_up_at_once(const Unit *unit, DirectiveId list) {
        ServiceType type = unit->service->service_type;
        return list == DIRECTIVE_EXEC_START &&
               (type == SERVICE_TYPE_SIMPLE || type == SERVICE_TYPE_IDLE);
}

static int spawn(Unit *unit, DirectiveId list, unsigned index, unsigned flags, pid_t *ret_pid) {
        const EnginePorts *ports = service_ports(unit);
        AUTO_STRV char **environment = make_environment(unit, list);
        uint64_t watchdog_usec = list == DIRECTIVE_EXEC_START ? service_watchdog_usec(unit) : 0;
        SpawnRequest request = {
                .list = list,
                .index = index,
                .flags = flags | (watchdog_usec > 0 ? SPAWN_WATCHDOG : 0),
                .watchdog_usec = watchdog_usec,
                .environment = environment,
        };
        pid_t pid = 0;
        if (!is_up_at_once(unit, list))
                job_announce(unit);
        int r = ports->spawn(ports->userdata, unit, &request, &pid);
        if (r >= 0)
                r = engine_watch_pid(unit, pid);
        if (r < 0) {
                unit_history_cause(unit, CAUSE_SPAWN, -r, NULL);
                service_log(unit,
                            LOG_WARNING,
                            "Failed to run '%s' task: %s",
                            command_lists[list_position(list)].task,
                            strerror(-r));
                return err_pass(r);
        }
        *ret_pid = pid;
        return 0;
}

static unsigned main_flags(const Unit *unit) {
        unsigned flags = SPAWN_PASS_DESCRIPTORS;
        if (unit->service->service_type == SERVICE_TYPE_EXEC)
                flags |= SPAWN_CONFIRM_EXEC;
        return flags;
}

int service_spawn_main(Unit *unit, unsigned index) {
        ServiceRuntime *s = unit->service;
        pid_t pid;
        service_forget_main(unit);
        int r = spawn(unit, DIRECTIVE_EXEC_START, index, main_flags(unit) | SPAWN_MAIN, &pid);
        if (r < 0)
                return r;
        s->main_pid = pid;
        s->main_pid_known = true;
        s->main_pid_alien = false;
        s->main_start_time = 0;
        s->main_index = index;
        s->main_status = status_begun(unit, pid);
        return 0;
}

int service_spawn_control(Unit *unit, DirectiveId list, unsigned index) {
        ServiceRuntime *s = unit->service;
        unsigned flags =
                command_lists[list_position(list)].traits & TRAIT_GROUP ? SPAWN_CONTROL_GROUP : 0;
        pid_t pid;
        if (list == DIRECTIVE_EXEC_START) /* forking */
                flags |= main_flags(unit);
        service_forget_control(unit);
        int r = spawn(unit, list, index, flags, &pid);
        if (r < 0)
                return r;
        s->control_pid = pid;
        s->control_start_time = 0;
        s->control_list = list;
        s->control_index = index;
        ExecStatus *record = edit_status(unit, list, index);
        if (record)
                *record = status_begun(unit, pid);
        return 0;
}
