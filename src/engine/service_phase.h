/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The phases of a service and what they share; internal to the service_*.c files. Entering a phase
 * starts its commands or sends its signals, and goes on to the next phase when there is nothing to
 * wait for. */

#include <syslog.h>

#include "base/duration.h"
#include "base/macros.h"
#include "engine/engine.h"
#include "engine/service_table.h"
#include "engine/service_unit.h"
#include "engine/unit_history.h"
#include "engine/unit_ops.h"
#include "engine/unit_state.h"
#include "unit/unit_spec.h"

/* --- service_start.c --------------------------------------------------------------- */

/* ExecCondition=. */
void service_enter_condition(Unit *unit);
/* ExecStartPre=. */
void service_enter_start_pre(Unit *unit);
/* ExecStart=, and up to where the type calls the service ready. */
void service_enter_start(Unit *unit);
/* ExecStartPost=; the watchdog begins. */
void service_enter_start_post(Unit *unit);

/* Running, exited or stopping, by what is alive. `result` becomes the service's result if it had
 * none. */
void service_enter_running(Unit *unit, ServiceResult result);

/* Type=idle: has waited long enough for jobs; false when it did not wait. */
bool service_stop_waiting(Unit *unit);

/* The next ExecStart= line of a oneshot service; the next command of the list that runs. */
void service_run_next_main(Unit *unit);
void service_run_next_control(Unit *unit);

/* The main process ended under ExitType=cgroup while others live. */
void service_main_left(Unit *unit);

/* Whether the service is up: its main process lives, or, when that is not known, any of its
 * processes. */
bool service_is_good(Unit *unit);

/* --- service_reload.c -------------------------------------------------------------- */

/* ExecReload=, or the reload signal. */
void service_enter_reload(Unit *unit);
/* The service said RELOADING=1 by itself; who follows its reloads is told. */
void service_enter_reload_by_notify(Unit *unit);

/* --- service_stop.c ---------------------------------------------------------------- */

/* ExecStop=, of a service that was up. */
void service_enter_stop(Unit *unit, ServiceResult result);
/* The service said STOPPING=1 by itself. */
void service_enter_stop_by_notify(Unit *unit);
/* One of the signal phases: STOP_WATCHDOG, STOP_SIGTERM, STOP_SIGKILL and the FINAL ones. */
void service_enter_signal(Unit *unit, ServiceState state, ServiceResult result);
/* ExecStopPost=, of whatever was started. */
void service_enter_stop_post(Unit *unit, ServiceResult result);
/* Down, or on the way to an automatic restart where that is allowed. */
void service_enter_dead(Unit *unit, ServiceResult result, bool allow_restart);

/* Tells the host that the service is down; descriptors and directories stay when it starts again.
 */
void service_release(Unit *unit, bool will_auto_restart);

/* Whether nothing that KillMode= lets us wait for is left. */
bool service_is_gone(Unit *unit);

/* --- service_restart.c ------------------------------------------------------------- */

/* Whether Restart= and its exceptions ask for another start after what just ended. */
bool service_shall_restart(const Unit *unit);

/* Goes to AUTO_RESTART: arms the timer, or queues the job at once when there is no delay. */
void service_begin_auto_restart(Unit *unit);

/* The delay is over: queues the restart job. */
void service_enter_restart(Unit *unit);

/* Keeps track of health for RestartResetSec=; called at each change of state. */
void service_note_health(Unit *unit, ServiceState state);

/* --- service_timeout.c ------------------------------------------------------------- */

/* The deadline of a state that begins now (or its next command), by its row. USEC_INFINITY: none.
 */
uint64_t service_state_deadline(Unit *unit, ServiceState state);

/* (Re)arms the state's timer. */
void service_arm_timer(Unit *unit, uint64_t deadline_usec);

/* EXTEND_TIMEOUT_USEC=: moves deadlines out, never in. */
void service_extend_timeout(Unit *unit, uint64_t usec);

/* --- service_watchdog.c ------------------------------------------------------------ */

/* Whether signs of life are due in this state. */
bool service_watchdog_may_run(ServiceState state);
/* A sign of life, or the beginning: the interval starts anew. */
void service_reset_watchdog(Unit *unit);
void service_stop_watchdog(Unit *unit);
/* The watchdog timer was due. */
void service_watchdog_expired(Unit *unit);
/* WATCHDOG=trigger. */
void service_trigger_watchdog(Unit *unit);

/* --- service_notify.c -------------------------------------------------------------- */

/* Takes a notification: checks the sender, then each word. */
void service_on_notify(Unit *unit, const EngineEvent *event);

/* The process that owns BusName= is the main process of a service that has no other, unless its
 * type says that it is the one that was started. */
void service_on_bus_name(Unit *unit, pid_t owner);

/* --- service_spawn.c --------------------------------------------------------------- */

/* Starts one command; -errno with a line logged. The caller sets the state, which arms the timer.
 */
int service_spawn_main(Unit *unit, unsigned index);
int service_spawn_control(Unit *unit, DirectiveId list, unsigned index);

/* The command, NULL when the list is shorter (the files may have changed). */
const Command *service_command(const Unit *unit, DirectiveId list, unsigned index);

/* Records the end of a command. */
void service_status_end(Unit *unit, DirectiveId list, unsigned index, int code, int status);

/* Keeps how the main process of a oneshot service with several commands ended. */
void service_status_keep_main(Unit *unit);

/* The state in which the commands of a list run; the name of its setting. */
ServiceState service_list_state(DirectiveId list);
const char *service_list_name(DirectiveId list);
/* The list of this name, DIRECTIVE_NONE. */
DirectiveId service_list_find(Str name);

/* The record of a command by its place among all commands, made when it is not there; NULL when
 * there is no such command or no memory. */
ExecStatus *service_status_at(Unit *unit, unsigned position);

/* --- service_process.c ------------------------------------------------------------- */

/* Makes a process the main one: 1, 0 when it is already, -ENOMEM. */
int service_set_main_pid(Unit *unit, pid_t pid);
/* Forgets a process: its exit is no longer of interest. */
void service_forget_main(Unit *unit);
void service_forget_control(Unit *unit);

/* Whether a process that somebody names may become the main process: 1 yes, 0 only when a
 * privileged source says so, negative never. `level` of the line that says why not. */
int service_check_main_pid(Unit *unit, pid_t pid, int level);

/* Reads PIDFile=: 1 the main process changed, 0 as before, negative not (yet). */
int service_load_pid_file(Unit *unit, bool may_warn);
/* Waits for PIDFile= to appear; no longer. */
void service_demand_pid_file(Unit *unit);
void service_forget_pid_file(Unit *unit);
/* GuessMainPID=. */
void service_search_main_pid(Unit *unit);

/* Takes the end of the main or a control process. */
void service_on_exit(Unit *unit, const EngineEvent *event);

/* Whether no process of the unit is left besides main and control. */
bool service_group_is_empty(Unit *unit);

/* --- service_unit.c ---------------------------------------------------------------- */

/* Sets the state with all that hangs on it: processes that cannot live in it, timer, watchdog,
 * group watch. */
void service_set_state(Unit *unit, ServiceState state);

/* Asks for EVENT_GROUP_EMPTY, or no longer, as the state and what is known of the main process want
 * it. */
void service_update_group_watch(Unit *unit, ServiceState state);

/* Keeps the first failure. */
void service_note_result(Unit *unit, ServiceResult result);

/* "unit: text" to the log. */
void service_log(const Unit *unit, int level, const char *format, ...) PRINTF_LIKE(3, 4);

/* Reading settings; zero when the unit has no files. */
static inline uint64_t service_number(const Unit *unit, DirectiveId id) {
        return unit->spec ? unit_spec_number(unit->spec, id) : 0;
}

static inline bool service_flag(const Unit *unit, DirectiveId id) {
        return unit->spec && unit_spec_bool(unit->spec, id);
}

static inline const Value *service_find(const Unit *unit, DirectiveId id) {
        return unit->spec ? unit_spec_find(unit->spec, id) : NULL;
}

static inline const EnginePorts *service_ports(const Unit *unit) {
        return &unit->engine->ports;
}

static inline uint64_t service_now(const Unit *unit) {
        return engine_now_usec(unit->engine);
}

/* Whether the unit has a job of this type. */
static inline bool service_has_job(const Unit *unit, JobType type) {
        return unit->job && unit->job->type == type;
}

/* --- service_snapshot.c ------------------------------------------------------------ */

/* The lines of a service in its record. */
void service_save(const Unit *unit, StrBuf *out);
/* Takes one line; 0, 1 for a key that is not known, -ENOMEM. */
int service_restore(Unit *unit, Str key, Str value);
/* Takes over what still runs, ends what does not, lets times go on. */
void service_restored(Unit *unit);
