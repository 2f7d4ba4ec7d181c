/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/unit_offline.h"

#include <string.h>

#include "base/error.h"
#include "base/strv.h"
#include "bus/bus_client.h"

/* The manager's search path as $SYSTEMD_UNIT_PATH would have it, in fresh memory; NULL without a
 * manager. */
static char *managers_path(Tend *tend) {
        AUTO_STRV char **directories = NULL;
        sd_bus_message *reply = NULL;

        if (tend->unit_directories || tend_connect_own(tend) < 0)
                return NULL; /* --units is meant for what is not running yet */
        int r = sd_bus_get_property(bus_client_bus(tend->client),
                                    "org.freedesktop.systemd1",
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    "UnitPath",
                                    NULL,
                                    &reply,
                                    "as");
        if (r >= 0)
                r = sd_bus_message_read_strv(reply, &directories);
        sd_bus_message_unref(reply);
        return r >= 0 && directories ? strv_join(directories, ":") : NULL;
}

UnitSearchOptions unit_offline_options(const Tend *tend, const char *root) {
        return (UnitSearchOptions){
                .scope = tend->scope,
                .root = root,
                .extra = tend->unit_directories,
                .unit_path = getenv("SYSTEMD_UNIT_PATH"),
                .generator_dir = tend->generator_directory,
                .home = getenv("HOME"),
                .config_home = getenv("XDG_CONFIG_HOME"),
                .data_home = getenv("XDG_DATA_HOME"),
                .runtime_dir = getenv("XDG_RUNTIME_DIR"),
                .config_dirs = getenv("XDG_CONFIG_DIRS"),
                .data_dirs = getenv("XDG_DATA_DIRS"),
        };
}

/* `path` is the manager's; NULL = that of the environment. */
static int init_along(Tend *tend, const char *root, const char *path, UnitOffline *ret) {
        AUTO(unit_offline_done) UnitOffline offline = { 0 };

        int r = host_machine_fill(tend->scope, &offline.machine);
        if (r >= 0 && tend_paths(tend) >= 0)
                r = host_machine_default_runtime(&offline.machine, tend->paths->directory);
        UnitSearchOptions options = unit_offline_options(tend, root);
        options.unit_path = path ? path : options.unit_path;
        if (r >= 0)
                r = unit_search_new(&options, &offline.search);
        if (r < 0) {
                tend_complain(tend, "Cannot read the directories of unit files: %s", strerror(-r));
                return err_pass(r);
        }
        offline.from_manager = path != NULL;
        *ret = offline;
        ret->loader = (UnitLoader){ .search = ret->search, .machine = &ret->machine };
        offline = (UnitOffline){ 0 };
        return 0;
}

int unit_offline_init(Tend *tend, UnitOffline *ret) {
        return err_pass(unit_offline_init_at(tend, NULL, ret));
}

int unit_offline_init_at(Tend *tend, const char *root, UnitOffline *ret) {
        AUTO_FREE char *path = managers_path(tend);

        return err_pass(init_along(tend, root, path, ret));
}

int unit_offline_init_alone(Tend *tend, const char *root, UnitOffline *ret) {
        return err_pass(init_along(tend, root, NULL, ret));
}

void unit_offline_done(UnitOffline *offline) {
        offline->search = unit_search_free(offline->search);
        host_machine_done(&offline->machine);
}
