/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_access.h"

bool bus_access_may_connect(const BusServer *server, uid_t uid) {
        return uid == 0 || uid == server->owner;
}

int bus_access_check(const BusCall *call, BusAccess access) {
        if (access == BUS_ACCESS_READ || call->trusted)
                return 0;
        if (sd_bus_message_get_allow_interactive_authorization(call->message) > 0)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                                        "Interactive authentication required.");
        return sd_bus_error_set(call->error, SD_BUS_ERROR_ACCESS_DENIED, "Access denied");
}
