/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_file_state.h"

#include <errno.h>

#include "base/error.h"

static int get_view(Host *host, UnitInstallView **ret) {
        if (!host->file_view) {
                int r = unit_install_view_new(&host->install_options, &host->file_view);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = host->file_view;
        return 0;
}

void unit_file_state_forget(Host *host) {
        host->file_view = unit_install_view_free(host->file_view);
}

int unit_file_state_get(Host *host, const char *name, const char **ret_state) {
        UnitInstallView *view;
        UnitFileState state;

        int r = get_view(host, &view);
        if (r >= 0)
                r = unit_install_view_state(view, name, &state);
        if (r < 0)
                return err_pass(r);
        *ret_state = unit_file_state_name(state);
        return 0;
}

int unit_file_state_preset(Host *host, const char *name, const char **ret_preset) {
        UnitInstallView *view;

        int r = get_view(host, &view);
        if (r >= 0)
                r = unit_install_view_preset(view, name);
        if (r < 0)
                return err_pass(r);
        *ret_preset = r > 0 ? "enabled" : "disabled";
        return 0;
}

typedef struct Listing {
        UnitFileFunction *add;
        void *userdata;
} Listing;

static void add_file(void *userdata, const char *path, UnitFileState state) {
        const Listing *listing = userdata;

        listing->add(listing->userdata, path, unit_file_state_name(state));
}

int unit_file_state_each(Host *host, UnitFileFunction *add, void *userdata) {
        Listing listing = { add, userdata };
        UnitInstallView *view;

        int r = get_view(host, &view);
        return r < 0 ? err_pass(r) : err_pass(unit_install_view_each(view, add_file, &listing));
}

int unit_file_default_target(Host *host, char **ret_name) {
        UnitInstallView *view;

        int r = get_view(host, &view);
        return r < 0 ? err_pass(r) : err_pass(unit_install_view_default(view, ret_name));
}
