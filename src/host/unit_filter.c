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
#include "host/device_filter.h"
#include "host/device_rule.h"
#include "host/executor_report.h"

#define DEVICES_MAX (256 * 1024)

static const DirectiveId device_settings[] = { DIRECTIVE_DEVICE_ALLOW,
                                               DIRECTIVE_DEVICE_POLICY,
                                               DIRECTIVE_PRIVATE_DEVICES,
                                               DIRECTIVE_PROTECT_CLOCK };
static const DirectiveId address_settings[] = { DIRECTIVE_IP_ACCOUNTING,
                                                DIRECTIVE_IP_ADDRESS_ALLOW,
                                                DIRECTIVE_IP_ADDRESS_DENY };

static bool has_controller(const Host *host) {
        return cgroup_controllers_version(host->controllers, CONTROLLER_DEVICES) != 0;
}

static bool wants_devices(const Host *host, const Unit *unit) {
        return unit->spec && !has_controller(host) && device_rule_is_closed(unit->spec);
}

static bool counts_addresses(const Unit *unit) {
        return unit->spec && unit_spec_bool(unit->spec, DIRECTIVE_IP_ACCOUNTING);
}

/* Slices have no processes: what they say is done at the units in them. */
static bool wants_addresses(const Unit *unit) {
        bool found = counts_addresses(unit);

        for (; unit && !found; unit = unit->slice)
                found = unit->spec && (unit_spec_find(unit->spec, DIRECTIVE_IP_ADDRESS_DENY) ||
                                       unit_spec_find(unit->spec, DIRECTIVE_IP_ADDRESS_ALLOW));
        return found;
}

bool unit_filter_is_wanted(const Host *host, const Unit *unit) {
        return unit->type != UNIT_SLICE && (wants_devices(host, unit) || wants_addresses(unit));
}

static void
report(const HostUnit *hu, const DirectiveId *settings, unsigned n_settings, int error) {
        char message[160];

        (void)snprintf(message,
                       sizeof(message),
                       "a program cannot be attached to the control group: %s",
                       error == -EOPNOTSUPP ? "there is none of version 2"
                                            : strerror(-error)); /* long enough */
        for (unsigned i = 0; i < n_settings; i++) {
                const DirectiveRow *row = directive_row(hu->unit->type, settings[i]);
                const Value *value =
                        hu->unit->spec ? unit_spec_find(hu->unit->spec, settings[i]) : NULL;
                if (row && value && unit_spec_asks(row, value))
                        executor_report_add(hu->unit,
                                            "CGROUP",
                                            device_rule_is_implied_by(settings[i]) ? "weakened"
                                                                                   : "refused",
                                            row->name,
                                            message);
        }
}

static int set_devices(const HostUnit *hu, const char *directory) {
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
        const AddressRules rules = { allowed, denied, counts_addresses(hu->unit) };
        return err_pass(address_filter_set(
                directory, wants_addresses(hu->unit) ? &rules : NULL, &hu->address_counters));
}

int unit_filter_set(HostUnit *hu) {
        const Host *host = hu->host;
        bool has_groups = host->groups->mode == CGROUP_UNIFIED && hu->group;
        AUTO_FREE char *directory =
                has_groups ? cgroup_tree_directory(host->groups, hu->group) : NULL;

        if (has_groups && !directory)
                return err_new(-ENOMEM);
        int r = directory ? set_devices(hu, directory) : -EOPNOTSUPP;
        if (r < 0 && wants_devices(host, hu->unit))
                report(hu, device_settings, ARRAY_LENGTH(device_settings), r);
        r = directory ? set_addresses(hu, directory) : -EOPNOTSUPP;
        if (r < 0)
                report(hu, address_settings, ARRAY_LENGTH(address_settings), r);
        hu->is_filtered = unit_filter_is_wanted(host, hu->unit);
        return 0;
}
