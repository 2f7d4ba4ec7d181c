/* SPDX-License-Identifier: Apache-2.0 */
#include "host/executor_ahead.h"

#include "base/error.h"
#include "base/fd.h"
#include "host/private_tmp.h"
#include "host/unit_group.h"
#include "host/unit_plan.h"

#define AHEAD_MAX 4 /* executors that wait at a time */

/* What was left in the unit's group would be looked for later, and this one be found. */
static bool may_go_ahead(const Host *host, const Unit *unit) {
        const HostUnit *hu = host_unit_peek(unit);

        return host->n_ahead < AHEAD_MAX && host->n_orphans == 0 &&
               (!hu || (!hu->group && hu->ahead.pid == 0));
}

static bool is_frozen(const Unit *unit) {
        for (; unit; unit = unit->slice) {
                const HostUnit *hu = host_unit_peek(unit);
                if (hu && hu->is_frozen)
                        return true;
        }
        return false;
}

/* A process that is born frozen would keep our memory and never come to its order: there it joins
 * its group when it has it, and stands still then. */
static int begin(HostUnit *hu, SpawnedExecutor *ret) {
        const Host *host = hu->host;
        AUTO_FREE char *group =
                host->groups->mode == CGROUP_UNIFIED && hu->group && !is_frozen(hu->unit)
                        ? cgroup_tree_directory(host->groups, hu->group)
                        : NULL;
        int r = spawner_begin(host->spawner, group, host->state.fd, ret);
        ret->log = host->state.n_files;
        return err_pass(r);
}

/* What the plan has to name is made at the start where it is not known before. */
static bool has_plan_ahead(const UnitSpec *spec) {
        return !unit_spec_bool(spec, DIRECTIVE_DYNAMIC_USER) &&
               !unit_spec_bool(spec, DIRECTIVE_PRIVATE_NETWORK) &&
               !unit_spec_bool(spec, DIRECTIVE_PRIVATE_IPC);
}

/* There is time: what the order needs. Whatever fails here is told by the start. */
static void prepare(HostUnit *hu) {
        if (!has_plan_ahead(hu->unit->spec) || private_tmp_make(hu) < 0)
                return;
        int plan_fd = unit_plan_open(hu);
        if (plan_fd >= 0)
                (void)spawner_give_plan(&hu->ahead, plan_fd, hu->plan_number);
}

static void forget(HostUnit *hu) {
        hu->ahead = SPAWNED_EXECUTOR_NONE;
        list_remove(&hu->ahead_link);
        hu->host->n_ahead--;
}

void executor_ahead_expect(Host *host, bool has_time) {
        Unit *unit = engine_expected_start(host->engine);
        if (!unit || !may_go_ahead(host, unit))
                return;
        HostUnit *hu = host_unit_get(host, unit);
        if (!hu || unit_group_make(hu) < 0 || begin(hu, &hu->ahead) < 0)
                return; /* the start will tell */
        list_append(&host->ahead, &hu->ahead_link);
        host->n_ahead++;
        if (has_time)
                prepare(hu);
}

int executor_ahead_take(HostUnit *hu, SpawnedExecutor *ret) {
        SpawnedExecutor ahead = hu->ahead;
        if (executor_ahead_waits(hu))
                forget(hu);
        if (ahead.pid > 0 && ahead.log != hu->host->state.n_files)
                spawned_executor_cancel(&ahead);
        if (ahead.pid == 0)
                return err_pass(begin(hu, ret));
        *ret = ahead;
        return 0;
}

void executor_ahead_cancel(HostUnit *hu) {
        if (!executor_ahead_waits(hu))
                return;
        spawned_executor_cancel(&hu->ahead);
        forget(hu);
        unit_group_remove(hu);
        private_tmp_release(hu);
        host_unit_drop_plan(hu);
}

void executor_ahead_ended(Host *host, pid_t pid) {
        LIST_FOREACH(hu, &host->ahead, HostUnit, ahead_link)
        if (hu->ahead.pid == pid) {
                (void)fd_close(hu->ahead.order_fd); /* always -1 */
                forget(hu);
                return;
        }
}
