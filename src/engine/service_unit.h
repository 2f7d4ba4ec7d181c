/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A service at run time: its processes, what they said, why it ended. The life cycle is a table
 * state by event to action in service_table.c. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/pqueue.h"
#include "engine/unit_object.h"
#include "unit/unit_enums.h"

typedef enum ServiceResult {
        SERVICE_SUCCESS,
        SERVICE_FAILURE_RESOURCES,
        SERVICE_FAILURE_PROTOCOL,
        SERVICE_FAILURE_TIMEOUT,
        SERVICE_FAILURE_EXIT_CODE,
        SERVICE_FAILURE_SIGNAL,
        SERVICE_FAILURE_CORE_DUMP,
        SERVICE_FAILURE_WATCHDOG,
        SERVICE_FAILURE_START_LIMIT_HIT,
        SERVICE_FAILURE_OOM_KILL,
        SERVICE_SKIP_CONDITION,
        SERVICE_RESULT_COUNT
} ServiceResult;

typedef enum NotifyState {
        NOTIFY_UNKNOWN,
        NOTIFY_READY,
        NOTIFY_RELOADING,
        NOTIFY_STOPPING,
} NotifyState;

/* How one command line ran last. */
typedef struct ExecStatus {
        pid_t pid; /* 0 = never ran */
        DualTimestamp start, exit;
        int code;   /* CLD_EXITED, CLD_KILLED, CLD_DUMPED; 0 while it runs */
        int status; /* exit code or signal */
} ExecStatus;

/* Made before the first start, event or record; Unit.service is NULL for a service that was only
 * loaded. */
typedef struct ServiceRuntime {
        Unit *unit; /* owner */
        ServiceType service_type;
        pid_t main_pid, control_pid; /* 0 = none */
        uint64_t main_start_time,
                control_start_time; /* /proc start time in ticks, against pid reuse; 0 unknown */
        ExecStatus main_status;     /* of the main process */
        ExecStatus *command_status; /* one per command line of all lists in order of directives,
                                       owned; NULL until one ran */
        unsigned n_command_status;
        DirectiveId control_list; /* list whose command runs as control process, DIRECTIVE_NONE */
        unsigned control_index;
        unsigned main_index; /* oneshot: which ExecStart= line */
        ServiceResult result, reload_result, clean_result;
        NotifyState notify_state;
        char *status_text;   /* STATUS=, owned */
        int status_errno;    /* ERRNO= */
        unsigned n_restarts; /* NRestarts: automatic restarts since the last manual start */
        unsigned n_backoff;  /* steps of the restart delay; forgotten by RestartResetSec= */
        bool main_pid_known, main_pid_alien; /* alien: not our child */
        bool main_exec_confirmed;            /* the program has been executed (Type=exec) */
        bool forbid_restart;                 /* stopped by request */
        bool will_auto_restart; /* decided in stop phase; set while DEAD or FAILED is passed on the
                                   way to AUTO_RESTART */
        bool restart_queued;    /* in AUTO_RESTART, the restart job has been made */
        bool flush_restarts;    /* the next start begins counting anew */
        bool group_watched, pid_file_watched;
        bool has_leftovers;  /* down, but processes live on in its group */
        bool bus_name_owned; /* BusName= has an owner */
        ListLink idle_queue; /* Type=idle: in engine->idle_queue until there is no job */
        UnitTimer timer;     /* of the state */
        UnitTimer watchdog_timer;
        uint64_t deadline_usec; /* monotonic end of the state's timer, USEC_INFINITY none; for
                                   records */
        uint64_t watchdog_usec; /* of the running start; 0 none */
        uint64_t watchdog_override_usec; /* WATCHDOG_USEC=, USEC_INFINITY none */
        uint64_t reload_begin_usec;      /* when the reload signal was sent */
        uint64_t reload_stamp_usec;      /* MONOTONIC_USEC= of the latest RELOADING=1; 0 none */
        uint64_t healthy_since_usec;     /* up since, for RestartResetSec=; 0 not up */
        DualTimestamp watchdog_ping;     /* latest WATCHDOG=1 */
        unsigned n_fd_store;             /* descriptors the host keeps */
        char *accepted_by;  /* the socket unit (Accept=yes) whose connection it serves, owned; NULL
                             */
        char *peer_address; /* of that connection, owned; NULL when it has none */
        unsigned peer_port;
        char *title; /* Description= with the other side of that connection, owned; NULL = none */
} ServiceRuntime;

/* "success", "resources", "protocol", "timeout", "exit-code", "signal", "core-dump", "watchdog",
 * "start-limit-hit", "oom-kill", "exec-condition". */
const char *service_result_name(ServiceResult result);

/* Keeps one line of a report (sandbox/exec_report.h) until the next start, each once. */
void service_add_report(Unit *unit, const char *text);

/* "exited", "killed", "dumped"; NULL for other values of siginfo_t.si_code. */
const char *service_exit_code_name(int code);

/* The watchdog interval in force (WatchdogSec= or WATCHDOG_USEC=), 0 when there is none. */
uint64_t service_watchdog_usec(const Unit *unit);

/* Executes the programs of idle services that waited; true when there was one. Called when there
 * is no job. */
bool service_start_idle(struct Engine *engine);

/* The delay before the next automatic restart: RestartSec= grown by RestartSteps= to
 * RestartMaxDelaySec=. */
uint64_t service_restart_delay_usec(const Unit *unit);

/* The status record of the index-th command of a list; NULL when nothing ran yet. */
const ExecStatus *service_command_status(const Unit *unit, DirectiveId list, unsigned index);
