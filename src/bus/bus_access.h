/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Who may call what. */

#include "bus/bus_state.h"

typedef enum BusAccess {
        BUS_ACCESS_READ,
        BUS_ACCESS_CHANGE,
} BusAccess;

/* Whether this uid may connect to the private socket at all: root and the manager's own user. */
bool bus_access_may_connect(const BusServer *server, uid_t uid);

/* 0, or a negative errno with the call's error set. */
int bus_access_check(const BusCall *call, BusAccess access);
