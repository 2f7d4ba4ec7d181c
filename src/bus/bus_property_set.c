/* SPDX-License-Identifier: Apache-2.0 */

/* Properties that can be written. */

#include <errno.h>

#include "base/error.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_property.h"
#include "bus/bus_reply.h"

static int set_log_level(BusCall *call) {
        const BusHost *host = &call->server->host;
        const char *text;
        int level, r = sd_bus_message_read(call->message, "v", "s", &text);

        if (r < 0)
                return r;
        level = log_level_parse(text);
        if (level < 0 || !host->set_log_level)
                return sd_bus_error_setf(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Invalid log level '%s'", text);
        return host->set_log_level(host->userdata, level);
}

static int set_watchdogs(BusCall *call) {
        int enabled, r = sd_bus_message_read(call->message, "v", "b", &enabled);

        if (r < 0)
                return r;
        call->server->engine->config.service_watchdogs = enabled;
        return 0;
}

/* There is one place to log to, known under any of its names. */
static int set_log_target(BusCall *call) {
        static const char *const same[] = { "", "auto", "console", "console-prefixed" };
        const char *text;
        int r = sd_bus_message_read(call->message, "v", "s", &text);

        if (r < 0)
                return r;
        for (unsigned i = 0; i < ARRAY_LENGTH(same); i++)
                if (streq(same[i], text))
                        return 0;
        return sd_bus_error_setf(
                call->error,
                SD_BUS_ERROR_INVALID_ARGS,
                "Invalid log target '%s': this manager logs to its standard error.",
                text);
}

/* No hardware watchdog is kept: it can only be switched off. */
static int set_hardware_watchdog(BusCall *call) {
        uint64_t usec;
        int r = sd_bus_message_read(call->message, "v", "t", &usec);

        if (r < 0)
                return r;
        if (usec == 0 || usec == UINT64_MAX)
                return 0;
        return sd_bus_error_set(
                call->error, SD_BUS_ERROR_NOT_SUPPORTED, "tend does not keep a hardware watchdog.");
}

static int set_watchdog_governor(BusCall *call) {
        return sd_bus_error_set(
                call->error, SD_BUS_ERROR_NOT_SUPPORTED, "tend does not keep a hardware watchdog.");
}

/* clang-format off */
static const struct {
        const char *name;
        int (*set)(BusCall *call);
} setters[] = {
        { "LogLevel", set_log_level },
        { "LogTarget", set_log_target },
        { "ServiceWatchdogs", set_watchdogs },
        { "RuntimeWatchdogUSec", set_hardware_watchdog },
        { "RuntimeWatchdogPreUSec", set_hardware_watchdog },
        { "RebootWatchdogUSec", set_hardware_watchdog },
        { "KExecWatchdogUSec", set_hardware_watchdog },
        { "RuntimeWatchdogPreGovernor", set_watchdog_governor },
};
/* clang-format on */

static int set(BusCall *call, const char *name) {
        for (unsigned i = 0; i < ARRAY_LENGTH(setters); i++)
                if (streq(setters[i].name, name))
                        return setters[i].set(call);
        return err_new(-EOPNOTSUPP);
}

int bus_property_set(BusCall *call, const BusMethodRow *method UNUSED) {
        BusInterface interface;
        int row = bus_property_read_row(call, &interface), r;
        const char *name;

        if (row < 0)
                return row;
        name = bus_property_rows[row].name;
        if (!(bus_property_rows[row].flags & BUS_PROPERTY_WRITABLE))
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_PROPERTY_READ_ONLY,
                                         "Property '%s' is not writable.",
                                         name);
        r = set(call, name);
        return r < 0 ? r : bus_reply_values(call, NULL);
}
