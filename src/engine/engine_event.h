/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What happens outside and reaches the engine. Requests of clients are functions in engine.h. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/unit_object.h"

typedef enum EngineEventType {
        EVENT_PROCESS_EXIT,    /* pid, code, status */
        EVENT_EXEC_CONFIRMED,  /* pid: the executor became the program */
        EVENT_EXEC_REPORT,     /* pid, text: a step was weakened or refused by the kernel */
        EVENT_NOTIFY,          /* unit, pid, uid, text, n_fds */
        EVENT_GROUP_EMPTY,     /* unit */
        EVENT_OOM_KILL,        /* unit: the kernel killed one of its processes */
        EVENT_PID_FILE,        /* unit: its PID file may have appeared */
        EVENT_TIMER,           /* the armed deadline passed; with a unit: the timer of
                                  its state counts as passed */
        EVENT_PRESENCE,        /* unit: mount table or the like changed */
        EVENT_FD_STORE_GONE,   /* unit, text: a stored descriptor was closed by its peer */
        EVENT_BUS_NAME,        /* unit, n_fds = 1 when the name has an owner now; pid of the owner
                                  once it is known */
        EVENT_PATH_CHANGED,    /* unit; code 1: the thing of rule `status` itself changed, 0: look
                                  again */
        EVENT_SOCKET_INCOMING, /* unit: traffic; peer when a connection was accepted */
        EVENT_CLOCK_CHANGED, /* the clock of the wall was set, or the machine slept; for all timers
                              */
        EVENT_ZONE_CHANGED,  /* the local time zone is another; for all timers */
        EVENT_TYPE_COUNT
} EngineEventType;

/* Who connected. */
typedef struct SocketPeer {
        const char *
                instance; /* for the name of the service: "10.0.0.1:80-10.0.0.2:51234", "PID-UID" */
        const char *address; /* of the other side; NULL when it has none */
        unsigned port;
        const char *title; /* the other side for people, NULL when nothing is known */
} SocketPeer;

typedef struct EngineEvent {
        EngineEventType type;
        Unit *unit; /* NULL where the pid says it */
        pid_t pid;
        uid_t uid;        /* of a notification's sender */
        int code, status; /* as in siginfo_t */
        const char *text; /* notification text or report, NUL-terminated */
        unsigned n_fds;
        const SocketPeer *peer;
} EngineEvent;
