/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_access.h"

#include "bus/bus_polkit.h"

bool bus_access_may_connect(const BusServer *server, uid_t uid) {
        return uid == 0 || uid == server->owner;
}

int bus_access_check(BusCall *call, const BusMethodRow *row) {
        if (row->access == BUS_ACCESS_READ)
                return 0;
        if (call->trusted)
                return bus_polkit_check_unit(call, row);
        if (row->access == BUS_ACCESS_CHANGE)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_ACCESS_DENIED,
                                         "Access to %s.%s() not permitted.",
                                         sd_bus_message_get_interface(call->message) ?: "",
                                         row->member);
        return bus_polkit_ask(call, row);
}
