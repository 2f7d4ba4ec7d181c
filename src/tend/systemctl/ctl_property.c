/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/property_assign.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"

static int set_properties(Systemctl *ctl, const char *unit, char *const *assignments) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *request = NULL;
        sd_bus *bus = bus_client_bus(ctl->tend->client);
        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               "SetUnitProperties");
        if (r >= 0)
                r = sd_bus_message_append(
                        request, "sb", unit, (ctl->flags & SYSTEMCTL_RUNTIME) != 0);
        if (r >= 0)
                r = sd_bus_message_open_container(request, 'a', "(sv)");
        STRV_FOREACH(assignment, assignments) {
                if (r >= 0 && property_assign(request, unit, *assignment) < 0) {
                        sd_bus_message_unref(request);
                        return 1; /* said why */
                }
        }
        if (r >= 0)
                r = sd_bus_message_close_container(request);
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, &error, NULL);
        sd_bus_message_unref(request);
        return r < 0 ? systemctl_refused(r, &error, "Failed to set unit properties on %s", unit)
                     : 0;
}

int ctl_set_property(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO_STRV char **names = NULL;
        char *const first[] = { arguments[0], NULL };
        int status = 0;

        if (systemctl_connect(ctl) < 0 ||
            systemctl_expand(ctl, (char **)(uintptr_t)first, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                int one = set_properties(ctl, *name, arguments + 1);
                status = status ? status : one;
        }
        return status;
}
