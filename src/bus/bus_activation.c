/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_activation.h"

#include "base/macros.h"
#include "bus/bus_error.h"

#define DRIVER "org.freedesktop.DBus"
#define INTERFACE BUS_NAME ".Activator"
#define MATCH                                                                                      \
        ("type='signal',sender='" DRIVER "',path='/org/freedesktop/DBus',interface='" INTERFACE    \
         "',member='ActivationRequest'")

/* The bus tells those who wait for the name. When this cannot be sent it gives up by itself. */
static void refuse(const BusConnection *connection, const char *unit, const sd_bus_error *error) {
        AUTO(sd_bus_message_unref) sd_bus_message *signal = NULL;
        int r = sd_bus_message_new_signal(
                connection->bus, &signal, BUS_PATH_MANAGER, INTERFACE, "ActivationFailure");

        if (r >= 0)
                r = sd_bus_message_set_destination(signal, DRIVER);
        if (r >= 0)
                r = sd_bus_message_append(signal, "sss", unit, error->name, error->message);
        if (r >= 0)
                (void)sd_bus_send(connection->bus, signal, NULL);
}

static int start(BusServer *server, const char *name, EngineError *error) {
        const Unit *bus = engine_find_unit(server->engine, "dbus.service");
        Unit *unit;
        Job *job;
        int r;

        if (bus && bus->job && bus->job->type == JOB_STOP)
                return engine_refuse(error,
                                     ENGINE_ERROR_SHUTTING_DOWN,
                                     "Refusing activation, D-Bus is shutting down.");
        r = engine_load_unit(server->engine, name, &unit, error);
        return r < 0 ? r : engine_request_job(unit, JOB_START, JOB_MODE_REPLACE, error, &job);
}

static int on_request(sd_bus_message *message, void *userdata, sd_bus_error *unused UNUSED) {
        AUTO(sd_bus_error_free) sd_bus_error failure = SD_BUS_ERROR_NULL;
        BusConnection *connection = userdata;
        EngineError error = { 0 };
        const char *name;
        int r;

        if (connection->server->draining || sd_bus_message_read(message, "s", &name) < 0)
                return 0;
        r = start(connection->server, name, &error);
        if (r < 0) {
                (void)bus_error_set_engine(&failure, r, &error);
                refuse(connection, name, &failure);
        }
        return 0;
}

void bus_activation_connected(BusConnection *connection) {
        /* Where the bus does not take it, it starts the programs itself. */
        (void)sd_bus_add_match_async(connection->bus, NULL, MATCH, on_request, NULL, connection);
}
