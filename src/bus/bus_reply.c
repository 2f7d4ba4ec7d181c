/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_reply.h"

#include <errno.h>

#include "base/error.h"
#include "bus/bus_private.h"
#include "bus/bus_text.h"

static int reply_public(BusCall *call, const BusBody *body) {
        AUTO(sd_bus_message_unref) sd_bus_message *reply = NULL;
        int r = sd_bus_message_new_method_return(call->message, &reply);

        if (r >= 0)
                r = bus_body_copy(body, reply);
        if (r >= 0)
                r = sd_bus_send(NULL, reply, NULL);
        return r < 0 ? r : 1;
}

/* On a private connection: whoever cannot be told is not there any more. */
static int send_answer(BusCall *call, BusHeader *about, const BusBody *body, int fd) {
        AUTO(bus_packet_done) BusPacket packet = { 0 };
        uint64_t serial = 0;
        int r = sd_bus_message_get_cookie(call->message, &serial);

        if (r < 0)
                return err_pass(r);
        about->reply_serial = (uint32_t)serial;
        r = bus_packet_init(&packet, about, body);
        if (r < 0)
                return err_pass(r);
        r = bus_private_send(call->connection, &packet, fd);
        return r < 0 ? r : 1;
}

static bool is_awaited(const BusCall *call) {
        return sd_bus_message_get_expect_reply(call->message) > 0;
}

int bus_reply(BusCall *call, const BusBody *body) {
        BusHeader about = { .type = SD_BUS_MESSAGE_METHOD_RETURN };

        if (call->connection->is_public)
                return reply_public(call, body);
        return is_awaited(call) ? send_answer(call, &about, body, -1) : 1;
}

int bus_reply_values(BusCall *call, const char *types, ...) {
        AUTO(bus_body_done) BusBody body = bus_body_of(types ?: "");
        va_list args;
        int r = 0;

        va_start(args, types);
        if (types)
                r = bus_body_append_va(&body, types, &args);
        va_end(args);
        return r < 0 ? r : bus_reply(call, &body);
}

int bus_reply_fd(BusCall *call, int fd) {
        AUTO(bus_body_done) BusBody body = bus_body_of("h");
        BusHeader about = { .type = SD_BUS_MESSAGE_METHOD_RETURN, .n_fds = 1 };
        uint32_t first = 0;
        int r;

        if (call->connection->is_public)
                return sd_bus_reply_method_return(call->message, "h", fd);
        if (!is_awaited(call))
                return 1;
        if (sd_bus_can_send(call->connection->bus, 'h') <= 0)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_NOT_SUPPORTED,
                                        "The connection does not take descriptors.");
        r = bus_body_append_basic(&body, 'h', &first);
        if (r >= 0)
                r = send_answer(call, &about, &body, fd);
        if (r == -EBUSY)
                return sd_bus_error_set(call->error,
                                        SD_BUS_ERROR_LIMITS_EXCEEDED,
                                        "There are answers that were not read yet.");
        return r;
}

int bus_reply_error(BusCall *call, int r) {
        AUTO(bus_body_done) BusBody body = bus_body_of("s");
        BusHeader about = { .type = SD_BUS_MESSAGE_METHOD_ERROR };

        if (!sd_bus_error_is_set(call->error))
                (void)sd_bus_error_set_errno(call->error, r); /* returns r */
        if (call->connection->is_public)
                return sd_bus_reply_method_error(call->message, call->error);
        if (!is_awaited(call) || call->connection->doomed)
                return 1;
        about.error_name = call->error->name;
        r = bus_append_text(&body, call->error->message);
        return r < 0 ? r : send_answer(call, &about, &body, -1);
}
