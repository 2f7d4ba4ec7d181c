/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_signal.h"

#include <errno.h>

#include "base/clock.h"
#include "base/error.h"
#include "bus/bus_change.h"
#include "bus/bus_connection.h"
#include "bus/bus_missed.h"
#include "bus/bus_object.h"
#include "bus/bus_private.h"
#include "bus/bus_property.h"
#include "bus/bus_public.h"
#include "bus/bus_text.h"
#include "bus/bus_unit.h"

#define MANAGER_INTERFACE bus_interface_rows[BUS_INTERFACE_MANAGER].name

/* What a signal says; `append` fills in the arguments. */
typedef struct Signal Signal;
struct Signal {
        const char *path, *interface, *member, *types;
        int (*append)(const Signal *signal, BusBody *body); /* 1: there is nothing to say */
        BusServer *server;
        Unit *unit;
        const Job *job;
        BusInterface changed; /* PropertiesChanged: of which interface */
        const char *result;   /* JobRemoved */
        bool may_wait;        /* for a client that is behind */
        bool active;          /* Reloading */
};

static bool wants(BusConnection *connection, const Signal *signal) {
        if (connection->doomed)
                return false;
        if (connection->hears == BUS_HEARS_ALL)
                return true;
        /* Whoever holds a unit over the bus hears of it without having subscribed. */
        if (connection->is_public && signal->unit && bus_unit_is_held(connection, signal->unit))
                return true;
        if (!signal->result || connection->hears == BUS_HEARS_JOBS)
                return signal->result != NULL;
        /* Its own, or one that several asked for. */
        return signal->job->client == connection || signal->job->client == connection->server;
}

/* The same for everybody; put together when the first connection is found that wants it. */
typedef struct Announcement {
        const Signal *signal;
        BusBody body;
        BusPacket packet;
        bool is_made;
        bool is_empty; /* there is nothing to say */
} Announcement;

static void announcement_done(Announcement *announcement) {
        bus_body_done(&announcement->body);
        bus_packet_done(&announcement->packet);
}

DEFINE_AUTO_DONE(Announcement, announcement_done);

static int make(Announcement *announcement) {
        const Signal *signal = announcement->signal;
        const BusHeader about = { .type = SD_BUS_MESSAGE_SIGNAL,
                                  .path = signal->path,
                                  .interface = signal->interface,
                                  .member = signal->member };
        int r = 0;

        if (announcement->is_made)
                return 0;
        if (signal->append)
                r = signal->append(signal, &announcement->body);
        announcement->is_empty = r > 0;
        if (r == 0)
                r = bus_packet_init(&announcement->packet, &about, &announcement->body);
        announcement->is_made = r >= 0;
        return r < 0 ? err_pass(r) : 0;
}

static int send_public(BusConnection *connection, const Announcement *announcement) {
        AUTO(sd_bus_message_unref) sd_bus_message *message = NULL;
        const Signal *signal = announcement->signal;
        int r = sd_bus_message_new_signal(
                connection->bus, &message, signal->path, signal->interface, signal->member);

        if (r >= 0)
                r = bus_body_copy(&announcement->body, message);
        if (r >= 0)
                r = sd_bus_send(connection->bus, message, NULL);
        if (r >= 0 && bus_connection_is_behind(connection))
                r = -ENOBUFS;
        return err_pass(r);
}

static int send_to(BusConnection *connection, Announcement *announcement) {
        const Signal *signal = announcement->signal;
        int r;

        if (signal->may_wait && bus_missed_add(connection, signal->unit))
                return 0;
        r = make(announcement);
        if (r < 0 || announcement->is_empty)
                return r;
        return connection->is_public ? send_public(connection, announcement)
                                     : bus_private_send(connection, &announcement->packet, -1);
}

/* Whether anybody wanted to hear it. */
static bool broadcast(BusServer *server, const Signal *signal) {
        AUTO(announcement_done)
        Announcement announcement = {
                .signal = signal,
                .body = bus_body_of(signal->types),
        };
        bool is_wanted = false;

        LIST_FOREACH(connection, &server->connections, BusConnection, all) {
                if (!wants(connection, signal) || sd_bus_is_ready(connection->bus) <= 0)
                        continue;
                if (send_to(connection, &announcement) < 0)
                        bus_connection_doom(connection);
                is_wanted = true;
        }
        return is_wanted;
}

/* --- ownership of jobs --- */

void bus_signal_own_job(BusConnection *connection, Job *job) {
        if (!job->client)
                job->client = connection;
        else if (job->client != connection)
                job->client = connection->server;
}

void bus_signal_forget(BusConnection *connection) {
        LIST_FOREACH(job, &connection->server->engine->jobs, Job, all) {
                if (job->client == connection)
                        job->client = NULL;
        }
}

/* --- units --- */

static int append_unit(const Signal *signal, BusBody *body) {
        char path[BUS_PATH_SIZE];

        return bus_body_append(body, "so", signal->unit->id, bus_unit_path(signal->unit->id, path));
}

static int append_changed(const Signal *signal, BusBody *body) {
        Job job;

        if (!signal->job)
                return bus_change_append(signal->server, signal->unit, signal->changed, body);
        job = *signal->job;
        return bus_change_append_job(signal->server, &job, body);
}

static Signal signal_changed(BusServer *server, const char *path) {
        return (Signal){
                .path = path,
                .interface = bus_interface_rows[BUS_INTERFACE_PROPERTIES].name,
                .member = "PropertiesChanged",
                .types = "sa{sv}as",
                .append = append_changed,
                .server = server,
        };
}

/* The interfaces of a unit that have properties. */
static unsigned interfaces_of(const Unit *unit, BusInterface ret[static 2]) {
        BusInterface own = bus_interface_of_type(unit->type);
        unsigned n = 0;

        if (bus_property_families[bus_interface_rows[own].families[0]].n_rows > 0)
                ret[n++] = own;
        ret[n++] = BUS_INTERFACE_UNIT;
        return n;
}

static int append_everything(const Signal *signal, BusBody *body) {
        return bus_change_append_all(signal->server, signal->unit, signal->changed, body);
}

void bus_signal_tell(BusConnection *connection, Unit *unit) {
        char path[BUS_PATH_SIZE];
        BusInterface interfaces[2];
        unsigned n = interfaces_of(unit, interfaces);
        Signal signal = signal_changed(connection->server, bus_unit_path(unit->id, path));

        signal.append = append_everything;
        signal.unit = unit;
        for (unsigned i = 0; i < n && !connection->doomed; i++) {
                AUTO(announcement_done)
                Announcement announcement = {
                        .signal = &signal,
                        .body = bus_body_of(signal.types),
                };
                signal.changed = interfaces[i];
                if (send_to(connection, &announcement) < 0)
                        bus_connection_doom(connection);
        }
}

void bus_server_unit_added(BusServer *server, Unit *unit) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "UnitNew",
                          .types = "so",
                          .append = append_unit,
                          .unit = unit };

        bus_change_forget(server, unit);
        (void)broadcast(server, &signal);
}

static int append_failed_units(const Signal *signal, BusBody *body) {
        int r = bus_body_append_basic(body, 's', MANAGER_INTERFACE);

        if (r >= 0)
                r = bus_body_open(body, 'a', "{sv}");
        if (r >= 0)
                r = bus_body_open(body, 'e', "sv");
        if (r >= 0)
                r = bus_body_append(body, "s", "NFailedUnits");
        if (r >= 0)
                r = bus_body_open(body, 'v', "u");
        if (r >= 0)
                r = bus_body_append(body, "u", signal->server->n_failed_told);
        for (unsigned i = 0; i < 3 && r >= 0; i++)
                r = bus_body_close(body);
        return r < 0 ? r : bus_append_strv(body, NULL);
}

/* The one property of the manager that is announced. */
static void tell_failed_units(BusServer *server) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = bus_interface_rows[BUS_INTERFACE_PROPERTIES].name,
                          .member = "PropertiesChanged",
                          .types = "sa{sv}as",
                          .append = append_failed_units,
                          .server = server };

        if (server->n_failed_told == server->engine->n_failed)
                return;
        server->n_failed_told = server->engine->n_failed;
        (void)broadcast(server, &signal);
}

void bus_server_unit_changed(BusServer *server, Unit *unit) {
        BusInterface interfaces[2];
        char path[BUS_PATH_SIZE];
        unsigned n = interfaces_of(unit, interfaces);

        bus_public_unit_changed(server, unit);
        tell_failed_units(server);
        if (server->n_connections == 0)
                return;
        Signal signal = signal_changed(server, bus_unit_path(unit->id, path));
        signal.unit = unit;
        signal.may_wait = true;
        for (unsigned i = 0; i < n; i++) {
                signal.changed = interfaces[i];
                if (!broadcast(server, &signal))
                        bus_change_forget(server, unit);
        }
}

void bus_server_unit_gone(BusServer *server, Unit *unit) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "UnitRemoved",
                          .types = "so",
                          .append = append_unit,
                          .unit = unit };

        if ((unit->flags & UNIT_CHANGED) && !unit->job)
                bus_server_unit_changed(server, unit); /* that its job has ended, as a rule */
        bus_change_forget(server, unit);
        bus_missed_forget(server, unit);
        bus_unit_forget_holds(server, unit);
        bus_public_unit_gone(server, unit);
        (void)broadcast(server, &signal);
}

/* --- jobs --- */

static int append_job(const Signal *signal, BusBody *body) {
        const Job *job = signal->job;
        char path[BUS_PATH_SIZE];
        int r = bus_body_append(body, "uos", job->id, bus_job_path(job->id, path), job->unit->id);

        if (r >= 0 && signal->result)
                r = bus_body_append_basic(body, 's', signal->result);
        return r;
}

void bus_server_job_added(BusServer *server, Job *job) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "JobNew",
                          .types = "uos",
                          .append = append_job,
                          .job = job };

        (void)broadcast(server, &signal);
}

void bus_server_job_changed(BusServer *server, Job *job) {
        char path[BUS_PATH_SIZE];

        if (server->n_connections == 0)
                return;
        Signal signal = signal_changed(server, bus_job_path(job->id, path));
        signal.job = job;
        signal.changed = BUS_INTERFACE_JOB;
        (void)broadcast(server, &signal);
}

/* What became of the unit is said first, as systemd does: clients look at it when its job ends. */
void bus_server_job_removed(BusServer *server, const Job *job, JobResult result) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "JobRemoved",
                          .types = "uoss",
                          .append = append_job,
                          .job = job,
                          .result = job_result_name(result) };

        if (job->unit->flags & UNIT_CHANGED)
                bus_server_unit_changed(server, job->unit);
        (void)broadcast(server, &signal);
}

/* --- the manager --- */

static int append_startup(const Signal *signal, BusBody *body) {
        uint64_t begun = signal->server->host.machine.userspace_monotonic_usec;
        uint64_t finished = signal->server->finish_monotonic_usec;
        uint64_t took = finished > begun ? finished - begun : 0;

        return bus_body_append(
                body, "tttttt", UINT64_C(0), UINT64_C(0), UINT64_C(0), UINT64_C(0), took, took);
}

void bus_server_startup_finished(BusServer *server) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "StartupFinished",
                          .types = "tttttt",
                          .append = append_startup,
                          .server = server };

        server->finish_usec = clock_realtime_usec();
        server->finish_monotonic_usec = clock_monotonic_usec();
        (void)broadcast(server, &signal);
}

static int append_reloading(const Signal *signal, BusBody *body) {
        int active = signal->active;

        return bus_body_append_basic(body, 'b', &active);
}

void bus_server_reloading(BusServer *server, bool active) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "Reloading",
                          .types = "b",
                          .append = append_reloading,
                          .active = active };

        (void)broadcast(server, &signal);
}

void bus_server_unit_files_changed(BusServer *server) {
        Signal signal = { .path = BUS_PATH_MANAGER,
                          .interface = MANAGER_INTERFACE,
                          .member = "UnitFilesChanged",
                          .types = "" };

        (void)broadcast(server, &signal);
}
