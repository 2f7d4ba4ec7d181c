/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/bus_callbacks.h"

#include <errno.h>
#include <fcntl.h>
#include <syslog.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/keeper_protocol.h"
#include "base/strv.h"
#include "host/dynamic_user.h"
#include "host/fd_store.h"
#include "host/host_environment.h"
#include "host/setting_default.h"
#include "host/spawn.h"
#include "host/transient_files.h"
#include "host/unit_bind.h"
#include "host/unit_clean.h"
#include "host/unit_file_change.h"
#include "host/unit_file_state.h"
#include "host/unit_freeze.h"
#include "host/unit_group.h"
#include "host/unit_inspect.h"
#include "host/unit_logs.h"
#include "host/unit_plan.h"
#include "sandbox/call_set.h"
#include "sandbox/exec_plan.h"
#include "sandbox/identity.h"

static int each_process(void *userdata, Unit *unit, BusProcessFunction *add, void *add_userdata) {
        Manager *manager = userdata;
        return err_pass(unit_inspect_processes(manager->host, unit, add, add_userdata));
}

static int control_group(void *userdata, Unit *unit, char **ret_path) {
        const Manager *manager = userdata;
        *ret_path = unit_inspect_group(manager->host, unit);
        return 0;
}

static Unit *unit_of_process(void *userdata, pid_t pid) {
        Manager *manager = userdata;
        return unit_group_find(manager->host, pid);
}

static Unit *unit_of_control_group(void *userdata, const char *path) {
        const Manager *manager = userdata;
        AUTO_FREE char *name = cgroup_tree_unit_of_group(manager->host->groups, path);
        return name ? engine_find_unit(manager->host->engine, name) : NULL;
}

static const Value *default_value(void *userdata, Unit *unit, DirectiveId id, Value *scratch) {
        const Manager *manager = userdata;
        return setting_default_find(manager->host, unit, id, scratch);
}

static char *dynamic_user_name(const Unit *unit) {
        return identity_dynamic_name(unit->id);
}

static void figures(void *userdata, Unit *unit, BusFigures *ret) {
        const Manager *manager = userdata;
        UnitFigures found;

        unit_inspect_figures(manager->host, unit, &found);
        ret->memory_current = found.memory_bytes;
        ret->cpu_usage_nsec = found.cpu_nsec;
        ret->tasks_current = found.n_tasks;
        ret->memory_available = found.memory_available;
        ret->io_read_bytes = found.io_read_bytes;
        ret->io_read_operations = found.io_read_operations;
        ret->io_write_bytes = found.io_write_bytes;
        ret->io_write_operations = found.io_write_operations;
        ret->ip_ingress_bytes = found.ip_in_bytes;
        ret->ip_ingress_packets = found.ip_in_packets;
        ret->ip_egress_bytes = found.ip_out_bytes;
        ret->ip_egress_packets = found.ip_out_packets;
        ret->group_id = found.group_id;
        ret->uid = found.uid;
        ret->gid = found.gid;
}

static char *const *environment(void *userdata) {
        const Manager *manager = userdata;
        return manager->host->environment;
}

static int change_environment(void *userdata, char *const *unset, char *const *set) {
        Manager *manager = userdata;
        STRV_FOREACH(item, set)
        if (!environment_assignment_is_valid(*item))
                return err_new(-EINVAL);
        STRV_FOREACH(item, unset)
        if (!environment_name_is_valid(*item))
                return err_new(-EINVAL);
        host_environment_unset(manager->host->environment, unset);
        return err_pass(host_environment_set(&manager->host->environment, set));
}

static int reload(void *userdata) {
        return err_pass(manager_reload(userdata));
}

static int reexecute(void *userdata) {
        manager_begin_anew(userdata);
        return 0;
}

static int exit_manager(void *userdata, const char *verb, int exit_code) {
        Manager *manager = userdata;
        log_line(&manager->log,
                 LOG_NOTICE,
                 NULL,
                 "A client asks for %s, stopping everything.",
                 verb);
        manager_stop(manager, streq(verb, "reboot") ? KEEPER_QUIT_REBOOT : exit_code);
        return 0;
}

static int each_unit_file(void *userdata, BusUnitFileFunction *add, void *add_userdata) {
        Manager *manager = userdata;
        return err_pass(unit_file_state_each(manager->host, add, add_userdata));
}

static int unit_file_state(void *userdata, const char *name, char **ret_state) {
        Manager *manager = userdata;
        const char *state;
        int r = unit_file_state_get(manager->host, name, &state);
        if (r < 0)
                return err_pass(r);
        *ret_state = str_dup(str_of(state));
        return *ret_state ? 0 : err_new(-ENOMEM);
}

static int unit_file_preset(void *userdata, const char *name, char **ret_preset) {
        Manager *manager = userdata;
        const char *preset;
        int r = unit_file_state_preset(manager->host, name, &preset);
        if (r < 0)
                return err_pass(r);
        *ret_preset = str_dup(str_of(preset));
        return *ret_preset ? 0 : err_new(-ENOMEM);
}

static const UnitInstallOptions *unit_file_options(void *userdata) {
        const Manager *manager = userdata;
        return &manager->host->install_options;
}

static void forget_unit_files(void *userdata) {
        Manager *manager = userdata;
        unit_file_state_forget(manager->host);
}

static int default_target(void *userdata, char **ret_name) {
        Manager *manager = userdata;
        return err_pass(unit_file_default_target(manager->host, ret_name));
}

static int log_path(void *userdata, Unit *unit, char **ret_path) {
        const Manager *manager = userdata;
        *ret_path = unit_logs_path(manager->host->logs, unit->id);
        return *ret_path ? 0 : err_new(-ENOMEM);
}

static int plan_text(void *userdata, Unit *unit, StrBuf *out) {
        Manager *manager = userdata;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        int r = unit_plan_print(manager->host, unit, &text);
        if (r < 0)
                return err_pass(r);
        exec_plan_show((Str){ strbuf_text(&text), text.length }, out);
        return err_pass(strbuf_result(out));
}

static int freeze_unit(void *userdata, Unit *unit, bool freeze) {
        Manager *manager = userdata;
        return err_pass(unit_freeze(manager->host, unit, freeze));
}

static bool can_freeze(void *userdata, Unit *unit) {
        const Manager *manager = userdata;
        return unit_can_freeze(manager->host, unit);
}

static bool is_frozen(void *userdata, Unit *unit) {
        Manager *manager = userdata;
        return unit_is_frozen(manager->host, unit);
}

static int
attach(void *userdata, Unit *unit, const char *sub_group, const pid_t *pids, unsigned n_pids) {
        Manager *manager = userdata;
        HostUnit *hu = host_unit_get(manager->host, unit);
        return hu ? unit_group_attach(hu, sub_group, pids, n_pids) : err_new(-ENOMEM);
}

static int bind_mount(void *userdata, Unit *unit, const BusBindMount *request) {
        (void)userdata;
        const UnitBind bind = { .source = request->source,
                                .destination = request->destination,
                                .read_only = request->read_only,
                                .make = request->make };
        return err_pass(unit_bind(unit, &bind));
}

static int clean(void *userdata, Unit *unit, unsigned kinds) {
        Manager *manager = userdata;
        return err_pass(unit_clean(manager->host, unit, kinds));
}

static int each_dynamic_user(void *userdata, BusDynamicUserFunction *add, void *add_userdata) {
        const Manager *manager = userdata;
        AUTO_FREE char *directory = host_dynamic_user_directory(manager->host);
        return directory ? dynamic_user_each(directory, add, add_userdata) : err_new(-ENOMEM);
}

static int make_transient(void *userdata, const char *name, const char *text, UnitSpec **ret) {
        Manager *manager = userdata;
        return err_pass(transient_files_make(manager->host, name, text, ret));
}

static int keep_stream(void *userdata, Unit *unit, const char *name, int fd) {
        Manager *manager = userdata;
        HostUnit *hu = host_unit_get(manager->host, unit);
        int copy = fcntl(fd, F_DUPFD_CLOEXEC, SPAWN_FIRST_FD + 1);
        if (copy < 0)
                return err_new(-errno);
        AUTO_FD int owned = copy;
        int r = hu ? fd_store_add(hu, owned, name, false) : -ENOMEM;
        if (r < 0)
                return err_pass(r);
        (void)steal_fd(&owned); /* belongs to the store now */
        return 0;
}

static void drop_transient(void *userdata, const char *name) {
        const Manager *manager = userdata;
        transient_files_drop(manager->host, name);
}

static int
write_setting(void *userdata, Unit *unit, const char *setting, const char *text, bool runtime) {
        Manager *manager = userdata;
        return err_pass(transient_files_set(manager->host, unit, setting, text, runtime));
}

static int reload_unit(void *userdata, Unit *unit) {
        Manager *manager = userdata;
        return err_pass(unit_file_change_reload_one(manager->host, unit));
}

static int log_level(void *userdata) {
        const Manager *manager = userdata;
        return manager->log.max_level;
}

static int set_log_level(void *userdata, int level) {
        Manager *manager = userdata;
        manager->log.max_level = level;
        return 0;
}

/* What Delegate=yes hands over in version 2, as systemd tells it; NULL in version 1, where each
 * controller has groups of its own. */
static const char *controllers_of(const Host *host) {
        return host->groups->mode == CGROUP_UNIFIED ? "cpu cpuset io memory pids" : NULL;
}

int bus_callbacks_fill(Manager *manager, BusHost *ret) {
        char *const *directories = unit_search_directories(manager->host->search);

        int r = strv_extend(&manager->unit_paths, directories);
        if (r < 0)
                return err_pass(r);
        *ret = (BusHost){
                .userdata = manager,
                .machine = {
                        .architecture = manager->host->machine.architecture,
                        .unit_paths = manager->unit_paths,
                        .userspace_usec = clock_realtime_usec(),
                        .userspace_monotonic_usec = clock_monotonic_usec(),
                        .tasks = manager->host->controllers->tasks,
                        .controllers = controllers_of(manager->host),
                        .file_limit = manager->host->spawner->child->file_limit,
                },
                .each_process = each_process,
                .control_group = control_group,
                .unit_of_process = unit_of_process,
                .unit_of_control_group = unit_of_control_group,
                .figures = figures,
                .default_value = default_value,
                .system_calls = call_set_print,
                .dynamic_user_name = dynamic_user_name,
                .environment = environment,
                .change_environment = change_environment,
                .reload = reload,
                .reexecute = reexecute,
                .exit = exit_manager,
                .each_unit_file = each_unit_file,
                .unit_file_state = unit_file_state,
                .unit_file_preset = unit_file_preset,
                .unit_file_options = unit_file_options,
                .forget_unit_files = forget_unit_files,
                .default_target = default_target,
                .log_path = log_path,
                .plan_text = plan_text,
                .freeze = freeze_unit,
                .is_frozen = is_frozen,
                .can_freeze = can_freeze,
                .clean = clean,
                .bind_mount = bind_mount,
                .attach = attach,
                .each_dynamic_user = each_dynamic_user,
                .make_transient = make_transient,
                .keep_stream = keep_stream,
                .drop_transient = drop_transient,
                .write_setting = write_setting,
                .reload_unit = reload_unit,
                .log_level = log_level,
                .set_log_level = set_log_level,
        };
        return 0;
}
