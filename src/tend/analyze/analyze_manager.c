/* SPDX-License-Identifier: Apache-2.0 */

/* dump, log-level, log-target, service-watchdogs: the manager as it is. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/analyze/analyze_boot.h"
#include "tend/log_control.h"
#include "tend/pager.h"
#include "tend/program.h"

#define MEMBER_ALL "DumpByFileDescriptor"
#define MEMBER_SOME "DumpUnitsMatchingPatternsByFileDescriptor"

/* Reads everything that the descriptor gives. */
static int read_dump(int fd, StrBuf *out) {
        char buffer[8192];
        ssize_t n;

        while ((n = read(fd, buffer, sizeof(buffer))) != 0) {
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return err_new(-errno);
                strbuf_add_bytes(out, buffer, (size_t)n);
        }
        return err_pass(strbuf_result(out));
}

static int
call_dump(const BootOptions *options, char **patterns, sd_bus_error *error, sd_bus_message **ret) {
        sd_bus *bus = bus_client_bus(options->tend->client);
        sd_bus_message *request = NULL;

        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               patterns[0] ? MEMBER_SOME : MEMBER_ALL);
        if (r >= 0 && patterns[0])
                r = sd_bus_message_append_strv(request, patterns);
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, error, ret);
        sd_bus_message_unref(request);
        return err_pass(r);
}

int analyze_dump(const BootOptions *options, char **arguments) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        int fd;

        if (boot_connect(options) < 0)
                return 1;
        int r = call_dump(options, arguments, &error, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "h", &fd);
        if (r >= 0)
                r = read_dump(fd, &out);
        if (r < 0)
                (void)program_fail("Failed to call %s: %s",
                                   arguments[0] ? MEMBER_SOME : MEMBER_ALL,
                                   error.message ? error.message : strerror(-r));
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        if (r < 0)
                return 1;
        return pager_print(options->tend, &out) < 0 ? 1 : 0;
}

static int log_setting(const BootOptions *options, LogControlSetting setting, char **arguments) {
        LogControl control = { .name = "org.freedesktop.systemd1" };

        if (arguments[0] && log_control_check(setting, arguments[0]) != 0)
                return 1;
        if (boot_connect(options) < 0)
                return 1;
        control.bus = bus_client_bus(options->tend->client);
        return log_control(&control, setting, arguments[0]);
}

int analyze_log_level(const BootOptions *options, char **arguments) {
        return log_setting(options, LOG_CONTROL_LEVEL, arguments);
}

int analyze_log_target(const BootOptions *options, char **arguments) {
        return log_setting(options, LOG_CONTROL_TARGET, arguments);
}

int analyze_service_watchdogs(const BootOptions *options, char **arguments) {
        if (boot_connect(options) < 0)
                return 1;
        return log_control_watchdogs(bus_client_bus(options->tend->client), arguments[0]);
}
