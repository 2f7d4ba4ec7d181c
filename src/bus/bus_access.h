/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Who may call what. */

#include "bus/bus_method.h"

/* Whether this uid may connect to the private socket at all: root and the manager's own user. */
bool bus_access_may_connect(const BusServer *server, uid_t uid);

/* 0 when the call may go on; 1 when polkit is asked, whose answer goes on with it; a negative errno
 * with the call's error set. */
int bus_access_check(BusCall *call, const BusMethodRow *row);
