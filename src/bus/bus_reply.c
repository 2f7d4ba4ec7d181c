/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_reply.h"

int bus_reply(BusCall *call, const BusBody *body) {
        AUTO(sd_bus_message_unref) sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call->message, &reply);

        if (r >= 0)
                r = bus_body_copy(body, reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        return r < 0 ? r : 1;
}
