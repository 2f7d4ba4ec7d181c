/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* States. Each unit type has its own low-level states (SubState); a table gives each one row of
 * properties: the public state, which processes live, which timer runs. One function sets state. */

#include <stdbool.h>

#include "unit/unit_name.h"

typedef enum ActiveState {
        ACTIVE_STATE_ACTIVE,
        ACTIVE_STATE_RELOADING,
        ACTIVE_STATE_INACTIVE,
        ACTIVE_STATE_FAILED,
        ACTIVE_STATE_ACTIVATING,
        ACTIVE_STATE_DEACTIVATING,
        ACTIVE_STATE_MAINTENANCE,
        ACTIVE_STATE_COUNT
} ActiveState;

typedef enum ServiceState {
        SERVICE_DEAD,
        SERVICE_CONDITION, /* ExecCondition= runs */
        SERVICE_START_PRE,
        SERVICE_START, /* ExecStart= runs and readiness is awaited */
        SERVICE_START_POST,
        SERVICE_RUNNING,
        SERVICE_EXITED,        /* nothing runs, RemainAfterExit= */
        SERVICE_RELOAD,        /* ExecReload= runs */
        SERVICE_RELOAD_SIGNAL, /* notify-reload: signal sent, RELOADING=1 awaited */
        SERVICE_RELOAD_NOTIFY, /* RELOADING=1 received, READY=1 awaited */
        SERVICE_STOP,          /* ExecStop= runs */
        SERVICE_STOP_WATCHDOG, /* WatchdogSignal= sent, exit awaited */
        SERVICE_STOP_SIGTERM,
        SERVICE_STOP_SIGKILL,
        SERVICE_STOP_POST, /* ExecStopPost= runs */
        SERVICE_FINAL_WATCHDOG,
        SERVICE_FINAL_SIGTERM, /* what ExecStopPost= left is being ended */
        SERVICE_FINAL_SIGKILL,
        SERVICE_FAILED,
        SERVICE_AUTO_RESTART, /* waits for RestartSec= */
        SERVICE_CLEANING,
        SERVICE_STATE_COUNT
} ServiceState;

typedef enum SocketState {
        SOCKET_DEAD,
        SOCKET_START_PRE,  /* ExecStartPre= runs */
        SOCKET_START_POST, /* open, ExecStartPost= runs */
        SOCKET_LISTENING,  /* waits for traffic */
        SOCKET_RUNNING,    /* its service has the descriptors */
        SOCKET_STOP_PRE,   /* ExecStopPre= runs */
        SOCKET_STOP_PRE_SIGTERM,
        SOCKET_STOP_PRE_SIGKILL,
        SOCKET_STOP_POST, /* closed, ExecStopPost= runs */
        SOCKET_FINAL_SIGTERM,
        SOCKET_FINAL_SIGKILL,
        SOCKET_FAILED,
        SOCKET_STATE_COUNT
} SocketState;

typedef enum PathState {
        PATH_DEAD,
        PATH_WAITING,
        PATH_RUNNING,
        PATH_FAILED,
        PATH_STATE_COUNT
} PathState;

typedef enum TargetState { TARGET_DEAD, TARGET_ACTIVE, TARGET_STATE_COUNT } TargetState;

typedef enum ScopeState {
        SCOPE_DEAD,
        SCOPE_RUNNING,
        SCOPE_ABANDONED, /* whoever asked for it is no longer responsible */
        SCOPE_STOP_SIGTERM,
        SCOPE_STOP_SIGKILL,
        SCOPE_FAILED,
        SCOPE_STATE_COUNT
} ScopeState;

typedef enum SliceState { SLICE_DEAD, SLICE_ACTIVE, SLICE_STATE_COUNT } SliceState;

/* Units that something else brings about (mount, swap, device, automount until their issue):
 * present or not. */
typedef enum PassiveState { PASSIVE_DEAD, PASSIVE_PRESENT, PASSIVE_STATE_COUNT } PassiveState;

typedef enum TimerState {
        TIMER_DEAD,
        TIMER_WAITING,
        TIMER_RUNNING, /* the unit that it started is up */
        TIMER_ELAPSED, /* it will not elapse again by itself */
        TIMER_FAILED,
        TIMER_STATE_COUNT
} TimerState;

typedef enum StateTimer {
        STATE_TIMER_NONE,
        STATE_TIMER_START,   /* TimeoutStartSec= */
        STATE_TIMER_STOP,    /* TimeoutStopSec= */
        STATE_TIMER_ABORT,   /* TimeoutAbortSec= */
        STATE_TIMER_RUNTIME, /* RuntimeMaxSec= with its extra */
        STATE_TIMER_RESTART, /* RestartSec= with back-off */
        STATE_TIMER_CLEAN,   /* TimeoutCleanSec= */
        STATE_TIMER_COUNT
} StateTimer;

typedef struct StateRow {
        const char *name; /* SubState as systemd prints it */
        ActiveState active;
        bool main_may_live;    /* the main process may exist in this state */
        bool control_may_live; /* a control process may exist */
        StateTimer timer;
} StateRow;

/* The row of a state; `state` is the enum of the type. */
const StateRow *unit_state_row(UnitType type, int state);

/* Number of states of a type. */
int unit_state_count(UnitType type);

/* "active", "reloading", "inactive", "failed", "activating", "deactivating", "maintenance". */
const char *active_state_name(ActiveState state);

/* Whether the unit counts as up for its dependents: active, reloading. */
bool active_state_is_up(ActiveState state);
/* Whether it is down for good: inactive, failed, maintenance. */
bool active_state_is_down(ActiveState state);

/* Whether it is up or on the way: active, reloading, activating. */
bool active_state_is_rising(ActiveState state);
/* Whether it is down or on the way: inactive, failed, maintenance, deactivating. */
bool active_state_is_falling(ActiveState state);
