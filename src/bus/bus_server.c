/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/str.h"
#include "bus/bus_change.h"
#include "bus/bus_connection.h"
#include "bus/bus_private.h"
#include "bus/bus_property.h"
#include "bus/bus_public.h"
#include "bus/bus_state.h"

#define LISTEN_BACKLOG 128
#define ACCEPTS_PER_TURN 16 /* so that a flood of connections leaves time for everything else */

static BusListener *bus_listener_free(BusListener *listener) {
        if (!listener)
                return NULL;
        list_remove(&listener->all);
        if (listener->source)
                (void)sd_event_source_set_enabled(listener->source, SD_EVENT_OFF);
        sd_event_source_unref(listener->source);
        if (listener->path)
                (void)unlink(listener->path); /* may be gone already */
        free(listener->path);
        free(listener);
        return NULL;
}

DEFINE_AUTO(BusListener *, bus_listener_free);

static int on_accept(sd_event_source *source, int listen_fd, uint32_t events, void *userdata) {
        BusListener *listener = userdata;

        (void)source;
        (void)events;
        for (unsigned i = 0; i < ACCEPTS_PER_TURN; i++) {
                int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (fd < 0)
                        return 0; /* nobody there, or gone again; the loop calls when there is more
                                   */
                /* Strangers and those above the limit are closed; nobody else is concerned. */
                (void)bus_private_accept(listener->server, fd);
        }
        return 0;
}

int bus_server_new(const BusServerOptions *options, BusServer **ret) {
        AUTO(bus_server_free) BusServer *server = calloc(1, sizeof(*server));
        int r;

        if (!server)
                return err_new(-ENOMEM);
        server->engine = options->engine;
        server->host = *options->host;
        server->event = sd_event_ref(options->event);
        server->priority = options->priority;
        server->owner = options->owner;
        server->n_connections_max = options->n_connections_max ?: BUS_CONNECTIONS_MAX;
        list_init(&server->listeners);
        list_init(&server->connections);
        list_init(&server->crowding);
        list_init(&server->name_watches);
        list_init(&server->questions);
        r = bus_property_bind(&server->bindings, &server->default_entries);
        if (r < 0)
                return err_pass(r);
        r = sd_id128_randomize(&server->id);
        if (r < 0)
                return err_pass(r);
        r = sd_event_add_defer(server->event, &server->sweep, bus_connection_on_sweep, server);
        if (r >= 0)
                r = sd_event_source_set_enabled(server->sweep, SD_EVENT_OFF);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(server);
        return 0;
}

BusServer *bus_server_free(BusServer *server) {
        if (!server)
                return NULL;
        LIST_FOREACH(listener, &server->listeners, BusListener, all) {
                bus_listener_free(listener);
        }
        bus_public_done(server);
        server->draining = true;
        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                bus_connection_free(connection);
        }
        sd_event_source_unref(server->sweep);
        sd_event_source_disable_unref(server->handshakes);
        sd_event_unref(server->event);
        bus_change_forget_all(server);
        free(server->bindings);
        bus_body_done(&server->default_entries);
        free(server);
        return NULL;
}

/* 0 when nobody answers at the path (a dead socket is removed), -EADDRINUSE when somebody does. */
static int clear_path(const char *path, const struct sockaddr_un *address, socklen_t length) {
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

        if (fd < 0)
                return err_new(-errno);
        if (connect(fd, (const struct sockaddr *)address, length) >= 0 || errno == EAGAIN)
                return err_new(-EADDRINUSE);
        if (errno == ENOENT)
                return 0;
        if (errno != ECONNREFUSED)
                return err_new(-errno);
        if (unlink(path) < 0 && errno != ENOENT)
                return err_new(-errno);
        return 0;
}

static int open_socket(const char *path, int *ret_fd) {
        AUTO_FD int fd = -1;
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address), r;

        if (length < 0)
                return err_pass(length);
        r = clear_path(path, &address, (socklen_t)length);
        if (r < 0)
                return err_pass(r);
        fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        /* The mode of an unbound socket is what its node gets (unix(7)), so that it is never open
         * to others. */
        if (fd < 0 || fchmod(fd, 0600) < 0 ||
            bind(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0 ||
            listen(fd, LISTEN_BACKLOG) < 0)
                return err_new(-errno);
        *ret_fd = steal_fd(&fd);
        return 0;
}

int bus_server_listen(BusServer *server, const char *path) {
        int fd = -1, r = open_socket(path, &fd);

        if (r < 0)
                return err_pass(r);
        return bus_server_listen_fd(server, fd, path);
}

int bus_server_listen_fd(BusServer *server, int socket_fd, const char *path) {
        AUTO(bus_listener_free) BusListener *listener = calloc(1, sizeof(*listener));
        AUTO_FD int fd = socket_fd;
        int r;

        if (!listener)
                return err_new(-ENOMEM);
        listener->server = server;
        if (path && !(listener->path = strdup(path)))
                return err_new(-ENOMEM);
        r = sd_event_add_io(server->event, &listener->source, fd, EPOLLIN, on_accept, listener);
        if (r < 0)
                return err_pass(r);
        r = sd_event_source_set_io_fd_own(listener->source, true);
        if (r < 0)
                return err_pass(r);
        (void)steal_fd(&fd);
        r = sd_event_source_set_priority(listener->source, server->priority);
        if (r < 0)
                return err_pass(r);
        list_append(&server->listeners, &listener->all);
        listener = NULL; /* the list has it now */
        return 0;
}

unsigned bus_server_n_connections(const BusServer *server) {
        return server->n_connections;
}

int bus_server_exit_code(const BusServer *server) {
        return server->exit_code;
}

/* Writes out what the message bus has not taken yet. Incoming calls are dropped meanwhile. */
static void drain_public(BusConnection *connection, uint64_t deadline_usec) {
        uint64_t n_queued = 1;

        while (!connection->doomed && sd_bus_get_n_queued_write(connection->bus, &n_queued) >= 0 &&
               n_queued > 0) {
                uint64_t now = clock_monotonic_usec();
                int r = now < deadline_usec ? sd_bus_process(connection->bus, NULL) : -ETIME;
                if (r == 0)
                        r = sd_bus_wait(connection->bus, deadline_usec - now);
                if (r < 0)
                        return;
        }
}

void bus_server_drain(BusServer *server, uint64_t timeout_usec) {
        uint64_t deadline_usec = clock_monotonic_usec() + timeout_usec;

        server->draining = true;
        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                if (connection->is_public)
                        drain_public(connection, deadline_usec);
                else
                        bus_private_drain(connection, deadline_usec);
        }
}
