/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/strv.h"
#include "host/device_rule.h"
#include "host/executor_report.h"
#include "host/oom_watch.h"
#include "host/unit_filter.h"
#include "host/unit_group.h"
#include "unit/kinds.h"

#define STEP "CGROUP"
#define SLICE_DEPTH_MAX 128
#define DEVICES_MAX (256 * 1024)
#define LOOKS_MAX 10                 /* at processes that come and go */
#define TASKS_DEFAULT_PERMYRIAD 1500 /* DefaultTasksMax=15% */
#define BIT(controller) (1u << (controller))

/* --- what is reported ------------------------------------------------------------------------- */

static void report(HostUnit *hu, DirectiveId id, const char *message) {
        const DirectiveRow *row = directive_row(hu->unit->type, id);

        if (row)
                executor_report_add(hu->unit,
                                    STEP,
                                    device_rule_is_implied_by(id) ? "weakened" : "refused",
                                    row->name,
                                    message);
}

static void report_refused(void *userdata, DirectiveId id, const char *file, int error) {
        char message[200];

        if (!file)
                (void)snprintf(message, sizeof(message), "a device it names is not there");
        else if (error == -ENOENT)
                (void)snprintf(message, sizeof(message), "this kernel has no %s", file);
        else
                (void)snprintf(message,
                               sizeof(message),
                               "writing %s failed: %s",
                               file,
                               strerror(-error)); /* cut where it is too long, as the others */
        report(userdata, id, message);
}

typedef struct Missing {
        HostUnit *hu;
        CgroupController controller;
        unsigned version;
        int error;        /* of making the group; 0 = there is no controller or no file */
        bool is_disabled; /* by a slice above */
} Missing;

static void report_missing(void *userdata, DirectiveId id) {
        const Missing *missing = userdata;
        const char *name = cgroup_controller_name(missing->controller, 1);
        char message[200];

        if (missing->is_disabled)
                (void)snprintf(message,
                               sizeof(message),
                               "DisableControllers= of a slice above keeps the %s controller away",
                               name);
        else if (missing->error < 0)
                (void)snprintf(message,
                               sizeof(message),
                               "a control group of the %s controller cannot be made: %s",
                               name,
                               strerror(-missing->error));
        else if (missing->version == 0)
                (void)snprintf(message,
                               sizeof(message),
                               "there is no %s controller of control groups that may be used here",
                               name);
        else
                (void)snprintf(message,
                               sizeof(message),
                               "control groups of version %u have nothing like it",
                               missing->version); /* cut where it is too long, as the others */
        report(missing->hu, id, message);
}

/* Groups of version 2 count the processor's time without any controller. */
static bool is_done_otherwise(const HostUnit *hu, CgroupController controller) {
        return controller == CONTROLLER_CPUACCT && hu->host->groups->mode == CGROUP_UNIFIED;
}

static void tell_missing(HostUnit *hu, CgroupController controller, unsigned version, int error) {
        if (is_done_otherwise(hu, controller))
                return;
        Missing missing = { hu, controller, version, error, false };

        cgroup_setting_without_file(
                hu->unit->spec, controller, error < 0 ? 0 : version, report_missing, &missing);
}

static void tell_disabled(HostUnit *hu, unsigned mask) {
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++) {
                Missing missing = { hu, (CgroupController)i, 0, 0, true };
                if (mask & BIT(i))
                        cgroup_setting_without_file(
                                hu->unit->spec, missing.controller, 0, report_missing, &missing);
        }
}

/* --- what is needed --------------------------------------------------------------------------- */

static unsigned available(const Host *host) {
        unsigned mask = 0;

        for (int i = 0; i < CONTROLLER_COUNT; i++)
                if (cgroup_controllers_version(host->controllers, (CgroupController)i) > 0)
                        mask |= BIT(i);
        return mask;
}

/* Version 2 counts memory and tasks of everything, as in systemd; there a unit has one group for
 * all. In version 1 each controller costs every start a group, so it takes a word from somebody. */
static unsigned default_controllers(const Host *host, const Unit *unit) {
        const UnitSpec *defaults = host->options.config->group_defaults;
        unsigned mask =
                host->controllers->unified & (BIT(CONTROLLER_MEMORY) | BIT(CONTROLLER_PIDS));

        if (unit->type == UNIT_SLICE)
                return 0;
        return mask | (cgroup_setting_controllers(defaults) & available(host));
}

/* A unit that manages groups of its own gets the controllers of version 2 to do so. */
static unsigned delegated(const Host *host, const Unit *unit) {
        return unit->spec && (unit_spec_number(unit->spec, DIRECTIVE_DELEGATE) & KIND_DELEGATE_ON)
                       ? host->controllers->unified
                       : 0;
}

/* What slices above keep from their members (DisableControllers=), by the names of the versions. */
static unsigned disabled_for(const Host *host, const Unit *unit) {
        unsigned mask = 0;

        for (const Unit *slice = unit->slice; slice; slice = slice->slice) {
                uint64_t named =
                        slice->spec ? unit_spec_number(slice->spec, DIRECTIVE_DISABLE_CONTROLLERS)
                                    : 0;
                for (int i = 0; named && i < CONTROLLER_COUNT; i++) {
                        unsigned version =
                                cgroup_controllers_version(host->controllers, (CgroupController)i);
                        if (version > 0 &&
                            kind_controllers_has(
                                    named, cgroup_controller_name((CgroupController)i, version)))
                                mask |= BIT(i);
                }
        }
        return mask;
}

static unsigned wanted_by(const Host *host, const Unit *unit) {
        unsigned mask = default_controllers(host, unit) | delegated(host, unit);
        unsigned disabled = disabled_for(host, unit);

        for (; unit; unit = unit->slice)
                mask |= cgroup_setting_controllers(unit->spec);
        return mask & ~disabled;
}

uint64_t unit_control_default_tasks(const Host *host, const Unit *unit) {
        const UnitSpec *defaults = host->options.config->group_defaults;
        const Value *given = defaults ? unit_spec_find(defaults, DIRECTIVE_TASKS_MAX) : NULL;
        uint64_t permyriad = TASKS_DEFAULT_PERMYRIAD;

        if (unit && unit->type == UNIT_SLICE)
                return UINT64_MAX;
        if (given && !(given->flags & VALUE_PERCENT))
                return given->number;
        if (given)
                permyriad = given->number;
        else if (host->groups->mode != CGROUP_UNIFIED)
                return UINT64_MAX;
        return host->controllers->tasks == UINT64_MAX
                       ? UINT64_MAX
                       : host->controllers->tasks * permyriad / 10000;
}

/* DefaultMemoryMin= and its like of the nearest slice that has it. */
static uint64_t inherited_memory(const Host *host, const Unit *unit, DirectiveId id) {
        uint64_t amount = 0;

        for (const Unit *slice = unit->slice; slice; slice = slice->slice)
                if (slice->spec &&
                    cgroup_setting_memory(
                            slice->spec, id, host->controllers->memory_bytes, &amount))
                        break;
        return amount;
}

/* --- making and writing ----------------------------------------------------------------------- */

static int write_controller(HostUnit *hu, CgroupController which, bool reset) {
        const Host *host = hu->host;
        AUTO(cgroup_writes_done) CgroupWrites writes = { 0 };
        AUTO_FREE char *devices = NULL;
        const CgroupTree *tree = cgroup_controllers_tree(host->controllers, which);
        AUTO_FREE char *group = host_unit_group_in(tree, hu->unit);
        size_t length = 0;

        if (!group)
                return err_new(-ENOMEM);
        if (which == CONTROLLER_DEVICES) /* without the text no class of devices is known */
                (void)file_read("/proc/devices", DEVICES_MAX, &devices, &length, NULL);
        unsigned version = cgroup_controllers_version(host->controllers, which);
        const CgroupMachine machine = {
                .version = version,
                .memory_bytes = host->controllers->memory_bytes,
                .tasks = host->controllers->tasks,
                .default_tasks_max = unit_control_default_tasks(host, hu->unit),
                .inherited_memory_min =
                        inherited_memory(host, hu->unit, DIRECTIVE_DEFAULT_MEMORY_MIN),
                .inherited_memory_low =
                        inherited_memory(host, hu->unit, DIRECTIVE_DEFAULT_MEMORY_LOW),
                .starting = host->engine->startup_begun && !host->engine->startup_done,
                .devices = { devices, length },
                .find_node = cgroup_find_node,
                .find_disk = cgroup_find_disk,
        };
        int r = cgroup_setting_writes(hu->unit->spec, which, &machine, reset, &writes);
        if (r < 0)
                return err_pass(r);
        const CgroupListener listener = { .userdata = hu, .refused = report_refused };
        cgroup_controllers_write(tree, group, &writes, &listener);
        tell_missing(hu, which, version, 0);
        return 0;
}

static int write_all(HostUnit *hu, unsigned mask, bool reset) {
        int r = 0;

        if (!hu->unit->spec)
                return 0;
        for (int i = 0; r == 0 && i < CONTROLLER_COUNT; i++)
                if (mask & BIT(i))
                        r = write_controller(hu, (CgroupController)i, reset);
        return err_pass(r);
}

static int make_group(HostUnit *hu, CgroupController which) {
        const CgroupTree *tree = cgroup_controllers_tree(hu->host->controllers, which);
        AUTO_FREE char *group = host_unit_group_in(tree, hu->unit);

        if (!group)
                return err_new(-ENOMEM);
        int r = cgroup_controllers_make(hu->host->controllers, which, group);
        if (r == 0)
                hu->controllers |= BIT(which);
        else if (r != -ENOMEM) {
                tell_missing(hu, which, 0, r);
                r = 0;
        }
        return err_pass(r);
}

/* Makes groups of the unit itself that it does not have. */
static int make_groups(HostUnit *hu, unsigned mask) {
        int r = 0;

        for (int i = 0; r == 0 && i < CONTROLLER_COUNT; i++)
                if (mask & ~hu->controllers & BIT(i))
                        r = make_group(hu, (CgroupController)i);
        return err_pass(r);
}

/* The slices above, the outermost first. */
static int make_slices(Host *host, Unit *slice, unsigned mask) {
        Unit *chain[SLICE_DEPTH_MAX];
        unsigned n = 0;

        for (; slice && n < SLICE_DEPTH_MAX; slice = slice->slice)
                chain[n++] = slice;
        while (n > 0) {
                HostUnit *hu = host_unit_get(host, chain[--n]);
                if (!hu)
                        return err_new(-ENOMEM);
                unsigned missing = mask & ~hu->controllers;
                int r = missing ? make_groups(hu, missing) : 0;
                if (r == 0 && missing)
                        r = write_all(hu, missing & hu->controllers, false);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

/* Brings groups and their files to what the unit's files say. */
static int bring_up_to_date(HostUnit *hu, unsigned wanted) {
        unsigned usable = wanted & available(hu->host), before = hu->controllers;

        for (int i = 0; i < CONTROLLER_COUNT; i++)
                if (wanted & ~usable & BIT(i) & ~BIT(CONTROLLER_DEVICES)) /* see unit_filter.h */
                        tell_missing(hu, (CgroupController)i, 0, 0);
        tell_disabled(
                hu, cgroup_setting_controllers(hu->unit->spec) & disabled_for(hu->host, hu->unit));
        int r = make_slices(hu->host, hu->unit->slice, usable);
        if (r == 0)
                r = make_groups(hu, usable);
        if (r == 0)
                r = write_all(hu, before & hu->controllers, true);
        if (r == 0)
                r = write_all(hu, hu->controllers & ~before, false);
        if (r < 0)
                return err_pass(r);
        bool was_filtered = hu->is_filtered;
        if (was_filtered || unit_filter_is_wanted(hu->host, hu->unit))
                r = unit_filter_set(hu);
        if (r < 0)
                return err_pass(r);
        if (hu->controllers != before || hu->is_filtered != was_filtered) {
                host_unit_drop_plan(hu);
                host_unit_mark(hu->host, hu->unit);
        }
        if (~before & hu->controllers & BIT(CONTROLLER_MEMORY))
                oom_watch_forget_past(hu);
        if (hu->controllers & BIT(CONTROLLER_MEMORY))
                oom_watch_begin(hu);
        hu->control_is_current = true;
        return 0;
}

int unit_control_start(HostUnit *hu) {
        Unit *unit = hu->unit;

        if (hu->control_is_current && id128_equal(hu->controlled, unit->invocation_id))
                return 0;
        hu->controlled = unit->invocation_id;
        if (hu->host->groups->mode == CGROUP_NONE && unit->spec &&
            unit_spec_find(unit->spec, DIRECTIVE_SLICE))
                report(hu, DIRECTIVE_SLICE, "there are no control groups");
        unsigned wanted = wanted_by(hu->host, unit);
        bool is_filtered = hu->is_filtered || unit_filter_is_wanted(hu->host, unit);
        if (wanted == 0 && hu->controllers == 0 && !is_filtered) {
                hu->control_is_current = true;
                return 0;
        }
        return err_pass(bring_up_to_date(hu, wanted));
}

/* --- processes -------------------------------------------------------------------------------- */

int unit_control_directories(const Host *host, const Unit *unit, char ***directories) {
        const HostUnit *hu = host_unit_peek(unit);

        for (unsigned i = 0; hu && i < CONTROLLER_COUNT; i++) {
                const CgroupTree *tree = host->controllers->own[i];
                if (!(hu->controllers & BIT(i)) || !tree)
                        continue;
                AUTO_FREE char *group = host_unit_group_in(tree, unit);
                int r = group ? strv_take(directories, cgroup_tree_directory(tree, group))
                              : err_new(-ENOMEM);
                if (r < 0)
                        return err_pass(r);
        }
        return 0;
}

static void move_into(const HostUnit *hu, unsigned mask, const pid_t *pids, size_t n_pids) {
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++) {
                const CgroupTree *tree = hu->host->controllers->own[i];
                AUTO_FREE char *group =
                        (mask & BIT(i)) && tree ? host_unit_group_in(tree, hu->unit) : NULL;
                for (size_t j = 0; group && j < n_pids; j++)
                        (void)cgroup_tree_move(tree, group, pids[j]); /* it may have ended */
        }
}

void unit_control_move(const HostUnit *hu, const pid_t *pids, unsigned n_pids) {
        move_into(hu, hu->controllers, pids, n_pids);
}

bool unit_control_has(const HostUnit *hu, CgroupController which) {
        return hu->controllers & BIT(which);
}

/* Moves all in; how many there are now. Those that were made meanwhile are seen by the next look.
 */
static int move_all_into(const HostUnit *hu, CgroupController which, size_t *ret_n) {
        AUTO_FREE pid_t *pids = NULL;

        int r = unit_group_list(hu->host, hu->unit, &pids, ret_n);
        if (r == 0)
                move_into(hu, BIT(which), pids, *ret_n);
        return err_pass(r);
}

int unit_control_join(HostUnit *hu, CgroupController which) {
        size_t before = SIZE_MAX, n = 0;

        if (!hu->host->controllers->own[which])
                return err_new(-EOPNOTSUPP);
        int r = make_slices(hu->host, hu->unit->slice, BIT(which));
        if (r == 0 && !unit_control_has(hu, which))
                r = make_groups(hu, BIT(which));
        if (r < 0)
                return err_pass(r);
        if (!unit_control_has(hu, which))
                return err_new(-EOPNOTSUPP);
        host_unit_drop_plan(hu);
        host_unit_mark(hu->host, hu->unit);
        for (unsigned i = 0; r == 0 && n != before && i < LOOKS_MAX; i++) {
                before = n;
                r = move_all_into(hu, which, &n);
        }
        return err_pass(r);
}

/* --- changes ---------------------------------------------------------------------------------- */

void unit_control_outdate(HostUnit *hu) {
        host_unit_drop_plan(hu);
        hu->control_is_current = false;
}

static void apply(HostUnit *hu) {
        AUTO_FREE pid_t *pids = NULL;
        size_t n = 0;
        unsigned wanted = wanted_by(hu->host, hu->unit), before = hu->controllers;

        if (hu->unit->type == UNIT_SLICE)
                wanted |= before;
        bool is_enough = (wanted & available(hu->host) & ~before) == 0;
        bool is_filtered = hu->is_filtered || unit_filter_is_wanted(hu->host, hu->unit);
        if (hu->control_is_current && is_enough && !is_filtered)
                return;
        if (((wanted | before) == 0 && !is_filtered) || bring_up_to_date(hu, wanted) < 0)
                return; /* nothing to do, or no memory: the next reload tries again */
        unsigned fresh = hu->controllers & ~before;
        if (fresh && hu->group && unit_group_list(hu->host, hu->unit, &pids, &n) == 0)
                move_into(hu, fresh, pids, n);
}

static bool is_running(const HostUnit *hu) {
        return hu->unit->type == UNIT_SLICE
                       ? hu->controllers != 0
                       : hu->group && !active_state_is_down(unit_active_state(hu->unit));
}

static void apply_to(Host *host, bool slices) {
        for (Unit *unit = engine_next_unit(host->engine, NULL); unit;
             unit = engine_next_unit(host->engine, unit)) {
                HostUnit *hu = host_unit_peek(unit);
                if (hu && (unit->type == UNIT_SLICE) == slices && is_running(hu))
                        apply(hu);
        }
}

void unit_control_apply_all(Host *host) {
        if (host->groups->mode == CGROUP_NONE)
                return;
        apply_to(host, true);
        apply_to(host, false);
}

void unit_control_end_startup(Host *host) {
        static const unsigned with_startup =
                BIT(CONTROLLER_CPU) | BIT(CONTROLLER_CPUSET) | BIT(CONTROLLER_IO);
        bool found = false;

        for (Unit *unit = engine_next_unit(host->engine, NULL); unit;
             unit = engine_next_unit(host->engine, unit)) {
                HostUnit *hu = host_unit_peek(unit);
                if (!hu || !(hu->controllers & with_startup))
                        continue;
                hu->control_is_current = false;
                found = true;
        }
        if (found)
                unit_control_apply_all(host);
}

/* --- the end ---------------------------------------------------------------------------------- */

void unit_control_remove(HostUnit *hu) {
        unsigned left = 0;

        hu->address_counters = fd_close(hu->address_counters);
        hu->file_system_switch = fd_close(hu->file_system_switch);
        hu->is_filtered = false; /* the programs go with the group */
        if (hu->controllers == 0)
                return;
        for (unsigned i = 0; i < CONTROLLER_COUNT; i++) {
                const CgroupTree *tree = hu->host->controllers->own[i];
                if (!(hu->controllers & BIT(i)) || !tree)
                        continue;
                AUTO_FREE char *group = host_unit_group_in(tree, hu->unit);
                if (!group || cgroup_tree_remove(tree, group) < 0)
                        left |= BIT(i);
        }
        hu->controllers = left;
        hu->control_is_current = false;
        oom_watch_end(hu);
        host_unit_drop_plan(hu);
}

unsigned unit_control_save(const HostUnit *hu) {
        return hu->controllers | (hu->is_filtered ? UNIT_CONTROL_FILTERED : 0);
}

void unit_control_restore(HostUnit *hu, unsigned controllers) {
        hu->controllers = controllers & available(hu->host);
        hu->is_filtered = controllers & UNIT_CONTROL_FILTERED;
        hu->control_is_current = true;
        if (!(hu->controllers & BIT(CONTROLLER_MEMORY)))
                return;
        oom_watch_forget_past(hu);
        oom_watch_begin(hu);
}
