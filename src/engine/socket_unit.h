/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* A socket unit at run time (systemd.socket(5)): its descriptors are held by the host, here is when
 * they are open, when they are watched, and what traffic on them starts. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/engine_event.h"
#include "engine/unit_object.h"

typedef enum SocketResult {
        SOCKET_SUCCESS,
        SOCKET_FAILURE_RESOURCES,
        SOCKET_FAILURE_TIMEOUT,
        SOCKET_FAILURE_EXIT_CODE,
        SOCKET_FAILURE_SIGNAL,
        SOCKET_FAILURE_CORE_DUMP,
        SOCKET_FAILURE_START_LIMIT_HIT,
        SOCKET_FAILURE_TRIGGER_LIMIT_HIT,
        SOCKET_FAILURE_SERVICE_START_LIMIT_HIT,
        SOCKET_RESULT_COUNT
} SocketResult;

/* Made before the first start, event or record. */
typedef struct SocketRuntime {
        Unit *unit; /* owner */
        SocketResult result;
        pid_t control_pid; /* of ExecStartPre= and the like; 0 = none */
        DirectiveId control_list;
        unsigned control_index;
        UnitTimer timer;        /* TimeoutSec= of the phase */
        uint64_t deadline_usec; /* when it is due; USEC_INFINITY none */
        unsigned n_accepted, n_connections, n_refused;
        StartLimit triggers; /* TriggerLimitBurst= in TriggerLimitIntervalSec= */
        bool is_open;        /* the host holds descriptors */
        bool is_watched;     /* EVENT_SOCKET_INCOMING is wanted */
} SocketRuntime;

/* "success", "resources", "timeout", "exit-code", "signal", "core-dump", "start-limit-hit",
 * "trigger-limit-hit", "service-start-limit-hit". */
const char *socket_result_name(SocketResult result);

/* Whether connections are accepted here and each gets a service of its own (Accept=yes). */
bool socket_accepts(const Unit *unit);

/* The service of one connection is over, or never began: the connection no longer counts. Nothing
 * happens for a service that belongs to none. */
void socket_connection_ended(Unit *service);
