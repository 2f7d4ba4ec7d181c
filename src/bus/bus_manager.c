/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_manager.h"

#include <errno.h>
#include <unistd.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_error.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"
#include "bus/bus_unit.h"

/* The unit of a name, loaded when it is not yet; negative with the error set. */
static int load_unit(BusCall *call, const char *name, Unit **ret) {
        EngineError error = { 0 };
        int r = engine_load_unit(call->server->engine, name, ret, &error);

        return r < 0 ? bus_error_set_engine(call->error, r, &error) : 0;
}

static int no_such_unit(BusCall *call, const char *name) {
        return sd_bus_error_setf(call->error, BUS_ERROR_NO_SUCH_UNIT, "Unit %s not loaded.", name);
}

static Unit *unit_by_pid(BusServer *server, pid_t pid) {
        Unit *unit = engine_unit_by_pid(server->engine, pid);

        if (!unit && server->host.unit_of_process)
                unit = server->host.unit_of_process(server->host.userdata, pid);
        return unit;
}

/* The pid of the peer, by the kernel. */
static int peer_pid(BusCall *call, pid_t *ret) {
        AUTO(sd_bus_creds_unref) sd_bus_creds *creds = NULL;

        *ret = call->pid;
        if (call->connection->is_public)
                return call->pid > 0 ? 0 : err_new(-ENODATA);
        int r = sd_bus_get_owner_creds(call->connection->bus, SD_BUS_CREDS_PID, &creds);

        if (r < 0)
                return err_pass(r);
        return sd_bus_creds_get_pid(creds, ret);
}

int bus_manager_check_pid(BusCall *call, uint32_t number, pid_t *ret) {
        *ret = (pid_t)number;
        if (number == 0 && peer_pid(call, ret) >= 0)
                return 0;
        if (number > 1 && number <= INT32_MAX && *ret != getpid())
                return 0;
        return sd_bus_error_setf(call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid PID %u", number);
}

/* The loaded unit of a name; an empty name is the caller's own unit. */
int bus_manager_find_unit(BusCall *call, const char *name, Unit **ret) {
        Unit *unit;
        pid_t pid;

        if (*name) {
                unit = engine_find_unit(call->server->engine, name);
                if (!unit || unit->load_state == UNIT_STUB)
                        return no_such_unit(call, name);
                *ret = unit;
                return 0;
        }
        if (peer_pid(call, &pid) < 0 || !(unit = unit_by_pid(call->server, pid)))
                return sd_bus_error_set(
                        call->error, BUS_ERROR_NO_SUCH_UNIT, "Client not member of any unit.");
        *ret = unit;
        return 0;
}

static int reply_unit(BusCall *call, const Unit *unit) {
        char path[BUS_PATH_SIZE];

        return bus_reply_values(call, "o", bus_unit_path(unit->id, path));
}

int bus_manager_get_unit(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r >= 0)
                r = bus_manager_find_unit(call, name, &unit);
        return r < 0 ? r : reply_unit(call, unit);
}

int bus_manager_get_unit_by_pid(BusCall *call, const BusMethodRow *row UNUSED) {
        Unit *unit = NULL;
        uint32_t number;
        pid_t pid;
        int r = sd_bus_message_read(call->message, "u", &number);

        if (r < 0)
                return r;
        if (number > INT32_MAX)
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid PID %u", number);
        pid = (pid_t)number;
        if (pid == 0 && peer_pid(call, &pid) < 0)
                pid = 0;
        if (pid > 0)
                unit = unit_by_pid(call->server, pid);
        if (!unit)
                return sd_bus_error_setf(call->error,
                                         BUS_ERROR_NO_UNIT_FOR_PID,
                                         "PID %d does not belong to any loaded unit.",
                                         pid);
        return reply_unit(call, unit);
}

int bus_manager_get_unit_by_invocation(BusCall *call, const BusMethodRow *row UNUSED) {
        char text[ID128_TEXT_SIZE];
        const void *bytes;
        size_t size;
        Id128 id;
        int r = sd_bus_message_read_array(call->message, 'y', &bytes, &size);

        if (r < 0)
                return r;
        if (size != sizeof(id.bytes))
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid invocation ID");
        memcpy(id.bytes, bytes, size);
        for (Unit *unit = engine_next_unit(call->server->engine, NULL); unit;
             unit = engine_next_unit(call->server->engine, unit))
                if (id128_equal(unit->invocation_id, id))
                        return reply_unit(call, unit);
        return sd_bus_error_setf(call->error,
                                 BUS_ERROR_NO_UNIT_FOR_INVOCATION_ID,
                                 "No unit with the specified invocation ID %s known.",
                                 id128_print(id, text));
}

int bus_manager_get_unit_by_group(BusCall *call, const BusMethodRow *row UNUSED) {
        const BusHost *host = &call->server->host;
        Unit *unit = NULL;
        const char *path;
        int r = sd_bus_message_read(call->message, "s", &path);

        if (r < 0)
                return r;
        if (host->unit_of_control_group)
                unit = host->unit_of_control_group(host->userdata, path);
        if (!unit)
                return sd_bus_error_setf(
                        call->error,
                        BUS_ERROR_NO_SUCH_UNIT,
                        "Control group '%s' is not valid or not managed by this instance",
                        path);
        return reply_unit(call, unit);
}

int bus_manager_load_unit(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r >= 0)
                r = load_unit(call, name, &unit);
        return r < 0 ? r : reply_unit(call, unit);
}

int bus_manager_queue_job(BusCall *call, const BusMethodRow *row) {
        const char *name, *mode;
        uint64_t flags = 0;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "ss", &name, &mode);

        if (r >= 0 && streq(row->in, "sst"))
                r = sd_bus_message_read(call->message, "t", &flags);
        if (r < 0)
                return r;
        if (flags != 0)
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid 'flags' parameter.");
        r = load_unit(call, name, &unit);
        return r < 0 ? r : bus_unit_reply_job(call, unit, row->variant, mode);
}

int bus_manager_start_replace(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *old_name, *new_name, *mode;
        Unit *old_unit, *unit;
        int r = sd_bus_message_read(call->message, "sss", &old_name, &new_name, &mode);

        if (r < 0)
                return r;
        r = bus_manager_find_unit(call, old_name, &old_unit);
        if (r < 0)
                return r;
        if (!old_unit->job || old_unit->job->type != JOB_START)
                return sd_bus_error_setf(
                        call->error, BUS_ERROR_NO_SUCH_JOB, "No job queued for unit %s", old_name);
        r = load_unit(call, new_name, &unit);
        return r < 0 ? r : bus_unit_reply_job(call, unit, JOB_START, mode);
}

int bus_manager_enqueue_job(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name, *type, *mode;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "sss", &name, &type, &mode);

        if (r >= 0)
                r = load_unit(call, name, &unit);
        return r < 0 ? r : bus_unit_reply_enqueued(call, unit, type, mode);
}

int bus_manager_kill_unit(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name, *whom;
        int32_t signal_number;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "ssi", &name, &whom, &signal_number);

        if (r >= 0)
                r = bus_manager_find_unit(call, name, &unit);
        return r < 0 ? r : bus_unit_reply_kill(call, unit, whom, signal_number);
}

int bus_manager_reset_failed_unit(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r >= 0)
                r = bus_manager_find_unit(call, name, &unit);
        if (r < 0)
                return r;
        engine_reset_failed(call->server->engine, unit);
        return bus_reply_values(call, NULL);
}

int bus_manager_reset_failed(BusCall *call, const BusMethodRow *row UNUSED) {
        Engine *engine = call->server->engine;

        for (Unit *unit = engine_next_unit(engine, NULL); unit;
             unit = engine_next_unit(engine, unit))
                engine_reset_failed(engine, unit);
        return bus_reply_values(call, NULL);
}

int bus_manager_ref_unit(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r >= 0)
                r = load_unit(call, name, &unit);
        return r < 0 ? r : bus_unit_reply_ref(call, unit);
}

int bus_manager_unref_unit(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r >= 0)
                r = bus_manager_find_unit(call, name, &unit);
        return r < 0 ? r : bus_unit_reply_unref(call, unit);
}

int bus_manager_get_processes(BusCall *call, const BusMethodRow *row UNUSED) {
        const char *name;
        Unit *unit;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r >= 0)
                r = bus_manager_find_unit(call, name, &unit);
        return r < 0 ? r : bus_unit_reply_processes(call, unit);
}
