/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_inspect.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "engine/service_unit.h"
#include "host/host_unit.h"
#include "host/process_facts.h"
#include "host/unit_consumed.h"
#include "host/unit_group.h"
#include "host/unit_usage.h"

char *unit_inspect_group(const Host *host, const Unit *unit) {
        if (host->groups->mode == CGROUP_NONE)
                return NULL;
        if (!unit)
                return str_dup(str_of(host->groups->root));
        const HostUnit *hu = host_unit_peek(unit);
        if (hu && hu->group)
                return str_dup(str_of(hu->group));
        if (unit->type == UNIT_SLICE && active_state_is_up(unit_active_state(unit)))
                return host_unit_group_name(host, unit);
        return NULL;
}

static int add_processes(Host *host, const Unit *unit, UnitProcessFunction *add, void *userdata) {
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;

        int r = unit_group_list(host, unit, &pids, &n);
        for (size_t i = 0; r == 0 && i < n; i++) {
                AUTO_FREE char *command = process_command_line(pids[i]);
                AUTO_FREE char *group = NULL;
                (void)cgroup_tree_of_process(host->groups, pids[i], &group); /* it may be gone */
                if (!command)
                        return err_new(-ENOMEM);
                add(userdata, group ? group : "/", pids[i], command);
        }
        return err_pass(r);
}

static bool is_below(const Unit *unit, const Unit *slice) {
        for (const Unit *above = unit->slice; above; above = above->slice)
                if (above == slice)
                        return true;
        return false;
}

int unit_inspect_processes(Host *host, Unit *unit, UnitProcessFunction *add, void *userdata) {
        if (host->groups->mode != CGROUP_NONE || unit->type != UNIT_SLICE)
                return err_pass(add_processes(host, unit, add, userdata));
        const Engine *engine = host->engine;
        for (Unit *other = engine_next_unit(engine, NULL); other;
             other = engine_next_unit(engine, other)) {
                int r = other->service && is_below(other, unit)
                                ? add_processes(host, other, add, userdata)
                                : 0;
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static void read_owner(pid_t pid, UnitFigures *figures) {
        char path[64];
        struct stat st;

        (void)snprintf(path, sizeof(path), "/proc/%d", (int)pid); /* always fits */
        if (pid <= 0 || stat(path, &st) < 0)
                return;
        figures->uid = st.st_uid;
        figures->gid = st.st_gid;
}

void unit_inspect_figures(const Host *host, const Unit *unit, UnitFigures *ret) {
        AUTO_FREE char *group = unit_inspect_group(host, unit);
        AUTO_FREE char *directory = group ? cgroup_tree_directory(host->groups, group) : NULL;
        const HostUnit *hu = host_unit_peek(unit);
        struct stat st;

        *ret = (UnitFigures)UNIT_FIGURES_INIT;
        if (unit->service)
                read_owner(unit->service->main_pid, ret);
        if (hu)
                unit_consumed_show(hu, ret);
        if (!directory || stat(directory, &st) < 0)
                return;
        ret->group_id = st.st_ino;
        unit_usage_read(host, unit, ret);
}
