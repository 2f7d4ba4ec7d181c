/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/socket_unit.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/duration.h"
#include "base/enum_name.h"
#include "base/error.h"
#include "base/macros.h"
#include "engine/job_queue.h"
#include "engine/socket_phase.h"
#include "engine/unit_message.h"
#include "unit/unit_enums.h"

static const char *const result_names[] = {
        [SOCKET_SUCCESS] = "success",
        [SOCKET_FAILURE_RESOURCES] = "resources",
        [SOCKET_FAILURE_TIMEOUT] = "timeout",
        [SOCKET_FAILURE_EXIT_CODE] = "exit-code",
        [SOCKET_FAILURE_SIGNAL] = "signal",
        [SOCKET_FAILURE_CORE_DUMP] = "core-dump",
        [SOCKET_FAILURE_START_LIMIT_HIT] = "start-limit-hit",
        [SOCKET_FAILURE_TRIGGER_LIMIT_HIT] = "trigger-limit-hit",
        [SOCKET_FAILURE_SERVICE_START_LIMIT_HIT] = "service-start-limit-hit",
};
static_assert(ARRAY_LENGTH(result_names) == SOCKET_RESULT_COUNT, "one name per result");

static const struct {
        DirectiveId list;
        SocketState state; /* in which these commands run */
        const char *name, *task;
} command_lists[] = {
        { DIRECTIVE_EXEC_START_PRE, SOCKET_START_PRE, "ExecStartPre", "start-pre" },
        { DIRECTIVE_EXEC_START_POST, SOCKET_START_POST, "ExecStartPost", "start-post" },
        { DIRECTIVE_EXEC_STOP_PRE, SOCKET_STOP_PRE, "ExecStopPre", "stop-pre" },
        { DIRECTIVE_EXEC_STOP_POST, SOCKET_STOP_POST, "ExecStopPost", "stop-post" },
};

/* What a state does when something happens in it. `on_exit` gets how the control process ended. */
typedef struct SocketRow {
        int start, stop; /* UnitOutcome; PHASE_ACTION: `begin_stop` decides */
        void (*on_exit)(Unit *unit, SocketResult result);
        void (*on_timeout)(Unit *unit);
        bool is_open; /* descriptors are held */
        bool has_timer;
} SocketRow;

static const SocketRow rows[SOCKET_STATE_COUNT];

const char *socket_result_name(SocketResult result) {
        return enum_print(result_names, ARRAY_LENGTH(result_names), (int)result);
}

const char *socket_list_name(DirectiveId list) {
        for (unsigned i = 0; i < ARRAY_LENGTH(command_lists); i++)
                if (command_lists[i].list == list)
                        return command_lists[i].name;
        return "";
}

DirectiveId socket_list_find(Str name) {
        for (unsigned i = 0; i < ARRAY_LENGTH(command_lists); i++)
                if (str_equal_c(name, command_lists[i].name))
                        return command_lists[i].list;
        return DIRECTIVE_NONE;
}

bool socket_accepts(const Unit *unit) {
        return unit->spec && unit_spec_bool(unit->spec, DIRECTIVE_ACCEPT);
}

static void note_result(Unit *unit, SocketResult result) {
        if (unit->socket->result == SOCKET_SUCCESS)
                unit->socket->result = result;
}

/* --- descriptors and state ------------------------------------------------------------------ */

int socket_open_descriptors(Unit *unit) {
        const EnginePorts *ports = socket_ports(unit);
        if (unit->socket->is_open)
                return 0;
        int r = ports->socket_open(ports->userdata, unit);
        if (r < 0)
                return err_pass(r);
        unit->socket->is_open = true;
        return 0;
}

static void close_descriptors(Unit *unit) {
        const EnginePorts *ports = socket_ports(unit);
        if (!unit->socket->is_open)
                return;
        unit->socket->is_open = unit->socket->is_watched = false;
        ports->socket_close(ports->userdata, unit);
}

int socket_watch(Unit *unit, bool on) {
        const EnginePorts *ports = socket_ports(unit);
        if (unit->socket->is_watched == on)
                return 0;
        unit->socket->is_watched = on;
        return err_pass(ports->socket_watch(ports->userdata, unit, on));
}

static void arm(Unit *unit) {
        SocketRuntime *s = unit->socket;
        uint64_t timeout = unit_spec_number(unit->spec, DIRECTIVE_TIMEOUT_SEC);
        s->deadline_usec = usec_add(engine_now_usec(unit->engine), timeout);
        unit_timer_set(unit, &s->timer, s->deadline_usec);
}

static void disarm(Unit *unit) {
        unit->socket->deadline_usec = USEC_INFINITY;
        unit_timer_set(unit, &unit->socket->timer, USEC_INFINITY);
}

static void forget_control(Unit *unit) {
        SocketRuntime *s = unit->socket;
        if (s->control_pid > 0)
                engine_unwatch_pid(unit, s->control_pid);
        s->control_pid = 0;
        s->control_list = DIRECTIVE_NONE;
        s->control_index = 0;
}

void socket_set_state(Unit *unit, SocketState state) {
        const SocketRow *row = &rows[state];
        if (!unit_state_row(UNIT_SOCKET, state)->control_may_live)
                forget_control(unit);
        if (state != SOCKET_LISTENING)
                (void)socket_watch(unit, false); /* cannot fail */
        if (!row->is_open)
                close_descriptors(unit);
        if (row->has_timer)
                arm(unit);
        else
                disarm(unit);
        unit_set_state(unit, state);
}

/* --- commands ------------------------------------------------------------------------------- */

static const Command *command(const Unit *unit, DirectiveId list, unsigned index) {
        const CommandList *commands = unit_spec_commands(unit->spec, list);
        return commands && index < commands->n_commands ? &commands->commands[index] : NULL;
}

static int spawn(Unit *unit, DirectiveId list, unsigned index) {
        const EnginePorts *ports = socket_ports(unit);
        SpawnRequest request = { .list = list, .index = index };
        SocketRuntime *s = unit->socket;
        pid_t pid = 0;
        forget_control(unit);
        job_announce(unit);
        int r = ports->spawn(ports->userdata, unit, &request, &pid);
        if (r >= 0)
                r = engine_watch_pid(unit, pid);
        if (r < 0) {
                unit_log(unit,
                         LOG_WARNING,
                         "%s: Failed to run '%s' task: %s",
                         unit->id,
                         socket_list_name(list),
                         strerror(-r));
                return err_pass(r);
        }
        s->control_pid = pid;
        s->control_list = list;
        s->control_index = index;
        return 0;
}

/* Enters the phase of a list whose commands there are: 1; 0 when there are none; -errno. */
static int begin_phase(Unit *unit, unsigned place) {
        forget_control(unit);
        if (!command(unit, command_lists[place].list, 0))
                return 0;
        int r = spawn(unit, command_lists[place].list, 0);
        if (r < 0)
                return err_pass(r);
        socket_set_state(unit, command_lists[place].state);
        return 1;
}

/* --- going down ----------------------------------------------------------------------------- */

static void enter_dead(Unit *unit, SocketResult result) {
        const EnginePorts *ports = socket_ports(unit);
        note_result(unit, result);
        bool failed = unit->socket->result != SOCKET_SUCCESS;
        unit_message_end(unit, failed ? socket_result_name(unit->socket->result) : NULL);
        socket_set_state(unit, failed ? SOCKET_FAILED : SOCKET_DEAD);
        ports->release_unit(ports->userdata, unit, false);
}

static void enter_stop_post(Unit *unit, SocketResult result);

/* What a signal phase is followed by when nobody is left to be signalled. */
static void after_signal(Unit *unit, SocketState state) {
        if (state == SOCKET_STOP_PRE_SIGTERM || state == SOCKET_STOP_PRE_SIGKILL)
                enter_stop_post(unit, SOCKET_SUCCESS);
        else
                enter_dead(unit, SOCKET_SUCCESS);
}

static void enter_signal(Unit *unit, SocketState state, SocketResult result) {
        const EnginePorts *ports = socket_ports(unit);
        bool forced = state == SOCKET_STOP_PRE_SIGKILL || state == SOCKET_FINAL_SIGKILL;
        DirectiveId id = forced ? DIRECTIVE_FINAL_KILL_SIGNAL : DIRECTIVE_KILL_SIGNAL;
        note_result(unit, result);
        if (unit->socket->control_pid == 0) {
                after_signal(unit, state);
                return;
        }
        (void)ports->signal_unit(ports->userdata,
                                 unit,
                                 SIGNAL_CONTROL | SIGNAL_GROUP,
                                 (int)unit_spec_number(unit->spec, id),
                                 !forced); /* the control process ends, or the time-out comes */
        socket_set_state(unit, state);
}

static void enter_stop_post(Unit *unit, SocketResult result) {
        note_result(unit, result);
        int r = begin_phase(unit, 3);
        if (r < 0)
                enter_signal(unit, SOCKET_FINAL_SIGTERM, SOCKET_FAILURE_RESOURCES);
        else if (r == 0)
                enter_signal(unit, SOCKET_FINAL_SIGTERM, SOCKET_SUCCESS);
}

void socket_enter_stop_pre(Unit *unit, SocketResult result) {
        note_result(unit, result);
        int r = begin_phase(unit, 2);
        if (r < 0)
                enter_stop_post(unit, SOCKET_FAILURE_RESOURCES);
        else if (r == 0)
                enter_stop_post(unit, SOCKET_SUCCESS);
}

/* --- coming up ------------------------------------------------------------------------------ */

void socket_enter_listening(Unit *unit) {
        const EnginePorts *ports = socket_ports(unit);
        if (!socket_accepts(unit) && unit_spec_bool(unit->spec, DIRECTIVE_FLUSH_PENDING))
                ports->socket_flush(ports->userdata, unit);
        if (socket_watch(unit, true) < 0)
                socket_enter_stop_pre(unit, SOCKET_FAILURE_RESOURCES);
        else
                socket_set_state(unit, SOCKET_LISTENING);
}

static void enter_start_post(Unit *unit) {
        int r = begin_phase(unit, 1);
        if (r < 0)
                socket_enter_stop_pre(unit, SOCKET_FAILURE_RESOURCES);
        else if (r == 0)
                socket_enter_listening(unit);
}

static void enter_start(Unit *unit) {
        forget_control(unit);
        if (socket_open_descriptors(unit) < 0) {
                unit_log(unit,
                         LOG_ERR,
                         "%s: Failed to listen on sockets, the reason stands above.",
                         unit->id);
                enter_signal(unit, SOCKET_FINAL_SIGTERM, SOCKET_FAILURE_RESOURCES);
                return;
        }
        enter_start_post(unit);
}

static void enter_start_pre(Unit *unit) {
        int r = begin_phase(unit, 0);
        if (r < 0)
                enter_dead(unit, SOCKET_FAILURE_RESOURCES);
        else if (r == 0)
                enter_start(unit);
}

/* --- exits and time-outs -------------------------------------------------------------------- */

static void start_pre_exited(Unit *unit, SocketResult result) {
        if (result == SOCKET_SUCCESS)
                enter_start(unit);
        else
                enter_signal(unit, SOCKET_FINAL_SIGTERM, result);
}

static void start_post_exited(Unit *unit, SocketResult result) {
        if (result == SOCKET_SUCCESS)
                socket_enter_listening(unit);
        else
                socket_enter_stop_pre(unit, result);
}

static void say(const Unit *unit, const char *text) {
        unit_log(unit, LOG_WARNING, "%s: %s", unit->id, text);
}

static void start_pre_timed_out(Unit *unit) {
        say(unit, "Starting timed out. Terminating.");
        enter_signal(unit, SOCKET_FINAL_SIGTERM, SOCKET_FAILURE_TIMEOUT);
}

static void start_post_timed_out(Unit *unit) {
        say(unit, "Starting timed out. Stopping.");
        enter_signal(unit, SOCKET_STOP_PRE_SIGTERM, SOCKET_FAILURE_TIMEOUT);
}

static void stop_pre_timed_out(Unit *unit) {
        say(unit, "Stopping timed out. Terminating.");
        enter_signal(unit, SOCKET_STOP_PRE_SIGTERM, SOCKET_FAILURE_TIMEOUT);
}

static bool may_kill(const Unit *unit) {
        return unit_spec_bool(unit->spec, DIRECTIVE_SEND_SIGKILL);
}

static void stop_pre_sigterm_timed_out(Unit *unit) {
        say(unit,
            may_kill(unit) ? "Stopping timed out. Killing."
                           : "Stopping timed out. Skipping SIGKILL. Ignoring.");
        if (may_kill(unit))
                enter_signal(unit, SOCKET_STOP_PRE_SIGKILL, SOCKET_FAILURE_TIMEOUT);
        else
                enter_stop_post(unit, SOCKET_FAILURE_TIMEOUT);
}

static void stop_pre_sigkill_timed_out(Unit *unit) {
        say(unit, "Processes still around after SIGKILL. Ignoring.");
        enter_stop_post(unit, SOCKET_FAILURE_TIMEOUT);
}

static void stop_post_timed_out(Unit *unit) {
        say(unit, "Stopping timed out (2). Terminating.");
        enter_signal(unit, SOCKET_FINAL_SIGTERM, SOCKET_FAILURE_TIMEOUT);
}

static void final_sigterm_timed_out(Unit *unit) {
        say(unit,
            may_kill(unit) ? "Stopping timed out (2). Killing."
                           : "Stopping timed out (2). Skipping SIGKILL. Ignoring.");
        if (may_kill(unit))
                enter_signal(unit, SOCKET_FINAL_SIGKILL, SOCKET_FAILURE_TIMEOUT);
        else
                enter_dead(unit, SOCKET_FAILURE_TIMEOUT);
}

static void final_sigkill_timed_out(Unit *unit) {
        say(unit, "Still around after SIGKILL (2). Entering failed mode.");
        enter_dead(unit, SOCKET_FAILURE_TIMEOUT);
}

/* --- the table ------------------------------------------------------------------------------ */

#define DECIDE (-1) /* begin_start or begin_stop decide */

// clang-format off
static const SocketRow rows[SOCKET_STATE_COUNT] = {
        [SOCKET_DEAD]             = { .start = DECIDE,         .stop = UNIT_ALREADY },
        [SOCKET_START_PRE]        = { .start = UNIT_UNDER_WAY, .stop = DECIDE,         .on_exit = start_pre_exited,      .on_timeout = start_pre_timed_out,        .has_timer = true },
        [SOCKET_START_POST]       = { .start = UNIT_UNDER_WAY, .stop = DECIDE,         .on_exit = start_post_exited,     .on_timeout = start_post_timed_out,       .has_timer = true, .is_open = true },
        [SOCKET_LISTENING]        = { .start = UNIT_ALREADY,   .stop = DECIDE,         .is_open = true },
        [SOCKET_RUNNING]          = { .start = UNIT_ALREADY,   .stop = DECIDE,         .is_open = true },
        [SOCKET_STOP_PRE]         = { .start = UNIT_AGAIN,     .stop = UNIT_UNDER_WAY, .on_exit = enter_stop_post,       .on_timeout = stop_pre_timed_out,         .has_timer = true, .is_open = true },
        [SOCKET_STOP_PRE_SIGTERM] = { .start = UNIT_AGAIN,     .stop = UNIT_UNDER_WAY, .on_exit = enter_stop_post,       .on_timeout = stop_pre_sigterm_timed_out, .has_timer = true, .is_open = true },
        [SOCKET_STOP_PRE_SIGKILL] = { .start = UNIT_AGAIN,     .stop = UNIT_UNDER_WAY, .on_exit = enter_stop_post,       .on_timeout = stop_pre_sigkill_timed_out, .has_timer = true, .is_open = true },
        [SOCKET_STOP_POST]        = { .start = UNIT_AGAIN,     .stop = UNIT_UNDER_WAY, .on_exit = enter_dead,            .on_timeout = stop_post_timed_out,        .has_timer = true },
        [SOCKET_FINAL_SIGTERM]    = { .start = UNIT_AGAIN,     .stop = UNIT_UNDER_WAY, .on_exit = enter_dead,            .on_timeout = final_sigterm_timed_out,    .has_timer = true },
        [SOCKET_FINAL_SIGKILL]    = { .start = UNIT_AGAIN,     .stop = UNIT_UNDER_WAY, .on_exit = enter_dead,            .on_timeout = final_sigkill_timed_out,    .has_timer = true },
        [SOCKET_FAILED]           = { .start = DECIDE,         .stop = UNIT_ALREADY },
};
// clang-format on

/* --- requests ------------------------------------------------------------------------------- */

/* A socket whose service is missing would start nothing; one whose service runs without it would
 * never get its traffic. */
static bool service_is_ready(Unit *unit) {
        unsigned cursor = 0;
        for (const UnitEdge *edge;
             (edge = unit_graph_next(unit, DEP_BIT(DEP_TRIGGERS), &cursor));) {
                const Unit *service = edge->other;
                if (service->load_state != UNIT_LOADED && service->load_state != UNIT_STUB) {
                        unit_log(unit,
                                 LOG_ERR,
                                 "%s: Socket service %s not loaded, refusing.",
                                 unit->id,
                                 service->id);
                        return false;
                }
                bool restarts =
                        service->type == UNIT_SERVICE && service->state == SERVICE_AUTO_RESTART;
                if (!restarts && !active_state_is_down(unit_active_state(service))) {
                        unit_log(unit,
                                 LOG_ERR,
                                 "%s: Socket service %s already active, refusing.",
                                 unit->id,
                                 service->id);
                        return false;
                }
        }
        return true;
}

static int socket_start(Unit *unit) {
        SocketRuntime *s = unit->socket;
        if (rows[unit->state].start != DECIDE)
                return rows[unit->state].start;
        if (!socket_accepts(unit) && !service_is_ready(unit))
                return UNIT_FAILED_NOW;
        if (start_limit_hit(unit)) {
                enter_dead(unit, SOCKET_FAILURE_START_LIMIT_HIT);
                return UNIT_FAILED_NOW;
        }
        s->result = SOCKET_SUCCESS;
        s->triggers = (StartLimit){ 0 };
        enter_start_pre(unit);
        return UNIT_DONE_OR_RUNNING;
}

static int socket_stop(Unit *unit) {
        if (rows[unit->state].stop != DECIDE)
                return rows[unit->state].stop;
        if (unit->state == SOCKET_LISTENING || unit->state == SOCKET_RUNNING)
                socket_enter_stop_pre(unit, SOCKET_SUCCESS);
        else
                enter_signal(unit, SOCKET_STOP_PRE_SIGTERM, SOCKET_SUCCESS);
        return UNIT_DONE_OR_RUNNING;
}

static void socket_reset_failed(Unit *unit) {
        if (unit->state == SOCKET_FAILED)
                socket_set_state(unit, SOCKET_DEAD);
        unit->socket->result = SOCKET_SUCCESS;
}

/* --- events --------------------------------------------------------------------------------- */

static SocketResult judge(const EngineEvent *event) {
        switch (event->code) {
        case CLD_EXITED:
                return event->status == 0 ? SOCKET_SUCCESS : SOCKET_FAILURE_EXIT_CODE;
        case CLD_KILLED:
                return SOCKET_FAILURE_SIGNAL;
        case CLD_DUMPED:
                return SOCKET_FAILURE_CORE_DUMP;
        default:
                return SOCKET_SUCCESS;
        }
}

static void socket_on_exit(Unit *unit, const EngineEvent *event) {
        SocketRuntime *s = unit->socket;
        if (event->pid <= 0 || event->pid != s->control_pid)
                return;
        DirectiveId list = s->control_list;
        unsigned index = s->control_index;
        const Command *ended = command(unit, list, index);
        SocketResult result = judge(event);
        s->control_pid = 0;
        if (ended && (ended->flags & COMMAND_IGNORE_FAILURE))
                result = SOCKET_SUCCESS;
        const ProcessEnd end = { "Control process",
                                 socket_list_name(list),
                                 result == SOCKET_SUCCESS };
        unit_message_exit(unit, event, &end);
        note_result(unit, result);
        unit_mark_changed(unit);
        bool in_phase = false;
        for (unsigned i = 0; i < ARRAY_LENGTH(command_lists); i++)
                in_phase |=
                        command_lists[i].list == list && (int)command_lists[i].state == unit->state;
        if (result == SOCKET_SUCCESS && in_phase && command(unit, list, index + 1)) {
                if (spawn(unit, list, index + 1) >= 0) {
                        arm(unit);
                        return;
                }
                result = SOCKET_FAILURE_RESOURCES;
        }
        forget_control(unit);
        if (rows[unit->state].on_exit)
                rows[unit->state].on_exit(unit, result);
}

static void socket_on_timer(Unit *unit, UnitTimer *timer) {
        (void)timer; /* there is one */
        unit->socket->deadline_usec = USEC_INFINITY;
        if (rows[unit->state].on_timeout)
                rows[unit->state].on_timeout(unit);
}

static void socket_on_event(Unit *unit, const EngineEvent *event) {
        if (event->type == EVENT_SOCKET_INCOMING && unit->state == SOCKET_LISTENING)
                socket_on_incoming(unit, event->peer);
}

/* --- life ----------------------------------------------------------------------------------- */

static int socket_init(Unit *unit) {
        SocketRuntime *s = calloc(1, sizeof(*s));
        if (!s)
                return err_new(-ENOMEM);
        s->unit = unit;
        s->timer.unit = unit;
        s->deadline_usec = USEC_INFINITY;
        s->control_list = DIRECTIVE_NONE;
        unit->socket = s;
        socket_count_connections(unit); /* it may have been forgotten while they live */
        return 0;
}

static void socket_done(Unit *unit) {
        if (!unit->socket)
                return;
        forget_control(unit);
        unit_timer_set(unit, &unit->socket->timer, USEC_INFINITY);
        free(unit->socket);
        unit->socket = NULL;
}

const UnitOps socket_ops = {
        .init = socket_init,
        .done = socket_done,
        .loaded = socket_tie_connections,
        .start = socket_start,
        .stop = socket_stop,
        .reset_failed = socket_reset_failed,
        .on_exit = socket_on_exit,
        .on_event = socket_on_event,
        .on_timer = socket_on_timer,
        .on_triggered = socket_on_triggered,
        .save = socket_save,
        .restore = socket_restore,
        .restored = socket_restored,
        .has_cgroup = true,
};
