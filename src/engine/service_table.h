/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The life of a service as a table: what each state does on each event. Every cell is filled;
 * `ignore` where nothing is to be done. docs/STATES.md is drawn from it. */

#include "engine/service_unit.h"
#include "engine/unit_state.h"

typedef enum ServiceEvent {
        /* requests; the action says a UnitOutcome */
        SERVICE_ON_START,
        SERVICE_ON_STOP,
        SERVICE_ON_RELOAD,
        /* what happened to it; the action says 0 */
        SERVICE_ON_MAIN_EXIT,
        SERVICE_ON_CONTROL_EXIT,
        SERVICE_ON_GROUP_EMPTY,
        SERVICE_ON_TIMEOUT,
        SERVICE_ON_EXEC,      /* the executor became the program */
        SERVICE_ON_READY,     /* READY=1 */
        SERVICE_ON_RELOADING, /* RELOADING=1 */
        SERVICE_ON_STOPPING,  /* STOPPING=1 */
        SERVICE_ON_WATCHDOG,  /* no sign of life in time, or WATCHDOG=trigger */
        SERVICE_ON_OOM,
        SERVICE_ON_PID_FILE,
        SERVICE_ON_BUS_NAME,
        SERVICE_EVENT_COUNT
} ServiceEvent;

/* Reacts to one event. `result` is how the process ended for the two exits, SERVICE_SUCCESS
 * otherwise. */
typedef int (*ServiceAction)(Unit *unit, ServiceResult result);

typedef struct ServiceCell {
        ServiceAction action;
        const char *name; /* the action's, for people */
} ServiceCell;

/* The cell of a state and an event. */
const ServiceCell *service_table_cell(ServiceState state, ServiceEvent event);

/* "start", "stop", "reload", "main-exit", ... */
const char *service_event_name(ServiceEvent event);

/* Runs the action for the present state; its answer. */
int service_dispatch(Unit *unit, ServiceEvent event, ServiceResult result);
