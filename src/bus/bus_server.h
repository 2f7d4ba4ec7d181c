/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The server side of org.freedesktop.systemd1: sockets, connections and their limits. tendd makes
 * one, attaches it to its loop and forwards the engine's announcements. The bus calls engine
 * functions while it handles a message and never engine_run: the owner does that after each round
 * of the loop (a post source) before it sleeps. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "base/auto.h"
#include "bus/bus_host.h"
#include "engine/engine.h"

#define BUS_CONNECTIONS_MAX 4096 /* more are closed as they come */
#define BUS_MESSAGES_QUEUED_MAX                                                                    \
        65536 /* that a message bus has not taken yet; beyond that it is given up */

typedef struct BusServer BusServer;

typedef struct BusServerOptions {
        Engine *engine;             /* not owned; lives longer */
        const BusHost *host;        /* copied */
        sd_event *event;            /* referenced */
        int64_t priority;           /* of all sources on the loop */
        uid_t owner;                /* who may connect besides root: the manager's own uid */
        unsigned n_connections_max; /* 0 = BUS_CONNECTIONS_MAX */
} BusServerOptions;

/* Makes a server without sockets. */
int bus_server_new(const BusServerOptions *options, BusServer **ret);

/* Closes all sockets and connections after writing what can be written at once; returns NULL. */
BusServer *bus_server_free(BusServer *server);
DEFINE_AUTO(BusServer *, bus_server_free);

/* Binds a private socket at `path` (mode 0600) and answers on it. A socket that nobody answers on
 * is replaced; -EADDRINUSE when somebody does. The path is removed when the server is freed. */
int bus_server_listen(BusServer *server, const char *path);

/* Takes over a listening socket (owned from now on); `path` as above, or NULL when it is not ours
 * to remove. */
int bus_server_listen_fd(BusServer *server, int fd, const char *path);

/* Goes to the message bus at this address (D-Bus address syntax) as soon as there is one, again
 * whenever it comes back, and answers there as org.freedesktop.systemd1 when `wants_name`. Who is
 * not root or the owner may only read there. */
int bus_server_join(BusServer *server, const char *address, bool wants_name);

/* Number of open connections. */
unsigned bus_server_n_connections(const BusServer *server);

/* The exit status that a client set for the end of the manager (SetExitCode); 0 when none did. */
int bus_server_exit_code(const BusServer *server);

/* Announcements, to be called from the ports of the same name. They cost nothing while nobody
 * listens. */
void bus_server_unit_added(BusServer *server, Unit *unit);
void bus_server_unit_changed(BusServer *server, Unit *unit);
void bus_server_unit_gone(BusServer *server, Unit *unit);
void bus_server_job_added(BusServer *server, Job *job);
void bus_server_job_changed(BusServer *server, Job *job);
void bus_server_job_removed(BusServer *server, const Job *job, JobResult result);
void bus_server_startup_finished(BusServer *server);

/* Sends RequestStop to the controller of a scope; whether there is one on the message bus. */
bool bus_server_request_stop(BusServer *server, const Unit *unit);

/* Signals Reloading(active) and UnitFilesChanged. */
void bus_server_reloading(BusServer *server, bool active);
void bus_server_unit_files_changed(BusServer *server);

/* Writes queued messages out, waiting at most `timeout_usec`; for the end of the manager. */
void bus_server_drain(BusServer *server, uint64_t timeout_usec);
