/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_group.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <syslog.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "engine/service_unit.h"
#include "host/orphan_spawn.h"
#include "host/process_facts.h"
#include "host/process_tree.h"
#include "host/process_watch.h"
#include "host/unit_control.h"

#define LOOKS_MAX 10 /* at a group whose processes come and go */

int unit_group_make(HostUnit *hu) {
        if (hu->host->groups->mode == CGROUP_NONE)
                return 0;
        if (!hu->group) {
                hu->group = host_unit_group_name(hu->host, hu->unit);
                if (!hu->group)
                        return err_new(-ENOMEM);
        }
        return err_pass(cgroup_tree_make(hu->host->groups, hu->group));
}

static int attach_to(HostUnit *hu, const char *group, const pid_t *pids, unsigned n_pids) {
        int n = 0;

        int r = unit_control_start(hu);
        if (r < 0)
                return err_pass(r);
        unit_control_move(hu, pids, n_pids);

        for (unsigned i = 0; i < n_pids; i++) {
                r = cgroup_tree_move(hu->host->groups, group, pids[i]);
                if (r < 0 && r != -ESRCH)
                        return err_pass(r);
                n += r >= 0;
        }
        return n > 0 ? n : err_new(-ESRCH);
}

int unit_group_attach(HostUnit *hu, const char *sub_group, const pid_t *pids, unsigned n_pids) {
        AUTO_FREE char *below = NULL;

        if (hu->host->groups->mode == CGROUP_NONE)
                return err_new(-EOPNOTSUPP);
        int r = unit_group_make(hu);
        if (r < 0)
                return err_pass(r);
        if (!sub_group || streq(sub_group, "") || streq(sub_group, "/"))
                return err_pass(attach_to(hu, hu->group, pids, n_pids));
        below = path_join(hu->group, sub_group + (*sub_group == '/'));
        if (!below)
                return err_new(-ENOMEM);
        r = cgroup_tree_make(hu->host->groups, below);
        return r < 0 ? err_pass(r) : err_pass(attach_to(hu, below, pids, n_pids));
}

void unit_group_remove(HostUnit *hu) {
        if (!hu->group)
                return;
        unit_group_watch(hu, false);
        if (cgroup_tree_remove(hu->host->groups, hu->group) < 0)
                unit_group_watch(hu, true); /* KillMode= left processes in it */
        else
                free(STEAL(hu->group));
}

static bool has_groups(const Host *host) {
        return host->groups->mode != CGROUP_NONE;
}

int unit_group_list(Host *host, const Unit *unit, pid_t **ret_pids, size_t *ret_n) {
        AUTO_FREE char *name = NULL;
        const HostUnit *hu = host_unit_peek(unit);

        *ret_pids = NULL;
        *ret_n = 0;
        if (!has_groups(host))
                return err_pass(process_tree_list(unit, ret_pids, ret_n));
        if (!hu || !hu->group) {
                name = host_unit_group_name(host, unit);
                if (!name)
                        return err_new(-ENOMEM);
        }
        int r = cgroup_tree_list(host->groups, name ? name : hu->group, ret_pids, ret_n);
        if (r < 0)
                free(STEAL(*ret_pids));
        return err_pass(r);
}

/* What one look at the processes besides main and control process gives. */
typedef enum GroupLook {
        GROUP_EMPTY,
        GROUP_ALIVE,
        GROUP_CHANGING, /* those that were listed have ended since, and may have left others */
} GroupLook;

static GroupLook look_at_group(Host *host, const Unit *unit) {
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;
        GroupLook result = GROUP_EMPTY;

        if (unit_group_list(host, unit, &pids, &n) < 0)
                return GROUP_ALIVE; /* nothing is known: the time-out goes on */
        for (size_t i = 0; i < n; i++) {
                if (unit_knows_pid(unit, pids[i]))
                        continue;
                if (process_is_alive(pids[i]))
                        return GROUP_ALIVE;
                result = GROUP_CHANGING;
        }
        return result;
}

bool unit_group_is_empty(Host *host, const Unit *unit) {
        const HostUnit *hu = host_unit_peek(unit);
        GroupLook look = GROUP_CHANGING;

        if (orphan_spawn_hides_group(host, unit))
                return true;
        if (has_groups(host)) {
                if (!hu || !hu->group)
                        return true; /* nothing was ever started in it */
                if (cgroup_tree_is_empty(host->groups, hu->group) == 1)
                        return true;
        }
        for (unsigned i = 0; i < LOOKS_MAX && look == GROUP_CHANGING; i++)
                look = look_at_group(host, unit);
        return look != GROUP_ALIVE;
}

bool unit_group_is_passing(const char *process_name) {
        return process_name && (process_name[0] == '(' || streq(process_name, "tend-exec"));
}

static void tell_leftover(const Unit *unit, pid_t pid, bool is_start) {
        AUTO_FREE char *name = process_name(pid);

        if (unit_group_is_passing(name) || !process_is_alive(pid))
                return;
        unit_log(
                unit,
                is_start ? LOG_WARNING : LOG_INFO,
                is_start
                        ? "%s: Found left-over process %d (%s) in control group while starting unit. Ignoring."
                        : "%s: Unit process %d (%s) remains running after unit stopped.",
                unit->id,
                (int)pid,
                name ? name : "?");
        if (is_start)
                unit_log(
                        unit,
                        LOG_WARNING,
                        "%s: This usually indicates unclean termination of a previous run, or service "
                        "implementation deficiencies.",
                        unit->id);
}

void unit_group_tell_leftovers(Host *host, const Unit *unit, bool is_start) {
        AUTO_FREE pid_t *pids = NULL;
        const HostUnit *hu = host_unit_peek(unit);
        size_t n = 0;

        if (!has_groups(host) || !hu || !hu->group || orphan_spawn_hides_group(host, unit) ||
            cgroup_tree_is_empty(host->groups, hu->group) == 1 ||
            unit_group_list(host, unit, &pids, &n) < 0)
                return;
        for (size_t i = 0; i < n; i++)
                if (!unit_knows_pid(unit, pids[i]))
                        tell_leftover(unit, pids[i], is_start);
}

bool unit_group_has(Host *host, const Unit *unit, pid_t pid) {
        AUTO_FREE char *group = NULL, *own = NULL;

        if (!has_groups(host))
                return process_tree_has(unit, pid);
        const HostUnit *hu = host_unit_peek(unit);
        if (!hu || !hu->group)
                own = host_unit_group_name(host, unit);
        const char *wanted = own ? own : hu ? hu->group : NULL;
        if (!wanted || cgroup_tree_of_process(host->groups, pid, &group) < 0)
                return false;
        Str rest = str_of(group);
        return str_skip_prefix(&rest, wanted) && (rest.length == 0 || rest.data[0] == '/');
}

bool unit_group_is_stray(Host *host, pid_t pid) {
        return !has_groups(host) && process_tree_is_stray(host->engine, pid);
}

Unit *unit_group_find(Host *host, pid_t pid) {
        AUTO_FREE char *group = NULL, *name = NULL;

        Unit *unit = engine_unit_by_pid(host->engine, pid);
        if (unit || pid <= 0 || pid == getpid())
                return unit;
        if (!has_groups(host))
                return process_tree_find(host->engine, pid);
        if (cgroup_tree_of_process(host->groups, pid, &group) < 0)
                return NULL;
        name = cgroup_tree_unit_of_group(host->groups, group);
        return name ? engine_find_unit(host->engine, name) : NULL;
}

static int
on_group_events(sd_event_source *source, const struct inotify_event *event, void *userdata) {
        (void)source;
        (void)event;
        unit_group_check(userdata);
        return 0;
}

static int watch_events_file(HostUnit *hu) {
        AUTO_FREE char *directory = cgroup_tree_directory(hu->host->groups, hu->group);
        StrBuf path = STRBUF_INIT;

        strbuf_addf(&path, "%s/cgroup.events", directory ? directory : "");
        AUTO_FREE char *file = strbuf_steal(&path);
        if (!directory || !file)
                return err_new(-ENOMEM);
        int r = sd_event_add_inotify(
                hu->host->event, &hu->group_events, file, IN_MODIFY, on_group_events, hu);
        if (r >= 0)
                r = sd_event_source_set_priority(hu->group_events, HOST_PRIORITY_OTHER);
        return r < 0 ? err_new(r) : 0;
}

/* Where nothing tells of the group as a whole: watches its members one by one. */
static void watch_members(HostUnit *hu) {
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;

        if (unit_group_list(hu->host, hu->unit, &pids, &n) == 0)
                (void)process_watch_members(hu, pids, n); /* those that could be watched wake us */
}

static bool has_events_file(const HostUnit *hu) {
        return hu->host->groups->mode == CGROUP_UNIFIED && hu->group;
}

void unit_group_check(HostUnit *hu) {
        bool is_down = active_state_is_down(unit_active_state(hu->unit));

        if (!unit_group_is_empty(hu->host, hu->unit)) {
                if (!has_events_file(hu))
                        watch_members(hu);
                return;
        }
        if (is_down && hu->group && cgroup_tree_remove(hu->host->groups, hu->group) == 0) {
                unit_group_watch(hu, false);
                unit_control_remove(hu);
                free(STEAL(hu->group));
        }
        const EngineEvent event = { .type = EVENT_GROUP_EMPTY, .unit = hu->unit };
        host_queue_event(hu->host, &event);
}

void unit_group_look_again(const Unit *unit) {
        HostUnit *hu = host_unit_peek(unit);
        if (hu && hu->group_watched && !hu->group_events)
                unit_group_check(hu);
}

void unit_group_watch(HostUnit *hu, bool watch) {
        hu->group_watched = watch;
        hu->group_events =
                watch ? hu->group_events : sd_event_source_disable_unref(hu->group_events);
        if (!watch) {
                process_watch_end_members(hu);
                return;
        }
        if (hu->group_events)
                return;
        if (!has_events_file(hu) || watch_events_file(hu) < 0)
                watch_members(hu);
        if (unit_group_is_empty(hu->host, hu->unit)) { /* it went empty before we looked */
                const EngineEvent event = { .type = EVENT_GROUP_EMPTY, .unit = hu->unit };
                host_queue_event(hu->host, &event);
        }
}
