/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/tend_call.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "bus/bus_client.h"

#define BUS_NAME "org.freedesktop.systemd1"

int tend_call(const Tend *tend,
              const char *member,
              const char *unit,
              sd_bus_error *error,
              sd_bus_message **ret_reply) {
        int r = sd_bus_call_method(bus_client_bus(tend->client),
                                   BUS_NAME,
                                   BUS_MANAGER_PATH,
                                   TEND_INTERFACE,
                                   member,
                                   error,
                                   ret_reply,
                                   unit ? "s" : NULL,
                                   unit);
        return err_pass(r);
}

int tend_call_text(
        const Tend *tend, const char *member, const char *unit, sd_bus_error *error, char **ret) {
        sd_bus_message *reply = NULL;
        const char *text;

        int r = tend_call(tend, member, unit, error, &reply);
        if (r >= 0)
                r = sd_bus_message_read(reply, "s", &text);
        if (r >= 0) {
                *ret = strdup(text);
                r = *ret ? 0 : -ENOMEM;
        }
        sd_bus_message_unref(reply);
        return err_pass(r);
}

int tend_call_list(
        const Tend *tend, const char *member, const char *unit, sd_bus_error *error, char ***ret) {
        sd_bus_message *reply = NULL;

        int r = tend_call(tend, member, unit, error, &reply);
        if (r >= 0)
                r = sd_bus_message_read_strv(reply, ret);
        sd_bus_message_unref(reply);
        return err_pass(r);
}
