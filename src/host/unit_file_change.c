/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_file_change.h"

#include "base/error.h"
#include "base/strv.h"
#include "host/host_generators.h"
#include "host/unit_control.h"
#include "host/unit_file_state.h"
#include "unit/unit_search.h"

static void look_at_directories(Host *host) {
        uint64_t turn = 0;
        bool changed = false;

        if (sd_event_get_iteration(host->event, &turn) >= 0 && turn == host->names_looked_at)
                return;
        host->names_looked_at = turn;
        if (unit_search_refresh(host->search, &changed) == 0)
                host->names_changed |= changed;
}

static bool are_others(Host *host, const Unit *unit) {
        AUTO(unit_files_done) UnitFiles files = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const UnitSpec *spec = unit->spec;

        if (unit_search_find(host->search, unit->id, &files, &diag) < 0)
                return true;
        if (host->reloading)
                return unit_files_names_stamp(&files) != spec->names_stamp;
        if (spec->load_state == UNIT_NOT_FOUND && !files.fragment_path)
                return false; /* its drop-ins were not read */
        return !streq_null(files.fragment_path, spec->fragment_path) ||
               !strv_equal(files.dropins, spec->dropin_paths);
}

bool unit_file_change_found(Host *host, const Unit *unit) {
        const UnitSpec *spec = unit->spec;

        if (!spec || (spec->transient && !spec->fragment_path))
                return false;
        if (unit_files_stamp(spec->fragment_path, spec->dropin_paths) != spec->stamp)
                return true;
        if (!host->reloading)
                look_at_directories(host);
        return host->names_changed && are_others(host, unit);
}

int unit_file_change_reload(Host *host) {
        bool changed = false;

        unit_file_state_forget(host);
        unit_install_recover(&host->install_options);
        host_generators_reload(host);
        int r = unit_search_refresh(host->search, &changed);
        if (r < 0)
                return err_pass(r);
        host->names_changed |= changed;
        host->reloading = true;
        r = engine_reload(host->engine, host->names_changed);
        host->reloading = false;
        host->names_changed = false;
        unit_control_apply_all(host);
        return err_pass(r);
}

int unit_file_change_reload_one(Host *host, Unit *unit) {
        bool changed = false;

        int r = unit_search_refresh(host->search, &changed);
        if (r < 0)
                return err_pass(r);
        host->names_changed |= changed;
        r = engine_reload_unit(unit);
        unit_control_apply_all(host);
        return err_pass(r);
}
