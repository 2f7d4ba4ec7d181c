/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/systemctl/ctl_job.h"
#include "tend/systemctl/ctl_verbs.h"

/* --- is-active, is-failed
 * --------------------------------------------------------------------------------- */

static int
check_states(Systemctl *ctl, char **arguments, const char *const good[2], int otherwise) {
        AUTO_STRV char **names = NULL;
        int status = otherwise;

        if (systemctl_connect(ctl) < 0 || systemctl_expand(ctl, arguments, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                AUTO_FREE char *state = systemctl_unit_text(ctl, *name, "ActiveState");
                const char *text = state ? state : "unknown";
                if (streq(text, good[0]) || (good[1] && streq(text, good[1])))
                        status = 0;
                if (!(ctl->flags & SYSTEMCTL_QUIET))
                        (void)puts(text); /* as all output: checked when it is closed */
        }
        return status;
}

int ctl_is_active(void *userdata, char **arguments) {
        static const char *const good[] = { "active", "reloading" };
        return check_states(userdata, arguments, good, 3);
}

int ctl_is_failed(void *userdata, char **arguments) {
        static const char *const good[] = { "failed", NULL };
        return check_states(userdata, arguments, good, 1);
}

/* --- kill, reset-failed
 * ------------------------------------------------------------------------------------ */

int ctl_kill(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO_STRV char **names = NULL;
        int status = 0;

        if (systemctl_connect(ctl) < 0 || systemctl_expand(ctl, arguments, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                sd_bus_error error = SD_BUS_ERROR_NULL;
                int r = bus_client_call(ctl->tend->client,
                                        "KillUnit",
                                        &error,
                                        NULL,
                                        "ssi",
                                        *name,
                                        ctl->kill_whom ? ctl->kill_whom : "all",
                                        ctl->signal_number);
                if (r < 0)
                        status = systemctl_refused(r, &error, "Failed to kill unit %s", *name);
        }
        return status;
}

int ctl_reset_failed(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO_STRV char **names = NULL;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        int status = 0;

        if (systemctl_connect(ctl) < 0)
                return 1;
        if (!arguments[0]) {
                int r = bus_client_call(ctl->tend->client, "ResetFailed", &error, NULL, NULL);
                return r < 0 ? systemctl_refused(r, &error, "Failed to reset failed state") : 0;
        }
        if (systemctl_expand(ctl, arguments, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                int r = bus_client_call(
                        ctl->tend->client, "ResetFailedUnit", &error, NULL, "s", *name);
                if (r < 0 && status == 0)
                        status = systemctl_refused(
                                r, &error, "Failed to reset failed state of unit %s", *name);
        }
        return status;
}

/* --- clean, freeze, thaw
 * ---------------------------------------------------------------------------------- */

/* A call of the unit object, which loads the unit. */
static int
new_unit_call(Systemctl *ctl, const char *unit, const char *member, sd_bus_message **ret) {
        AUTO_FREE char *path = bus_client_unit_path(unit);

        return path ? sd_bus_message_new_method_call(bus_client_bus(ctl->tend->client),
                                                     ret,
                                                     "org.freedesktop.systemd1",
                                                     path,
                                                     BUS_UNIT_INTERFACE,
                                                     member)
                    : err_new(-ENOMEM);
}

/* Whether a unit's cleaning has ended, and well: 1 ended, 0 still at work. */
static int clean_state(const Systemctl *ctl, const char *unit, int *ret_status) {
        AUTO_FREE char *path = bus_client_unit_path(unit), *result = NULL;
        AUTO_FREE char *state = systemctl_unit_text(ctl, unit, "ActiveState");

        if (!path)
                return err_new(-ENOMEM);
        if (state && !streq(state, "inactive") && !streq(state, "failed"))
                return 0;
        (void)bus_client_get_text(ctl->tend->client,
                                  path,
                                  BUS_SERVICE_INTERFACE,
                                  "CleanResult",
                                  NULL,
                                  &result); /* other types have none */
        *ret_status = result && !streq(result, "success");
        return 1;
}

static int clean_one(Systemctl *ctl, const char *unit) {
        sd_bus *bus = bus_client_bus(ctl->tend->client);
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *request = NULL;
        int status = 0;

        int r = new_unit_call(ctl, unit, "Clean", &request);
        if (r >= 0)
                r = sd_bus_message_append_strv(request, ctl->what);
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, &error, NULL);
        sd_bus_message_unref(request);
        if (r < 0)
                return systemctl_refused(r, &error, "Failed to clean unit %s", unit);
        if (ctl->flags & SYSTEMCTL_NO_BLOCK)
                return 0;
        while ((r = clean_state(ctl, unit, &status)) == 0) {
                r = sd_bus_wait(bus, 100000); /* the next signal, or a look at the state */
                while (sd_bus_process(bus, NULL) > 0)
                        ;
        }
        return r < 0 ? 1 : status;
}

int ctl_clean(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO_STRV char **names = NULL;
        int status = 0;

        if (!ctl->what &&
            (strv_add(&ctl->what, "cache") < 0 || strv_add(&ctl->what, "runtime") < 0))
                return 1;
        if (systemctl_connect(ctl) < 0 || systemctl_expand(ctl, arguments, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                int one = clean_one(ctl, *name);
                if (status == 0)
                        status = one;
        }
        return status;
}

int ctl_freeze(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO_STRV char **names = NULL;
        const char *member = streq(ctl->verb, "freeze") ? "Freeze" : "Thaw";
        int status = 0;

        if (systemctl_connect(ctl) < 0 || systemctl_expand(ctl, arguments, NULL, &names) < 0)
                return 1;
        STRV_FOREACH(name, names) {
                sd_bus_error error = SD_BUS_ERROR_NULL;
                sd_bus_message *request = NULL;
                int r = new_unit_call(ctl, *name, member, &request);
                if (r >= 0)
                        r = sd_bus_call(
                                bus_client_bus(ctl->tend->client), request, 0, &error, NULL);
                sd_bus_message_unref(request);
                if (r < 0)
                        status = systemctl_refused(
                                r, &error, "Failed to %s unit %s", ctl->verb, *name);
        }
        return status;
}

/* --- bind, mount-image
 * ------------------------------------------------------------------------------------ */

int ctl_bind(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;

        if (systemctl_connect(ctl) < 0)
                return 1;
        AUTO_FREE char *unit = systemctl_mangle(ctl, arguments[0], NULL);
        if (!unit)
                return 1;
        int r = bus_client_call(ctl->tend->client,
                                "BindMountUnit",
                                &error,
                                NULL,
                                "sssbb",
                                unit,
                                arguments[1],
                                arguments[2] ? arguments[2] : "",
                                (ctl->flags & SYSTEMCTL_READ_ONLY) != 0,
                                (ctl->flags & SYSTEMCTL_MKDIR) != 0);
        return r < 0 ? systemctl_refused(r, &error, "Failed to bind mount") : 0;
}

/* "partition:options" items of the fourth argument. */
static int append_mount_options(sd_bus_message *request, const char *text) {
        Str rest = str_of(text), part;

        int r = sd_bus_message_open_container(request, 'a', "(ss)");
        while (r >= 0 && text && text[0] && str_next_part(&rest, ' ', &part)) {
                ssize_t colon = str_find_char(part, ':');
                AUTO_FREE char *name =
                        colon < 0 ? strdup("root") : str_dup((Str){ part.data, (size_t)colon });
                AUTO_FREE char *options =
                        str_dup((Str){ part.data + colon + 1, part.length - (size_t)(colon + 1) });
                r = name && options ? sd_bus_message_append(request, "(ss)", name, options)
                                    : -ENOMEM;
        }
        return r < 0 ? err_pass(r) : sd_bus_message_close_container(request);
}

int ctl_mount_image(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *request = NULL;

        if (systemctl_connect(ctl) < 0)
                return 1;
        AUTO_FREE char *unit = systemctl_mangle(ctl, arguments[0], NULL);
        if (!unit)
                return 1;
        sd_bus *bus = bus_client_bus(ctl->tend->client);
        int r = sd_bus_message_new_method_call(bus,
                                               &request,
                                               "org.freedesktop.systemd1",
                                               BUS_MANAGER_PATH,
                                               BUS_MANAGER_INTERFACE,
                                               "MountImageUnit");
        if (r >= 0)
                r = sd_bus_message_append(request,
                                          "sssbb",
                                          unit,
                                          arguments[1],
                                          arguments[2] ? arguments[2] : "",
                                          (ctl->flags & SYSTEMCTL_READ_ONLY) != 0,
                                          (ctl->flags & SYSTEMCTL_MKDIR) != 0);
        if (r >= 0)
                r = append_mount_options(request, arguments[2] ? arguments[3] : NULL);
        if (r >= 0)
                r = sd_bus_call(bus, request, 0, &error, NULL);
        sd_bus_message_unref(request);
        return r < 0 ? systemctl_refused(r, &error, "Failed to mount image") : 0;
}
