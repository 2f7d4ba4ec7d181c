/* SPDX-License-Identifier: Apache-2.0 */
#include "host/unit_filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/strv.h"
#include "host/address_filter.h"
#include "host/bpf_program.h"
#include "host/device_filter.h"
#include "host/device_rule.h"
#include "host/executor_report.h"
#include "host/file_system_filter.h"
#include "host/setting_default.h"
#include "host/socket_filter.h"

#define DEVICES_MAX (256 * 1024)

static bool has_controller(const Host *host) {
        return cgroup_controllers_version(host->controllers, CONTROLLER_DEVICES) != 0;
}

/* --- what is wanted --------------------------------------------------------------------------- */

static bool wants_devices(const Host *host, const Unit *unit) {
        return unit->spec && !has_controller(host) && device_rule_is_closed(unit->spec);
}

static bool counts_addresses(const Host *host, const Unit *unit) {
        return unit->spec && setting_is_on(host, unit, DIRECTIVE_IP_ACCOUNTING);
}

/* Slices have no processes: what they say is done at the units in them. */
static bool chain_has(const Unit *unit, DirectiveId first, DirectiveId second) {
        bool found = false;

        for (; unit && !found; unit = unit->slice)
                found = unit->spec &&
                        (unit_spec_find(unit->spec, first) || unit_spec_find(unit->spec, second));
        return found;
}

static bool wants_addresses(const Host *host, const Unit *unit) {
        return counts_addresses(host, unit) ||
               chain_has(unit, DIRECTIVE_IP_ADDRESS_DENY, DIRECTIVE_IP_ADDRESS_ALLOW);
}

static bool wants_binds(const Host *host UNUSED, const Unit *unit) {
        return chain_has(unit, DIRECTIVE_SOCKET_BIND_DENY, DIRECTIVE_SOCKET_BIND_ALLOW);
}

static bool wants_interfaces(const Host *host UNUSED, const Unit *unit) {
        return chain_has(
                unit, DIRECTIVE_RESTRICT_NETWORK_INTERFACES, DIRECTIVE_RESTRICT_NETWORK_INTERFACES);
}

/* The slices above have nothing to say about it: it is a setting of what is executed. */
static bool wants_file_systems(const Host *host UNUSED, const Unit *unit) {
        return unit->spec && unit_spec_find(unit->spec, DIRECTIVE_RESTRICT_FILE_SYSTEMS);
}

static bool wants_pinned(const Host *host UNUSED, const Unit *unit) {
        return chain_has(unit, DIRECTIVE_IP_INGRESS_FILTER_PATH, DIRECTIVE_IP_EGRESS_FILTER_PATH) ||
               chain_has(unit, DIRECTIVE_BPF_PROGRAM, DIRECTIVE_BPF_PROGRAM);
}

/* --- what is said ----------------------------------------------------------------------------- */

static void report(const HostUnit *hu, DirectiveId id, const char *level, const char *message) {
        const DirectiveRow *row = directive_row(hu->unit->type, id);
        const Value *value = hu->unit->spec ? unit_spec_find(hu->unit->spec, id) : NULL;

        if (row && value && unit_spec_asks(row, value))
                executor_report_add(hu->unit,
                                    "CGROUP",
                                    device_rule_is_implied_by(id) ? "weakened" : level,
                                    row->name,
                                    message);
}

static void report_error(const HostUnit *hu, const DirectiveId *settings, int error) {
        char message[160];

        (void)snprintf(message,
                       sizeof(message),
                       "a program cannot be attached to the control group: %s",
                       error == -EOPNOTSUPP ? "there is none of version 2"
                       : error == -E2BIG    ? "too many rules"
                                            : strerror(-error)); /* long enough */
        for (; *settings != DIRECTIVE_NONE; settings++)
                report(hu, *settings, "refused", message);
}

/* --- what is done ----------------------------------------------------------------------------- */

static int set_devices(HostUnit *hu, const char *directory) {
        AUTO(device_rules_done) DeviceRules rules = { 0 };
        AUTO_FREE char *devices = NULL;
        size_t length = 0;

        if (!wants_devices(hu->host, hu->unit))
                return has_controller(hu->host) ? 0 : err_pass(device_filter_set(directory, NULL));
        /* Without the text no class of devices is known. */
        (void)file_read("/proc/devices", DEVICES_MAX, &devices, &length, NULL);
        int r = device_rules_list(
                hu->unit->spec, (Str){ devices, length }, cgroup_find_node, &rules);
        return r < 0 ? err_pass(r) : err_pass(device_filter_set(directory, &rules));
}

static int set_addresses(HostUnit *hu, const char *directory) {
        AUTO_STRV char **allowed = NULL, **denied = NULL;
        int r = 0;

        for (const Unit *unit = hu->unit; unit && r >= 0; unit = unit->slice) {
                if (!unit->spec)
                        continue;
                r = strv_extend(&allowed, unit_spec_strv(unit->spec, DIRECTIVE_IP_ADDRESS_ALLOW));
                if (r >= 0)
                        r = strv_extend(&denied,
                                        unit_spec_strv(unit->spec, DIRECTIVE_IP_ADDRESS_DENY));
        }
        if (r < 0)
                return err_pass(r);
        const AddressRules rules = { allowed, denied, counts_addresses(hu->host, hu->unit) };
        return err_pass(address_filter_set(directory,
                                           wants_addresses(hu->host, hu->unit) ? &rules : NULL,
                                           &hu->address_counters));
}

static int set_binds(HostUnit *hu, const char *directory) {
        SocketBindLevel levels[SOCKET_FILTER_LEVELS];
        unsigned n = 0;

        for (const Unit *unit = hu->unit; unit; unit = unit->slice) {
                if (!unit->spec || !unit_spec_find(unit->spec, DIRECTIVE_SOCKET_BIND_DENY))
                        continue; /* who denies nothing allows everything */
                if (n == SOCKET_FILTER_LEVELS)
                        return err_new(-E2BIG);
                levels[n++] = (SocketBindLevel){
                        .allowed = unit_spec_strv(unit->spec, DIRECTIVE_SOCKET_BIND_ALLOW),
                        .denied = unit_spec_strv(unit->spec, DIRECTIVE_SOCKET_BIND_DENY),
                };
        }
        return err_pass(socket_bind_filter_set(directory, levels, n));
}

static int set_interfaces(HostUnit *hu, const char *directory) {
        InterfaceLevel levels[SOCKET_FILTER_LEVELS];
        const char *missing = NULL;
        char message[80];
        unsigned n = 0;

        for (const Unit *unit = hu->unit; unit; unit = unit->slice) {
                const Value *value =
                        unit->spec
                                ? unit_spec_find(unit->spec, DIRECTIVE_RESTRICT_NETWORK_INTERFACES)
                                : NULL;
                if (!value)
                        continue;
                if (n == SOCKET_FILTER_LEVELS)
                        return err_new(-E2BIG);
                levels[n++] = (InterfaceLevel){ value->strv, (value->flags & VALUE_INVERTED) != 0 };
        }
        int r = interface_filter_set(directory, levels, n, &missing);
        if (r == 0 && missing) {
                (void)snprintf(message, sizeof(message), "there is no interface %s", missing);
                report(hu, DIRECTIVE_RESTRICT_NETWORK_INTERFACES, "weakened", message);
        }
        return err_pass(r);
}

/* A program that is put in the place of one while the service runs must not open a gap; before the
 * first command the executor turns it on (sandbox/step_file_systems.c). */
static int set_file_systems(HostUnit *hu, const char *directory) {
        const Value *value =
                hu->unit->spec ? unit_spec_find(hu->unit->spec, DIRECTIVE_RESTRICT_FILE_SYSTEMS)
                               : NULL;
        const char *unknown = NULL;
        char message[120];
        int is_empty = cgroup_tree_is_empty(hu->host->groups, hu->group);

        if (is_empty < 0)
                return err_pass(is_empty);
        const FileSystemRules rules = {
                .names = value ? value->strv : NULL,
                .is_denied = value && (value->flags & VALUE_INVERTED),
                .is_on = !is_empty,
        };
        int r = file_system_filter_set(directory,
                                       &hu->host->file_system_hook,
                                       value ? &rules : NULL,
                                       &hu->file_system_switch,
                                       &unknown);
        if (r == -ENOSYS) {
                (void)snprintf(message,
                               sizeof(message),
                               "not supported by this kernel: %s",
                               hu->host->file_system_hook.lack); /* long enough */
                report(hu, DIRECTIVE_RESTRICT_FILE_SYSTEMS, "refused", message);
                return 0;
        }
        if (r == 0 && unknown) {
                (void)snprintf(message, sizeof(message), "no number of %s is known", unknown);
                report(hu, DIRECTIVE_RESTRICT_FILE_SYSTEMS, "weakened", message);
        }
        return err_pass(r);
}

/* Where programs of BPFProgram= go, by the names that the kind knows. */
static const struct {
        const char *name;
        enum bpf_attach_type type;
} attach_types[] = {
        { "ingress", BPF_CGROUP_INET_INGRESS },
        { "egress", BPF_CGROUP_INET_EGRESS },
        { "sock_create", BPF_CGROUP_INET_SOCK_CREATE },
        { "sock_ops", BPF_CGROUP_SOCK_OPS },
        { "device", BPF_CGROUP_DEVICE },
        { "bind4", BPF_CGROUP_INET4_BIND },
        { "bind6", BPF_CGROUP_INET6_BIND },
        { "connect4", BPF_CGROUP_INET4_CONNECT },
        { "connect6", BPF_CGROUP_INET6_CONNECT },
        { "post_bind4", BPF_CGROUP_INET4_POST_BIND },
        { "post_bind6", BPF_CGROUP_INET6_POST_BIND },
        { "sendmsg4", BPF_CGROUP_UDP4_SENDMSG },
        { "sendmsg6", BPF_CGROUP_UDP6_SENDMSG },
        { "sysctl", BPF_CGROUP_SYSCTL },
        { "recvmsg4", BPF_CGROUP_UDP4_RECVMSG },
        { "recvmsg6", BPF_CGROUP_UDP6_RECVMSG },
        { "getsockopt", BPF_CGROUP_GETSOCKOPT },
        { "setsockopt", BPF_CGROUP_SETSOCKOPT },
};

static void attach_pinned(const HostUnit *hu,
                          DirectiveId id,
                          const char *directory,
                          const char *path,
                          enum bpf_attach_type type) {
        char message[200];
        int r = bpf_program_attach_pinned(path, directory, type);

        if (r == 0)
                return;
        (void)snprintf(
                message, sizeof(message), "%s: %s", path, strerror(-r)); /* cut where too long */
        report(hu, id, "refused", message);
}

static void attach_by_type(const HostUnit *hu, const char *directory, const UnitSpec *spec) {
        const RuleList *list = unit_spec_rules(spec, DIRECTIVE_BPF_PROGRAM);

        for (unsigned i = 0; list && i < list->n_rules; i++)
                for (unsigned j = 0; j < ARRAY_LENGTH(attach_types); j++)
                        if (streq(list->rules[i].source, attach_types[j].name))
                                attach_pinned(hu,
                                              DIRECTIVE_BPF_PROGRAM,
                                              directory,
                                              list->rules[i].target,
                                              attach_types[j].type);
}

/* Programs that somebody loaded and pinned. */
static int set_pinned(HostUnit *hu, const char *directory) {
        static const struct {
                DirectiveId id;
                enum bpf_attach_type type;
        } directions[] = {
                { DIRECTIVE_IP_INGRESS_FILTER_PATH, BPF_CGROUP_INET_INGRESS },
                { DIRECTIVE_IP_EGRESS_FILTER_PATH, BPF_CGROUP_INET_EGRESS },
        };
        for (const Unit *unit = hu->unit; unit; unit = unit->slice) {
                if (!unit->spec)
                        continue;
                for (unsigned i = 0; i < ARRAY_LENGTH(directions); i++)
                        STRV_FOREACH(path, unit_spec_strv(unit->spec, directions[i].id))
                attach_pinned(hu, directions[i].id, directory, *path, directions[i].type);
                attach_by_type(hu, directory, unit->spec);
        }
        return 0;
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct {
        bool (*wants)(const Host *host, const Unit *unit);
        int (*set)(HostUnit *hu, const char *directory);
        DirectiveId settings[5]; /* up to DIRECTIVE_NONE */
} filters[] = {
        { wants_devices,
          set_devices,
          { DIRECTIVE_DEVICE_ALLOW,
            DIRECTIVE_DEVICE_POLICY,
            DIRECTIVE_PRIVATE_DEVICES,
            DIRECTIVE_PROTECT_CLOCK } },
        { wants_addresses,
          set_addresses,
          { DIRECTIVE_IP_ACCOUNTING, DIRECTIVE_IP_ADDRESS_ALLOW, DIRECTIVE_IP_ADDRESS_DENY } },
        { wants_binds, set_binds, { DIRECTIVE_SOCKET_BIND_ALLOW, DIRECTIVE_SOCKET_BIND_DENY } },
        { wants_interfaces, set_interfaces, { DIRECTIVE_RESTRICT_NETWORK_INTERFACES } },
        { wants_file_systems, set_file_systems, { DIRECTIVE_RESTRICT_FILE_SYSTEMS } },
        { wants_pinned,
          set_pinned,
          { DIRECTIVE_BPF_PROGRAM,
            DIRECTIVE_IP_EGRESS_FILTER_PATH,
            DIRECTIVE_IP_INGRESS_FILTER_PATH } },
};

bool unit_filter_is_wanted(const Host *host, const Unit *unit) {
        for (unsigned i = 0; unit->type != UNIT_SLICE && i < ARRAY_LENGTH(filters); i++)
                if (filters[i].wants(host, unit))
                        return true;
        return false;
}

int unit_filter_set(HostUnit *hu) {
        const Host *host = hu->host;
        bool has_groups = host->groups->mode == CGROUP_UNIFIED && hu->group;
        AUTO_FREE char *directory =
                has_groups ? cgroup_tree_directory(host->groups, hu->group) : NULL;

        if (has_groups && !directory)
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < ARRAY_LENGTH(filters); i++) {
                bool is_wanted = filters[i].wants(host, hu->unit);
                if (!is_wanted && !hu->is_filtered)
                        continue; /* there is nothing of ours to be taken away */
                int r = directory ? filters[i].set(hu, directory) : -EOPNOTSUPP;
                if (r < 0 && is_wanted)
                        report_error(hu, filters[i].settings, r);
        }
        hu->is_filtered = unit_filter_is_wanted(host, hu->unit);
        return 0;
}
