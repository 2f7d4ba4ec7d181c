/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_bind.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/str.h"
#include "bus/bus_error.h"
#include "bus/bus_reply.h"

static bool is_fit(const char *path) {
        return *path == '/' && path_is_normalized(path);
}

static int refuse_path(BusCall *call, const char *which) {
        return sd_bus_error_setf(call->error,
                                 SD_BUS_ERROR_INVALID_ARGS,
                                 "%s path must be absolute and normalized.",
                                 which);
}

static int read_request(BusCall *call, BusBindMount *ret) {
        int read_only, make;
        int r = sd_bus_message_read(
                call->message, "ssbb", &ret->source, &ret->destination, &read_only, &make);

        if (r < 0)
                return r;
        if (!is_fit(ret->source))
                return refuse_path(call, "Source");
        if (!*ret->destination)
                ret->destination = ret->source;
        if (!is_fit(ret->destination))
                return refuse_path(call, "Destination");
        ret->read_only = read_only;
        ret->make = make;
        return 0;
}

static int reply_failure(BusCall *call, const BusBindMount *request, int r) {
        if (r == -ESRCH)
                return sd_bus_error_set(call->error, SD_BUS_ERROR_FAILED, "Unit is not running");
        if (r == -EXDEV)
                return sd_bus_error_set(
                        call->error,
                        SD_BUS_ERROR_FAILED,
                        "Unit not running in private mount namespace, cannot activate bind mount");
        return sd_bus_error_set_errnof(call->error,
                                       r,
                                       "Failed to mount %s on %s in unit's namespace: %s",
                                       request->source,
                                       request->destination,
                                       strerror(-r));
}

static int bind(BusCall *call, Unit *unit) {
        const BusHost *host = &call->server->host;
        BusBindMount request;
        int r;

        if (call->server->engine->config.scope != UNIT_SCOPE_SYSTEM || !host->bind_mount)
                return sd_bus_error_set(
                        call->error,
                        SD_BUS_ERROR_NOT_SUPPORTED,
                        "Adding bind mounts at runtime is only supported for system managers.");
        r = read_request(call, &request);
        if (r < 0)
                return r;
        if (unit->type != UNIT_SERVICE)
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Unit is not of type .service");
        r = host->bind_mount(host->userdata, unit, &request);
        return r < 0 ? reply_failure(call, &request, r) : bus_reply_values(call, NULL);
}

int bus_manager_bind_mount(BusCall *call, const BusMethodRow *row UNUSED) {
        EngineError error = { 0 };
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read_basic(call->message, 's', &name);

        if (r < 0)
                return r;
        r = engine_load_unit(call->server->engine, name, &unit, &error);
        return r < 0 ? bus_error_set_engine(call->error, r, &error) : bind(call, unit);
}

int bus_service_bind_mount(BusCall *call, const BusMethodRow *row UNUSED) {
        return bind(call, call->object.unit);
}
