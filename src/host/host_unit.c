/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_unit.h"

#include <stdlib.h>

#include "base/fd.h"
#include "host/dynamic_user.h"
#include "host/executor_ahead.h"
#include "host/fd_store.h"
#include "host/listen_socket.h"
#include "host/oom_watch.h"
#include "host/path_watch.h"
#include "host/process_watch.h"
#include "host/unit_facts.h"
#include "host/unit_name_space.h"
#include "host/unit_records.h"

HostUnit *host_unit_get(Host *host, Unit *unit) {
        if (unit->host)
                return unit->host;
        HostUnit *hu = calloc(1, sizeof(*hu));
        if (!hu)
                return NULL;
        hu->host = host;
        hu->unit = unit;
        hu->plan_fd = hu->address_counters = hu->file_system_switch = -1;
        hu->connection = CONNECTION_NONE;
        hu->ahead = SPAWNED_EXECUTOR_NONE;
        for (unsigned i = 0; i < HOST_NAME_SPACES; i++)
                hu->name_spaces[i] = -1;
        list_init(&hu->stored);
        list_init(&hu->watches);
        unit->host = hu;
        return hu;
}

void host_unit_mark(Host *host, Unit *unit) {
        HostUnit *hu = host_unit_get(host, unit);
        if (hu && !list_is_linked(&hu->dirty))
                list_append(&host->dirty, &hu->dirty);
}

void host_unit_drop_plan(HostUnit *hu) {
        hu->plan_fd = fd_close(hu->plan_fd);
        hu->plan_spec = NULL;
}

void host_unit_free(Unit *unit) {
        HostUnit *hu = host_unit_peek(unit);
        if (!hu)
                return;
        executor_ahead_cancel(hu);
        unit_records_drop(hu);
        if (!hu->host->restoring)
                unit_facts_retire(hu);
        host_unit_drop_plan(hu);
        listen_socket_close(hu, !hu->host->restoring);
        unit_name_space_release(hu, !hu->host->restoring);
        connection_end(hu->host, &hu->connection, !hu->host->restoring);
        path_watch_end(hu->host, unit);
        process_watch_end_all(hu);
        (void)fd_store_remove(hu, NULL); /* how many does not matter */
        sd_event_source_disable_unref(hu->group_events);
        sd_event_source_disable_unref(hu->pid_file);
        sd_event_source_disable_unref(hu->wake);
        oom_watch_end(hu);
        hu->address_counters = fd_close(hu->address_counters);
        hu->file_system_switch = fd_close(hu->file_system_switch);
        free(hu->consumed);
        free(hu->group);
        free(hu->private_tmp);
        free(hu->private_var_tmp);
        free(hu);
        unit->host = NULL;
}

char *host_unit_group_in(const CgroupTree *tree, const Unit *unit) {
        const char *slice = unit->slice ? unit->slice->id : NULL;
        if (unit->type == UNIT_SLICE)
                return cgroup_tree_group(tree, unit->id, NULL);
        return cgroup_tree_group(tree, slice, unit->id);
}

char *host_unit_group_name(const Host *host, const Unit *unit) {
        return host_unit_group_in(host->groups, unit);
}
