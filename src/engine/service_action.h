/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The actions that the cells of service_table.c name; each is in the file of its subject. They
 * answer as ServiceAction says. */

#include "engine/service_table.h"

/* --- service_unit.c: answers to requests that change nothing ----------------------- */

/* Nothing to do: the event is late, or of no interest in this state. */
int service_ignore(Unit *unit, ServiceResult result);
/* The wish is being carried out already. */
int service_under_way(Unit *unit, ServiceResult result);
/* Another phase must end first: the job waits. */
int service_wait(Unit *unit, ServiceResult result);
/* Up already. */
int service_is_up(Unit *unit, ServiceResult result);
/* Down already. */
int service_is_down(Unit *unit, ServiceResult result);
/* Reloading is not possible in this state. */
int service_refuse_reload(Unit *unit, ServiceResult result);

/* --- service_start.c: leading up --------------------------------------------------- */

/* Begins a start: limit, counters, then the first phase. */
int service_begin_start(Unit *unit, ServiceResult result);
/* An ExecCondition= command ended. */
int service_condition_done(Unit *unit, ServiceResult result);
/* An ExecStartPre= command ended. */
int service_start_pre_done(Unit *unit, ServiceResult result);
/* The ExecStart= process of a forking service ended. */
int service_fork_done(Unit *unit, ServiceResult result);
/* An ExecStartPost= command ended. */
int service_start_post_done(Unit *unit, ServiceResult result);
/* The main process ended before the service was up. */
int service_main_exit_in_start(Unit *unit, ServiceResult result);
/* The main process ended while a control process works. */
int service_main_exit_in_operation(Unit *unit, ServiceResult result);
/* No process is left that could make the service ready. */
int service_group_empty_in_start(Unit *unit, ServiceResult result);
/* The same while ExecStartPost= or the PID file is awaited. */
int service_group_empty_in_start_post(Unit *unit, ServiceResult result);
/* Type=exec is up when the program has been executed. */
int service_exec_confirmed(Unit *unit, ServiceResult result);
/* READY=1 ends the start of Type=notify. */
int service_ready_in_start(Unit *unit, ServiceResult result);
/* BusName= has an owner: Type=dbus is up. While no host watches names such a start ends by its
 * time-out. */
int service_name_in_start(Unit *unit, ServiceResult result);
/* PIDFile= may be there now. */
int service_pid_file_appeared(Unit *unit, ServiceResult result);
/* Looks anew at what is alive. */
int service_settle(Unit *unit, ServiceResult result);
/* BusName= changed its owner: Type=dbus looks anew. */
int service_settle_by_name(Unit *unit, ServiceResult result);

/* --- service_reload.c: reloading --------------------------------------------------- */

/* Begins a reload by command or signal. */
int service_begin_reload(Unit *unit, ServiceResult result);
/* An ExecReload= command ended. */
int service_reload_done(Unit *unit, ServiceResult result);
/* RELOADING=1 without having been asked. */
int service_reload_by_itself(Unit *unit, ServiceResult result);
/* RELOADING=1 after the reload signal. */
int service_reload_answered(Unit *unit, ServiceResult result);
/* READY=1 ends a reload that has no control process. */
int service_ready_in_reload(Unit *unit, ServiceResult result);
/* READY=1 together with RELOADING=1 after the reload signal. */
int service_ready_after_signal(Unit *unit, ServiceResult result);
/* No process is left. */
int service_group_empty_in_reload(Unit *unit, ServiceResult result);

/* --- service_stop.c: going down ---------------------------------------------------- */

/* Begins a stop with ExecStop=. */
int service_begin_stop(Unit *unit, ServiceResult result);
/* STOPPING=1: as if it had been sent the stop signal. */
int service_stop_by_itself(Unit *unit, ServiceResult result);
/* A stop without ExecStop=, because the service is not up. */
int service_terminate(Unit *unit, ServiceResult result);
/* The watchdog signal. */
int service_abort(Unit *unit, ServiceResult result);
/* An ExecStop= command ended. */
int service_stop_done(Unit *unit, ServiceResult result);
/* Something ended in a signal phase. */
int service_stop_progress(Unit *unit, ServiceResult result);
/* Something ended while ExecStopPost= runs. */
int service_stop_post_progress(Unit *unit, ServiceResult result);
/* Something ended in a final signal phase. */
int service_final_progress(Unit *unit, ServiceResult result);
/* The kernel killed a process for lack of memory, by state. */
int service_oom_in_operation(Unit *unit, ServiceResult result);
/* The same. */
int service_oom_when_up(Unit *unit, ServiceResult result);
/* The same. */
int service_oom_in_stop(Unit *unit, ServiceResult result);
/* The same. */
int service_oom_in_final(Unit *unit, ServiceResult result);
/* The same. */
int service_note_oom(Unit *unit, ServiceResult result);
/* The last process that outlived the service has ended. */
int service_leftovers_gone(Unit *unit, ServiceResult result);
/* A stop while directories are being cleaned. */
int service_kill_cleaner(Unit *unit, ServiceResult result);
/* The cleaning process ended. */
int service_cleaning_done(Unit *unit, ServiceResult result);

/* --- service_timeout.c: the timer of the state was due ----------------------------- */

/* TimeoutStartSec=, as TimeoutStartFailureMode= says. */
int service_start_timed_out(Unit *unit, ServiceResult result);
/* RuntimeMaxSec=. */
int service_runtime_expired(Unit *unit, ServiceResult result);
/* A reload took too long: it failed, the service goes on. */
int service_reload_timed_out(Unit *unit, ServiceResult result);
/* ExecStop= took too long, as TimeoutStopFailureMode= says. */
int service_stop_timed_out(Unit *unit, ServiceResult result);
/* The stop signal did not end it. */
int service_signal_timed_out(Unit *unit, ServiceResult result);
/* Not even the final signal did. */
int service_kill_timed_out(Unit *unit, ServiceResult result);
/* ExecStopPost= took too long. */
int service_stop_post_timed_out(Unit *unit, ServiceResult result);
/* The stop signal did not end what ExecStopPost= left. */
int service_final_timed_out(Unit *unit, ServiceResult result);
/* Not even the final signal did. */
int service_final_kill_timed_out(Unit *unit, ServiceResult result);
/* Cleaning took too long. */
int service_cleaning_timed_out(Unit *unit, ServiceResult result);

/* --- service_restart.c: automatic restart ------------------------------------------ */

/* A stop while the delay runs, also by the restart job itself. */
int service_cancel_restart(Unit *unit, ServiceResult result);
/* The delay is over. */
int service_restart_due(Unit *unit, ServiceResult result);
