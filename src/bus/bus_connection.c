/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_connection.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/auto.h"
#include "base/error.h"
#include "bus/bus_change.h"
#include "bus/bus_method.h"
#include "bus/bus_name_watch.h"
#include "bus/bus_private.h"
#include "bus/bus_public.h"
#include "bus/bus_reply.h"
#include "bus/bus_signal.h"
#include "bus/bus_turn.h"
#include "bus/bus_unit.h"

#define CROWD 64 /* connections */

BusConnection *bus_connection_free(BusConnection *connection) {
        BusServer *server;

        if (!connection)
                return NULL;
        server = connection->server;
        if (list_is_linked(&connection->all)) {
                list_remove(&connection->all);
                if (--server->n_connections == 0)
                        bus_change_forget_all(server);
        }
        bus_signal_forget(connection);
        bus_unit_release_holds(connection);
        sd_bus_track_unref(connection->subscribers);
        hashtable_free(connection->missed);
        if (connection == server->public_connection) {
                server->public_connection = NULL;
                bus_name_watch_disconnected(server);
                bus_public_lost(server);
        }
        bus_private_disconnected(connection);
        sd_bus_close_unref(connection->bus);
        free(connection);
        return NULL;
}

void bus_connection_doom(BusConnection *connection) {
        connection->doomed = true;
        /* libsystemd may have closed the socket: what is freed later must not forget about the next
         * one of its number. */
        bus_turn_forget(connection);
        connection->io = sd_event_source_disable_unref(connection->io);
        /* Cannot fail for a source that is there. */
        (void)sd_event_source_set_enabled(connection->server->sweep, SD_EVENT_ONESHOT);
}

/* Whether the client has closed and everything it sent was handled. */
static bool has_hung_up(const BusConnection *connection) {
        struct pollfd fd = { .fd = sd_bus_get_fd(connection->bus) };
        uint64_t n_queued = 0;
        int n_unread = 0;

        if (connection->is_public || fd.fd < 0 || poll(&fd, 1, 0) <= 0 || !(fd.revents & POLLHUP))
                return false;
        return ioctl(fd.fd, FIONREAD, &n_unread) >= 0 && n_unread == 0 &&
               sd_bus_get_n_queued_read(connection->bus, &n_queued) >= 0 && n_queued == 0;
}

/* When thousands go at once the loop would tell of them one by one, and look at all others each
 * time. */
static bool is_crowded(const BusServer *server) {
        return server->n_connections > CROWD;
}

int bus_connection_on_sweep(sd_event_source *source, void *userdata) {
        BusServer *server = userdata;

        (void)source;
        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                if (connection->doomed || (is_crowded(server) && has_hung_up(connection)))
                        bus_connection_free(connection);
        }
        return 0;
}

static bool is_local_signal(sd_bus_message *message, const char *member) {
        return sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", member) > 0;
}

bool bus_connection_is_behind(const BusConnection *connection) {
        uint64_t n_queued = 0;

        return sd_bus_get_n_queued_write(connection->bus, &n_queued) >= 0 &&
               n_queued > BUS_MESSAGES_QUEUED_MAX;
}

static void on_connected(BusConnection *connection) {
        if (connection->is_public)
                bus_public_connected(connection);
        else
                bus_private_connected(connection);
}

/* Nobody asked for replies or signals. What a handler returns is not left to libsystemd, which
 * would write the answer itself. */
static int on_private_call(BusCall *call) {
        int r;

        if (sd_bus_message_is_method_call(call->message, NULL, NULL) <= 0)
                return 1;
        r = bus_method_dispatch(call);
        if (r < 0)
                (void)bus_reply_error(call, r); /* whoever cannot be told is not there any more */
        return 1;
}

int bus_connection_on_message(sd_bus_message *message, void *userdata, sd_bus_error *error) {
        BusConnection *connection = userdata;
        BusCall call = { .server = connection->server,
                         .connection = connection,
                         .message = message,
                         .error = error,
                         .trusted = connection->trusted };

        if (is_local_signal(message, "Disconnected")) {
                bus_connection_doom(connection);
                return 1;
        }
        if (is_local_signal(message, "Connected")) {
                on_connected(connection);
                return 1;
        }
        if (connection->doomed || call.server->draining)
                return 1;
        if (!connection->is_public)
                return on_private_call(&call);
        if (sd_bus_message_is_method_call(message, NULL, NULL) <= 0)
                return 0;
        if (!bus_connection_is_behind(connection))
                return bus_public_handle(&call);
        bus_connection_doom(connection);
        return 1;
}
