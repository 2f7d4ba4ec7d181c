/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_freeze.h"

#include <errno.h>

#include "base/error.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "host/unit_control.h"

/* The file in fresh memory; NULL where the unit has no such group. */
static char *freezer_file(const Host *host, const Unit *unit) {
        const HostUnit *hu = host_unit_peek(unit);
        bool is_unified = host->groups->mode == CGROUP_UNIFIED;
        const CgroupTree *tree =
                is_unified ? host->groups : host->controllers->own[CONTROLLER_FREEZER];

        /* The group of a slice comes with those of its members. */
        bool has_group = (hu && hu->group) || (is_unified && unit->type == UNIT_SLICE);
        if (host->groups->mode == CGROUP_NONE || !tree || !has_group ||
            (!is_unified && !unit_control_has(hu, CONTROLLER_FREEZER)))
                return NULL;
        AUTO_FREE char *group = host_unit_group_in(tree, unit);
        AUTO_FREE char *directory = group ? cgroup_tree_directory(tree, group) : NULL;
        return directory ? path_join(directory, is_unified ? "cgroup.freeze" : "freezer.state")
                         : NULL;
}

int unit_freeze(Host *host, Unit *unit, bool freeze) {
        HostUnit *hu = host_unit_get(host, unit);
        bool is_unified = host->groups->mode == CGROUP_UNIFIED;
        int r = 0;

        if (!hu)
                return err_new(-ENOMEM);
        if (freeze && !is_unified && host->groups->mode != CGROUP_NONE && hu->group)
                r = unit_control_join(hu, CONTROLLER_FREEZER);
        if (r < 0)
                return err_pass(r);
        AUTO_FREE char *file = freezer_file(host, unit);
        if (!file)
                return err_new(-EOPNOTSUPP);
        r = is_unified ? file_write_once(file, freeze ? "1" : "0")
                       : file_write_once(file, freeze ? "FROZEN" : "THAWED");
        if (r >= 0)
                hu->is_frozen = freeze;
        return r == -ENOENT ? err_new(-EOPNOTSUPP) : err_pass(r);
}

bool unit_can_freeze(const Host *host, const Unit *unit) {
        bool has_processes =
                unit->type == UNIT_SERVICE || unit->type == UNIT_SCOPE || unit->type == UNIT_SLICE;

        return has_processes &&
               (host->groups->mode == CGROUP_UNIFIED ||
                cgroup_controllers_version(host->controllers, CONTROLLER_FREEZER) > 0);
}

bool unit_is_frozen(const Host *host, const Unit *unit) {
        AUTO_FREE char *file = freezer_file(host, unit), *line = NULL;

        return file && file_read_line(file, &line) >= 0 &&
               (streq(line, "1") || streq(line, "FROZEN") || streq(line, "FREEZING"));
}

void unit_freeze_restore(HostUnit *hu) {
        hu->is_frozen = unit_is_frozen(hu->host, hu->unit);
}
