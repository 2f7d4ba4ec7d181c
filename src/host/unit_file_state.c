/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_file_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

#define STATES_MAX 65536 /* clients may ask about any name */

/* What is known of one unit; it holds as long as the unit's own files are the same. */
typedef struct FileState {
        uint64_t stamp;             /* of the unit's files */
        const char *state, *preset; /* NULL = not asked yet */
        char name[];
} FileState;

static void forget_states(Host *host) {
        FileState *known;
        size_t cursor = 0;

        while (host->file_states && (known = hashtable_next(host->file_states, &cursor, NULL)))
                free(known);
        host->file_states = hashtable_free(host->file_states);
}

void unit_file_state_forget(Host *host) {
        forget_states(host);
        host->file_view = unit_install_view_free(host->file_view);
}

static int add_known(Host *host, const char *name, FileState **ret) {
        size_t size = strlen(name) + 1;
        AUTO_FREE FileState *known = calloc(1, sizeof(*known) + size);

        if (hashtable_count(host->file_states) >= STATES_MAX)
                forget_states(host);
        if (!host->file_states)
                host->file_states = hashtable_new_string();
        if (!known || !host->file_states)
                return err_new(-ENOMEM);
        memcpy(known->name, name, size);
        int r = hashtable_put(host->file_states, known->name, known);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(known);
        return 0;
}

/* What is remembered of a unit, empty where its files have changed. */
static int find_known(Host *host, const char *name, FileState **ret) {
        const Unit *unit = engine_find_unit(host->engine, name);
        uint64_t stamp = unit && unit->spec ? unit->spec->stamp : 0;

        *ret = hashtable_find(host->file_states, name);
        int r = *ret ? 0 : add_known(host, name, ret);
        if (r < 0)
                return err_pass(r);
        if ((*ret)->stamp != stamp)
                (*ret)->state = (*ret)->preset = NULL;
        (*ret)->stamp = stamp;
        return 0;
}

static int ask_state(Host *host, const char *name, const char **ret) {
        UnitInstallView *view;
        UnitFileState state;

        int r = get_view(host, &view);
        if (r >= 0)
                r = unit_install_view_state(view, name, &state);
        if (r < 0)
                return err_pass(r);
        *ret = unit_file_state_name(state);
        return 0;
}

static int ask_preset(Host *host, const char *name, const char **ret) {
        UnitInstallView *view;

        int r = get_view(host, &view);
        if (r >= 0)
                r = unit_install_view_preset(view, name);
        if (r < 0)
                return err_pass(r);
        *ret = r > 0 ? "enabled" : "disabled";
        return 0;
}

int unit_file_state_get(Host *host, const char *name, const char **ret_state) {
        FileState *known;

        int r = find_known(host, name, &known);
        if (r >= 0 && !known->state)
                r = ask_state(host, name, &known->state);
        if (r < 0)
                return err_pass(r);
        *ret_state = known->state;
        return 0;
}

int unit_file_state_preset(Host *host, const char *name, const char **ret_preset) {
        FileState *known;

        int r = find_known(host, name, &known);
        if (r >= 0 && !known->preset)
                r = ask_preset(host, name, &known->preset);
        if (r < 0)
                return err_pass(r);
        *ret_preset = known->preset;
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
