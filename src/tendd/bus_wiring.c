/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/bus_wiring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/strbuf.h"
#include "tendd/bus_callbacks.h"

#define LISTEN_BACKLOG 4096
#define DRAIN_USEC 200000 /* for the last answers before the manager ends */

/* --- announcements
 * ---------------------------------------------------------------------------------- */

static void on_unit_added(void *userdata, Unit *unit) {
        const Manager *manager = userdata;
        bus_server_unit_added(manager->bus, unit);
}

static void on_unit_changed(void *userdata, Unit *unit) {
        const Manager *manager = userdata;
        bus_server_unit_changed(manager->bus, unit);
}

static void on_unit_gone(void *userdata, Unit *unit) {
        const Manager *manager = userdata;
        bus_server_unit_gone(manager->bus, unit);
}

static void on_job_added(void *userdata, Job *job) {
        const Manager *manager = userdata;
        bus_server_job_added(manager->bus, job);
}

static void on_job_changed(void *userdata, Job *job) {
        const Manager *manager = userdata;
        bus_server_job_changed(manager->bus, job);
}

static void on_job_removed(void *userdata, const Job *job, JobResult result) {
        const Manager *manager = userdata;
        bus_server_job_removed(manager->bus, job, result);
}

static void on_startup_finished(void *userdata) {
        const Manager *manager = userdata;
        bus_server_startup_finished(manager->bus);
}

static bool on_ask_controller(void *userdata, Unit *unit) {
        const Manager *manager = userdata;
        return bus_server_request_stop(manager->bus, unit);
}

void bus_wiring_observe(HostObserver *observer) {
        observer->unit_added = on_unit_added;
        observer->unit_changed = on_unit_changed;
        observer->unit_gone = on_unit_gone;
        observer->job_added = on_job_added;
        observer->job_changed = on_job_changed;
        observer->job_removed = on_job_removed;
        observer->startup_finished = on_startup_finished;
        observer->ask_controller = on_ask_controller;
}

int bus_wiring_add(Manager *manager) {
        BusHost host;

        int r = bus_callbacks_fill(manager, &host);
        if (r < 0)
                return err_pass(r);
        const BusServerOptions options = {
                .engine = manager->host->engine,
                .host = &host,
                .event = manager->event,
                .priority = HOST_PRIORITY_BUS,
                .owner = geteuid(),
        };
        return err_pass(bus_server_new(&options, &manager->bus));
}

/* --- sockets
 * ---------------------------------------------------------------------------------------- */

/* A listening socket at `path` that only its owner may use. The place is ours: an older socket is
 * replaced. */
static int bind_socket(const char *path) {
        struct sockaddr_un address;
        int length = socket_address_unix(path, &address);
        if (length < 0)
                return err_pass(length);
        AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return err_new(-errno);
        if (unlink(path) < 0 && errno != ENOENT)
                return err_new(-errno);
        mode_t mask = umask(0177);
        int r = bind(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0 ? -errno : 0;
        (void)umask(mask); /* cannot fail */
        if (r < 0)
                return err_new(r);
        if (listen(fd, LISTEN_BACKLOG) < 0)
                return err_new(-errno);
        return steal_fd(&fd);
}

/* The keeper holds the socket too, so that clients wait while a manager is started again. */
static int listen_at(Manager *manager, const char *path, const char *name) {
        AUTO_FD int fd = host_take_kept_fd(manager->host, name);
        bool is_kept = fd >= 0;

        if (fd < 0)
                fd = bind_socket(path);
        if (fd < 0) {
                int r = fd;
                log_line(&manager->log,
                         LOG_ERR,
                         NULL,
                         "Cannot listen on %s: %s",
                         path,
                         strerror(-r));
                return err_pass(r);
        }
        if (!is_kept)
                host_keep_fd(manager->host, name, fd);
        return err_pass(bus_server_listen_fd(manager->bus, steal_fd(&fd), NULL));
}

/* A link where clients look for systemd's notification socket. */
static int link_notify_socket(const RuntimePaths *paths) {
        if (!paths->public_notify_socket)
                return 0;
        if (unlink(paths->public_notify_socket) < 0 && errno != ENOENT)
                return err_new(-errno);
        return symlink(paths->notify_socket, paths->public_notify_socket) < 0 ? err_new(-errno) : 0;
}

/* What clients of systemd look for; the manager works without it too. */
static void listen_publicly(Manager *manager) {
        const RuntimePaths *paths = manager->paths;

        runtime_paths_check_public(manager->paths);
        if (!paths->public_bus_socket)
                return;
        int r = runtime_paths_claim_public(paths);
        if (r == 0)
                r = listen_at(manager, paths->public_bus_socket, "bus-public");
        if (r == 0)
                r = link_notify_socket(paths);
        if (r == 0)
                r = runtime_paths_announce(paths);
        if (r < 0)
                log_line(&manager->log,
                         LOG_WARNING,
                         NULL,
                         "Clients of systemd cannot find this manager: %s",
                         strerror(-r));
}

/* Where the message bus is: the system's, or that of the user's session. */
static char *bus_address(UnitScope scope) {
        bool is_system = scope == UNIT_SCOPE_SYSTEM;
        const char *given =
                getenv(is_system ? "DBUS_SYSTEM_BUS_ADDRESS" : "DBUS_SESSION_BUS_ADDRESS");
        const char *runtime = getenv("XDG_RUNTIME_DIR");
        StrBuf address = STRBUF_INIT;

        if (given)
                return str_dup(str_of(given));
        if (!is_system && !runtime)
                return NULL;
        strbuf_add(&address, "unix:path=");
        strbuf_add(&address, is_system ? "/run/dbus/system_bus_socket" : runtime);
        strbuf_add(&address, is_system ? "" : "/bus");
        return strbuf_steal(&address);
}

/* The message bus may come later, or never. */
static void join_bus(Manager *manager) {
        const RuntimePaths *paths = manager->paths;
        AUTO_FREE char *address = bus_address(paths->scope);
        int r = address ? bus_server_join(manager->bus, address, paths->public_bus_socket) : 0;

        if (r < 0)
                log_line(&manager->log,
                         LOG_WARNING,
                         NULL,
                         "Cannot wait for the message bus at %s: %s",
                         address,
                         strerror(-r));
}

int bus_wiring_listen(Manager *manager) {
        int r = listen_at(manager, manager->paths->bus_socket, "bus-private");
        if (r < 0)
                return err_pass(r);
        listen_publicly(manager);
        join_bus(manager);
        return 0;
}

void bus_wiring_close(Manager *manager) {
        if (manager->bus)
                bus_server_drain(manager->bus, DRAIN_USEC);
        manager->bus = bus_server_free(manager->bus);
}
