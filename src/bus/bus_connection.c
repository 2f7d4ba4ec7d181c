/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_connection.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "base/error.h"
#include "bus/bus_access.h"
#include "bus/bus_method.h"
#include "bus/bus_name_watch.h"
#include "bus/bus_public.h"
#include "bus/bus_signal.h"
#include "bus/bus_unit.h"

#define CROWD 64 /* connections */

BusConnection *bus_connection_free(BusConnection *connection) {
        BusServer *server;

        if (!connection)
                return NULL;
        server = connection->server;
        if (list_is_linked(&connection->all)) {
                list_remove(&connection->all);
                server->n_connections--;
        }
        bus_signal_forget(connection);
        bus_unit_release_holds(connection);
        sd_bus_track_unref(connection->subscribers);
        if (connection == server->public_connection) {
                server->public_connection = NULL;
                bus_name_watch_disconnected(server);
                bus_public_lost(server);
        }
        sd_bus_close_unref(connection->bus);
        free(connection);
        return NULL;
}

DEFINE_AUTO(BusConnection *, bus_connection_free);

static void wake_sweep(BusConnection *connection) {
        /* Cannot fail for a source that is there. */
        (void)sd_event_source_set_enabled(connection->server->sweep, SD_EVENT_ONESHOT);
}

void bus_connection_doom(BusConnection *connection) {
        connection->doomed = true;
        wake_sweep(connection);
}

/* A client may send its first calls together with the last line of the handshake. They are in the
 * bus's buffer then, and no event on the socket tells of them. */
static void read_on(BusConnection *connection) {
        connection->fresh = false;
        while (!connection->doomed && sd_bus_process(connection->bus, NULL) > 0)
                ;
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
                if (connection->fresh)
                        read_on(connection);
                if (connection->doomed || (is_crowded(server) && has_hung_up(connection)))
                        bus_connection_free(connection);
        }
        return 0;
}

static bool is_local_signal(sd_bus_message *message, const char *member) {
        return sd_bus_message_is_signal(message, "org.freedesktop.DBus.Local", member) > 0;
}

bool bus_connection_is_behind(const BusConnection *connection, uint64_t limit) {
        uint64_t n_queued = 0;

        return sd_bus_get_n_queued_write(connection->bus, &n_queued) >= 0 && n_queued > limit;
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
                if (connection->is_public) {
                        bus_public_connected(connection);
                        return 1;
                }
                connection->fresh = true;
                wake_sweep(connection);
                return 1;
        }
        if (connection->doomed || call.server->draining)
                return 1;
        if (sd_bus_message_is_method_call(message, NULL, NULL) <= 0)
                return connection->is_public ? 0 : 1; /* nobody asked for replies or signals */
        if (bus_connection_is_behind(connection, BUS_CALLS_QUEUED_MAX)) {
                bus_connection_doom(connection);
                return 1;
        }
        return connection->is_public ? bus_public_handle(&call) : bus_method_dispatch(&call);
}

/* The server's end of the handshake on `fd`, which the bus owns afterwards. Who the peer is was
 * asked of the kernel. sd-bus would ask once more, and takes a peer without a process id, from
 * outside of our pid namespace, for unknown. */
static int start_bus(BusConnection *connection, int *fd, bool has_pid) {
        BusServer *server = connection->server;
        sd_bus *bus;
        int r = sd_bus_new(&connection->bus);

        if (r < 0)
                return err_pass(r);
        bus = connection->bus;
        r = sd_bus_set_fd(bus, *fd, *fd);
        if (r < 0)
                return err_pass(r);
        (void)steal_fd(fd);
        r = sd_bus_set_server(bus, true, server->id);
        if (r >= 0 && !has_pid)
                r = sd_bus_set_anonymous(bus, true);
        if (r >= 0)
                r = sd_bus_negotiate_fds(bus, true);
        if (r >= 0)
                r = sd_bus_set_sender(bus, BUS_NAME);
        if (r >= 0)
                r = sd_bus_set_connected_signal(bus, true);
        if (r >= 0)
                r = sd_bus_add_filter(bus, NULL, bus_connection_on_message, connection);
        if (r >= 0)
                r = sd_bus_start(bus);
        if (r >= 0)
                r = sd_bus_attach_event(bus, server->event, (int)server->priority);
        return err_pass(r);
}

int bus_connection_accept(BusServer *server, int socket_fd) {
        AUTO(bus_connection_free) BusConnection *connection = NULL;
        AUTO_FD int fd = socket_fd;
        struct ucred peer;
        socklen_t size = sizeof(peer);
        int r;

        if (server->n_connections >= server->n_connections_max)
                return err_new(-EMFILE);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
                return err_new(-errno);
        if (!bus_access_may_connect(server, peer.uid))
                return err_new(-EPERM);
        connection = calloc(1, sizeof(*connection));
        if (!connection)
                return err_new(-ENOMEM);
        connection->server = server;
        connection->uid = peer.uid;
        connection->trusted = true;
        list_init(&connection->holds);
        r = start_bus(connection, &fd, peer.pid > 0);
        if (r < 0)
                return err_pass(r);
        list_append(&server->connections, &connection->all);
        server->n_connections++;
        connection = NULL; /* the list has it now */
        return 0;
}
