/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "bus/bus_client.h"
#include "tend/pager.h"
#include "tend/systemctl/ctl_property_text.h"
#include "tend/systemctl/ctl_unit_rows.h"
#include "tend/systemctl/ctl_verbs.h"
#include "tend/systemctl/systemctl.h"

static int show_object(const Systemctl *ctl, const char *path, StrBuf *out) {
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;

        int r = bus_client_get_all(ctl->tend->client, path, "", &error, &reply);
        if (r < 0)
                (void)systemctl_refused(r, &error, "Failed to get properties");
        else
                r = sd_bus_message_enter_container(reply, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = ctl_property_print(ctl, reply, out);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        sd_bus_message_unref(reply);
        return err_pass(r);
}

/* Object paths of what was typed: units and numbers of jobs first, then what patterns match. */
static int object_paths(Systemctl *ctl, char **arguments, char ***ret) {
        AUTO_STRV char **units = NULL;
        AUTO_STRV char **paths = NULL;
        AUTO_STRV char **names = NULL;
        int r = 0;

        STRV_FOREACH(argument, arguments) {
                uint32_t id;
                if (r >= 0 && parse_u32(str_of(*argument), &id) >= 0)
                        r = strv_addf(&paths, BUS_MANAGER_PATH "/job/%u", id);
                else if (r >= 0)
                        r = strv_add(&units, *argument);
        }
        if (r >= 0 && units)
                r = systemctl_expand(ctl, units, NULL, &names);
        STRV_FOREACH(name, names) {
                if (r >= 0)
                        r = strv_take(&paths, bus_client_unit_path(*name));
        }
        if (r >= 0)
                *ret = STEAL(paths);
        return err_pass(r);
}

/* Those of all units of the types and in the states that were asked for. */
static int all_paths(Systemctl *ctl, char ***paths) {
        AUTO(unit_rows_done) UnitRows rows = { 0 };

        int r = unit_rows_get(ctl, NULL, (ctl->flags & SYSTEMCTL_ALL) != 0, &rows);
        unit_rows_sort(&rows);
        for (unsigned i = 0; r >= 0 && i < rows.n_rows; i++)
                r = strv_take(paths, bus_client_unit_path(rows.rows[i].id));
        return err_pass(r);
}

int ctl_show(void *userdata, char **arguments) {
        Systemctl *ctl = userdata;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **paths = NULL;
        int r = 0;

        if (systemctl_connect(ctl) < 0)
                return 1;
        if (arguments[0])
                r = object_paths(ctl, arguments, &paths);
        else if (ctl->types || ctl->states)
                r = all_paths(ctl, &paths);
        else
                r = show_object(ctl, BUS_MANAGER_PATH, &out);
        STRV_FOREACH(path, paths) {
                if (path != paths)
                        strbuf_add_char(&out, '\n');
                if (show_object(ctl, *path, &out) < 0)
                        r = -EIO;
        }
        if (pager_print(ctl->tend, &out) < 0)
                return 1;
        return r < 0 ? 1 : 0;
}
