/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_private.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/error.h"
#include "base/fd.h"
#include "bus/bus_access.h"
#include "bus/bus_connection.h"
#include "bus/bus_missed.h"
#include "bus/bus_turn.h"

#define SEND_BUFFER 1048576 /* bytes: libsystemd asks the kernel for more than is good here */
#define HANDSHAKE_USEC (95 * USEC_PER_SEC) /* a little more than libsystemd waits for one */

/* --- the socket ------------------------------------------------------------------------------- */

/* Without memory for the change the client is cut off. */
static void watch(BusConnection *connection) {
        int events = sd_bus_get_events(connection->bus);
        uint32_t wanted = events > 0 ? (uint32_t)events : 0;

        if (bus_output_unsent(connection) > 0 || connection->missed)
                wanted |= EPOLLOUT;
        if (!connection->io || wanted == connection->events)
                return;
        if (sd_event_source_set_io_events(connection->io, wanted) < 0)
                bus_connection_doom(connection);
        connection->events = wanted;
}

/* Reads and answers, as much as there is or is its turn. */
static void drive(BusConnection *connection) {
        unsigned n_messages = bus_turn_begin(connection);
        int r = bus_output_flush(connection);

        if (r >= 0)
                bus_missed_tell(connection);
        if (r >= 0)
                r = 1;
        for (unsigned i = 0; r > 0 && i < n_messages && !connection->doomed; i++)
                r = sd_bus_process(connection->bus, NULL);
        if (r < 0)
                bus_connection_doom(connection);
        if (connection->doomed)
                return;
        bus_turn_end(connection, r > 0);
        watch(connection);
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *connection) {
        (void)source;
        (void)fd;
        (void)events;
        drive(connection);
        return 0;
}

/* --- the handshake ---------------------------------------------------------------------------- */

/* libsystemd tells of a handshake that takes too long when it is asked. */
static int on_handshakes(sd_event_source *source, uint64_t usec, void *userdata) {
        BusServer *server = userdata;

        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                if (!connection->is_public && !connection->begun)
                        drive(connection);
        }
        /* Cannot fail for a source that is there. */
        (void)sd_event_source_set_time(source, usec + HANDSHAKE_USEC);
        (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        return 0;
}

static int watch_handshakes(BusServer *server) {
        uint64_t due = clock_monotonic_usec() + HANDSHAKE_USEC;
        int r;

        if (server->n_handshakes++ > 0)
                return 0;
        if (!server->handshakes)
                return sd_event_add_time(server->event,
                                         &server->handshakes,
                                         CLOCK_MONOTONIC,
                                         due,
                                         USEC_PER_SEC,
                                         on_handshakes,
                                         server);
        r = sd_event_source_set_time(server->handshakes, due);
        return r < 0 ? r : sd_event_source_set_enabled(server->handshakes, SD_EVENT_ONESHOT);
}

static void end_handshake(BusServer *server) {
        if (--server->n_handshakes == 0 && server->handshakes)
                (void)sd_event_source_set_enabled(server->handshakes, SD_EVENT_OFF);
}

void bus_private_connected(BusConnection *connection) {
        connection->begun = true;
        end_handshake(connection->server);
}

/* --- coming and going ------------------------------------------------------------------------- */

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
                r = sd_bus_set_connected_signal(bus, true);
        if (r >= 0)
                r = sd_bus_add_filter(bus, NULL, bus_connection_on_message, connection);
        return r < 0 ? err_pass(r) : err_pass(sd_bus_start(bus));
}

static int start_watching(BusConnection *connection) {
        BusServer *server = connection->server;
        int size = SEND_BUFFER, fd = sd_bus_get_fd(connection->bus), r;

        if (fd < 0)
                return err_pass(fd);
        /* Any size will do. */
        if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
                (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        r = sd_event_add_io(server->event, &connection->io, fd, 0, on_io, connection);
        return r < 0 ? err_pass(r)
                     : err_pass(sd_event_source_set_priority(connection->io, server->priority));
}

static int make(BusServer *server, int fd, BusConnection **ret) {
        AUTO(bus_connection_free) BusConnection *connection = NULL;
        AUTO_FD int socket_fd = fd;
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
        r = watch_handshakes(server); /* taken back when the connection is freed */
        if (r >= 0)
                r = start_bus(connection, &socket_fd, peer.pid > 0);
        if (r >= 0)
                r = start_watching(connection);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(connection);
        return 0;
}

int bus_private_accept(BusServer *server, int fd) {
        BusConnection *connection = NULL;
        int r = make(server, fd, &connection);

        if (r < 0)
                return err_pass(r);
        list_append(&server->connections, &connection->all);
        server->n_connections++;
        drive(connection); /* most clients have said something already */
        return 0;
}

void bus_private_disconnected(BusConnection *connection) {
        if (connection->is_public)
                return;
        if (!connection->begun)
                end_handshake(connection->server);
        bus_turn_forget(connection);
        bus_output_done(connection);
        connection->io = sd_event_source_disable_unref(connection->io);
}

/* --- sending ---------------------------------------------------------------------------------- */

int bus_private_send(BusConnection *connection, BusPacket *packet, int fd) {
        int r = connection->doomed ? -ECONNRESET : bus_output_send(connection, packet, fd);

        if (r < 0 && r != -EBUSY)
                bus_connection_doom(connection);
        else if (bus_output_unsent(connection) > 0)
                watch(connection);
        return r;
}

void bus_private_drain(BusConnection *connection, uint64_t deadline_usec) {
        struct pollfd fd = { .fd = sd_bus_get_fd(connection->bus), .events = POLLOUT };

        while (!connection->doomed && bus_output_unsent(connection) > 0) {
                uint64_t now_usec = clock_monotonic_usec();
                uint64_t left_msec =
                        now_usec < deadline_usec ? (deadline_usec - now_usec) / 1000 : 0;
                if (left_msec == 0 || poll(&fd, 1, (int)left_msec) < 0)
                        return;
                if (bus_output_flush(connection) < 0)
                        return;
        }
}
