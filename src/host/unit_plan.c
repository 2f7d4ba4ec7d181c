/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/strv.h"
#include "host/host_environment.h"
#include "host/unit_control.h"
#include "host/unit_logs.h"
#include "host/unit_name_space.h"
#include "unit/kind.h"

/* Adds the manager's defaults (DefaultLimitNOFILE= and so on) that the unit does not set. NULL in
 * `ret` when there is nothing to add. */
static int add_defaults(const Host *host, const UnitSpec *spec, UnitSpec **ret) {
        AUTO(unit_spec_free) UnitSpec *copy = NULL;
        const UnitSpec *defaults = host->options.config->service_defaults;

        for (unsigned i = 0; defaults && i < defaults->n_values; i++) {
                const Value *value = &defaults->values[i];
                if (unit_spec_find(spec, (DirectiveId)value->id))
                        continue;
                int r = copy ? 0 : unit_spec_copy(spec, &copy);
                if (r == 0)
                        r = unit_spec_put(copy, value);
                if (r < 0)
                        return err_pass(r);
        }
        *ret = STEAL(copy);
        return 0;
}

static int list_groups(const Host *host, const Unit *unit, char ***ret) {
        AUTO_FREE char *group = host_unit_group_name(host, unit);

        *ret = NULL;
        if (host->groups->mode == CGROUP_NONE)
                return 0;
        if (!group)
                return err_new(-ENOMEM);
        int r = strv_take(ret, cgroup_tree_directory(host->groups, group));
        return r < 0 ? err_pass(r) : err_pass(unit_control_directories(host, unit, ret));
}

/* Those of a user's manager are in the environment of its services anyway. */
static const char *received_credentials(const Host *host) {
        char *const *found = host_environment_find(host->own_environment, "CREDENTIALS_DIRECTORY");
        const char *path = found ? strchr(*found, '=') + 1 : NULL;

        return path && *path == '/' ? path : NULL;
}

int unit_plan_print(Host *host, Unit *unit, StrBuf *out) {
        AUTO_STRV char **groups = NULL;
        AUTO(unit_spec_free) UnitSpec *with_defaults = NULL;
        AUTO_FREE char *log_file = unit_logs_path(host->logs, unit->id);
        const HostUnit *hu = host_unit_peek(unit);
        AUTO_FREE char *network = hu ? unit_name_space_network(hu) : NULL;
        AUTO_FREE char *ipc = hu ? unit_name_space_ipc(hu) : NULL;

        if (!unit->spec || !log_file)
                return err_new(unit->spec ? -ENOMEM : -ENOENT);
        int r = list_groups(host, unit, &groups);
        if (r == 0)
                r = add_defaults(host, unit->spec, &with_defaults);
        if (r < 0)
                return err_pass(r);
        const SpecifierMachine *machine = &host->machine;
        const HostPlanFacts facts = {
                .unit = unit->id,
                .scope = host->options.paths->scope,
                .control_groups = groups,
                .log_file = log_file,
                .log_socket = access(host->options.paths->journal_stream, F_OK) == 0
                                      ? host->options.paths->journal_stream
                                      : NULL,
                .runtime_root = machine->runtime_root,
                .state_root = machine->state_root,
                .cache_root = machine->cache_root,
                .logs_root = machine->logs_root,
                .configuration_root = machine->configuration_root,
                .inaccessible = host->inaccessible,
                .network = network,
                .ipc = ipc,
                .private_tmp = hu ? hu->private_tmp : NULL,
                .received_credentials = received_credentials(host),
                .private_var_tmp = hu ? hu->private_var_tmp : NULL,
                .dynamic_uid = hu ? hu->dynamic_uid : 0,
                .strict = host->options.strict,
        };
        const UnitSpec *spec = with_defaults ? with_defaults : unit->spec;
        r = host->options.print_plan(host->options.print_userdata, &facts, spec, out);
        return r < 0 ? err_pass(r) : err_pass(strbuf_result(out));
}

int unit_plan_open(HostUnit *hu) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        if (hu->plan_fd >= 0 && hu->plan_spec == hu->unit->spec)
                return hu->plan_fd;
        host_unit_drop_plan(hu);
        int r = unit_plan_print(hu->host, hu->unit, &text);
        if (r < 0)
                return err_pass(r);
        int fd = fd_new_sealed("plan", strbuf_text(&text), text.length);
        if (fd < 0)
                return err_pass(fd);
        hu->plan_fd = fd;
        hu->plan_number++;
        hu->plan_spec = hu->unit->spec;
        return fd;
}
