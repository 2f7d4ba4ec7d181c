/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/unit_check.h"

#include "base/duration.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "unit/kinds.h"
#include "unit/unit_enums.h"
#include "unit/unit_mount.h"
#include "unit/unit_service.h"

typedef struct CheckRule {
        UnitType type; /* UNIT_TYPE_COUNT: all types */
        bool warning;  /* only worth a word; otherwise the unit is refused */
        bool (*applies)(const UnitSpec *spec);
        const char *text;
} CheckRule;

static unsigned n_commands(const UnitSpec *spec, DirectiveId id) {
        const CommandList *list = unit_spec_commands(spec, id);

        return list ? list->n_commands : 0;
}

static bool has_start(const UnitSpec *spec) {
        return n_commands(spec, DIRECTIVE_EXEC_START) > 0;
}

static bool has_success_action(const UnitSpec *spec) {
        return unit_spec_number(spec, DIRECTIVE_SUCCESS_ACTION) != EMERGENCY_NONE;
}

static bool is_oneshot(const UnitSpec *spec) {
        return unit_service_type(spec) == SERVICE_TYPE_ONESHOT;
}

static bool does_nothing(const UnitSpec *spec) {
        return !has_start(spec) && n_commands(spec, DIRECTIVE_EXEC_STOP) == 0 &&
               !has_success_action(spec);
}

static bool lacks_start(const UnitSpec *spec) {
        return !is_oneshot(spec) && !has_start(spec);
}

static bool never_stays(const UnitSpec *spec) {
        return !has_start(spec) && !unit_spec_bool(spec, DIRECTIVE_REMAIN_AFTER_EXIT) &&
               !has_success_action(spec);
}

static bool has_many_starts(const UnitSpec *spec) {
        return !is_oneshot(spec) && n_commands(spec, DIRECTIVE_EXEC_START) > 1;
}

static bool oneshot_restarts(const UnitSpec *spec) {
        uint64_t restart = unit_spec_number(spec, DIRECTIVE_RESTART);

        return is_oneshot(spec) && (restart == RESTART_ALWAYS || restart == RESTART_ON_SUCCESS);
}

static bool oneshot_forces_restart(const UnitSpec *spec) {
        static const ExitSet none = { 0 };
        const ExitSet *set = unit_spec_exit_set(spec, DIRECTIVE_RESTART_FORCE_EXIT_STATUS);

        return is_oneshot(spec) && set && memcmp(set, &none, sizeof(none)) != 0;
}

static bool oneshot_exits_by_group(const UnitSpec *spec) {
        return is_oneshot(spec) && unit_spec_number(spec, DIRECTIVE_EXIT_TYPE) == EXIT_TYPE_CGROUP;
}

static bool lacks_bus_name(const UnitSpec *spec) {
        return unit_service_type(spec) == SERVICE_TYPE_DBUS &&
               !unit_spec_text(spec, DIRECTIVE_BUS_NAME);
}

static bool kills_only(const UnitSpec *spec, KillMode allowed, KillMode also_allowed) {
        uint64_t mode = unit_spec_number(spec, DIRECTIVE_KILL_MODE);

        return mode == allowed || mode == also_allowed;
}

static bool service_pam_kill_mode(const UnitSpec *spec) {
        return unit_spec_text(spec, DIRECTIVE_PAM_NAME) &&
               !kills_only(spec, KILL_MODE_CONTROL_GROUP, KILL_MODE_MIXED);
}

static bool pam_kill_mode(const UnitSpec *spec) {
        return unit_spec_text(spec, DIRECTIVE_PAM_NAME) &&
               !kills_only(spec, KILL_MODE_CONTROL_GROUP, KILL_MODE_CONTROL_GROUP);
}

static bool lacks_usb_strings(const UnitSpec *spec) {
        return unit_spec_text(spec, DIRECTIVE_USB_FUNCTION_DESCRIPTORS) &&
               !unit_spec_text(spec, DIRECTIVE_USB_FUNCTION_STRINGS);
}

static bool lacks_usb_descriptors(const UnitSpec *spec) {
        return !unit_spec_text(spec, DIRECTIVE_USB_FUNCTION_DESCRIPTORS) &&
               unit_spec_text(spec, DIRECTIVE_USB_FUNCTION_STRINGS);
}

static bool has_runtime_limit(const UnitSpec *spec) {
        return unit_spec_find(spec, DIRECTIVE_RUNTIME_MAX_SEC) &&
               unit_spec_number(spec, DIRECTIVE_RUNTIME_MAX_SEC) != USEC_INFINITY;
}

static bool oneshot_has_runtime_limit(const UnitSpec *spec) {
        return is_oneshot(spec) && has_runtime_limit(spec);
}

static bool has_extra_without_limit(const UnitSpec *spec) {
        return !has_runtime_limit(spec) &&
               unit_spec_find(spec, DIRECTIVE_RUNTIME_RANDOMIZED_EXTRA_SEC) &&
               unit_spec_number(spec, DIRECTIVE_RUNTIME_RANDOMIZED_EXTRA_SEC) != 0;
}

/* --- sockets, timers, paths
 * ----------------------------------------------------------------------- */

static bool lacks_listen(const UnitSpec *spec) {
        return !unit_spec_rules(spec, DIRECTIVE_LISTEN);
}

static bool can_accept(const Rule *rule) {
        return rule->variant == LISTEN_STREAM || rule->variant == LISTEN_SEQUENTIAL_PACKET;
}

static bool accepts_without_connections(const UnitSpec *spec) {
        const RuleList *list = unit_spec_rules(spec, DIRECTIVE_LISTEN);

        if (!unit_spec_bool(spec, DIRECTIVE_ACCEPT))
                return false;
        for (unsigned i = 0; list && i < list->n_rules; i++)
                if (!can_accept(&list->rules[i]))
                        return true;
        return false;
}

static bool accepts_too_few(const UnitSpec *spec) {
        return unit_spec_bool(spec, DIRECTIVE_ACCEPT) &&
               unit_spec_number(spec, DIRECTIVE_MAX_CONNECTIONS) == 0;
}

static bool accepts_for_one_service(const UnitSpec *spec) {
        return unit_spec_bool(spec, DIRECTIVE_ACCEPT) && unit_spec_text(spec, DIRECTIVE_SERVICE);
}

static bool is_file_system_node(const Rule *rule) {
        switch ((ListenType)rule->variant) {
        case LISTEN_FIFO:
                return true;
        case LISTEN_STREAM:
        case LISTEN_DATAGRAM:
        case LISTEN_SEQUENTIAL_PACKET:
                return rule->source && rule->source[0] == '/';
        case LISTEN_NETLINK:
        case LISTEN_SPECIAL:
        case LISTEN_MESSAGE_QUEUE:
        case LISTEN_USB_FUNCTION:
                return false;
        }
        return false;
}

static bool has_ambiguous_symlinks(const UnitSpec *spec) {
        const RuleList *list = unit_spec_rules(spec, DIRECTIVE_LISTEN);
        unsigned n_nodes = 0;

        if (!unit_spec_strv(spec, DIRECTIVE_SYMLINKS))
                return false;
        for (unsigned i = 0; list && i < list->n_rules; i++)
                n_nodes += is_file_system_node(&list->rules[i]);
        return n_nodes != 1;
}

static bool never_elapses(const UnitSpec *spec) {
        return !unit_spec_rules(spec, DIRECTIVE_TIMERS) &&
               !unit_spec_bool(spec, DIRECTIVE_ON_CLOCK_CHANGE) &&
               !unit_spec_bool(spec, DIRECTIVE_ON_TIMEZONE_CHANGE);
}

static bool watches_nothing(const UnitSpec *spec) {
        return !unit_spec_rules(spec, DIRECTIVE_PATHS);
}

/* --- mounts, swaps, slices
 * ------------------------------------------------------------------------ */

static bool is_named_after(const UnitSpec *spec, const char *path, const char *suffix) {
        AUTO_FREE char *name = NULL;

        return unit_name_from_path(path, suffix, &name) >= 0 && streq(name, spec->name);
}

static bool where_is_not_the_name(const UnitSpec *spec) {
        AUTO_FREE char *where = NULL;
        const char *suffix = spec->type == UNIT_MOUNT ? ".mount" : ".automount";

        return unit_mount_where(spec, &where) < 0 || !is_named_after(spec, where, suffix);
}

static bool where_is_root(const UnitSpec *spec) {
        AUTO_FREE char *where = NULL;

        return unit_mount_where(spec, &where) >= 0 && streq(where, "/");
}

static bool is_api_mount(const UnitSpec *spec) {
        AUTO_FREE char *where = NULL;

        return unit_mount_where(spec, &where) >= 0 && unit_mount_is_api(where);
}

static bool lacks_what(const UnitSpec *spec) {
        return !unit_spec_text(spec, DIRECTIVE_WHAT) && !where_is_root(spec);
}

static bool what_is_not_the_name(const UnitSpec *spec) {
        AUTO_FREE char *what = NULL;

        return unit_swap_what(spec, &what) < 0 || !is_named_after(spec, what, ".swap");
}

static bool is_outside_of_parent(const UnitSpec *spec) {
        const char *slice = unit_spec_text(spec, DIRECTIVE_SLICE);
        AUTO_FREE char *parent = NULL;

        if (!slice || unit_name_slice_parent(spec->name, &parent) < 0)
                return false;
        return !parent || !streq(slice, parent);
}

/* --- all types
 * ------------------------------------------------------------------------------------ */

static bool isolates_many(const UnitSpec *spec, DirectiveId mode, DirectiveId list) {
        return unit_spec_number(spec, mode) == JOB_MODE_ISOLATE &&
               strv_length(unit_spec_strv(spec, list)) > 1;
}

static bool failure_isolates_many(const UnitSpec *spec) {
        return isolates_many(spec, DIRECTIVE_ON_FAILURE_JOB_MODE, DIRECTIVE_ON_FAILURE);
}

static bool success_isolates_many(const UnitSpec *spec) {
        return isolates_many(spec, DIRECTIVE_ON_SUCCESS_JOB_MODE, DIRECTIVE_ON_SUCCESS);
}

static bool running_timeout_is_late(const UnitSpec *spec) {
        const Value *running = unit_spec_find(spec, DIRECTIVE_JOB_RUNNING_TIMEOUT_SEC);
        uint64_t total = unit_spec_number(spec, DIRECTIVE_JOB_TIMEOUT_SEC);

        if (!unit_spec_find(spec, DIRECTIVE_JOB_TIMEOUT_SEC))
                total = USEC_INFINITY;
        return running && running->number != USEC_INFINITY && running->number > total;
}

/* clang-format off */
static const CheckRule rules[] = {
        { UNIT_SERVICE, false, does_nothing, "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing." },
        { UNIT_SERVICE, false, lacks_start, "Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing." },
        { UNIT_SERVICE, false, never_stays, "Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes set. Refusing." },
        { UNIT_SERVICE, false, has_many_starts, "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing." },
        { UNIT_SERVICE, false, oneshot_restarts, "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing." },
        { UNIT_SERVICE, false, oneshot_forces_restart, "Service has RestartForceExitStatus= set, which isn't allowed for Type=oneshot services. Refusing." },
        { UNIT_SERVICE, false, oneshot_exits_by_group, "Service has ExitType=cgroup set, which isn't allowed for Type=oneshot services. Refusing." },
        { UNIT_SERVICE, false, lacks_bus_name, "Service is of type D-Bus but no D-Bus service name has been specified. Refusing." },
        { UNIT_SERVICE, false, service_pam_kill_mode, "Service has PAM enabled. Kill mode must be set to 'control-group' or 'mixed'. Refusing." },
        { UNIT_SERVICE, true, lacks_usb_strings, "Service has USBFunctionDescriptors= setting, but no USBFunctionStrings=. Ignoring." },
        { UNIT_SERVICE, true, lacks_usb_descriptors, "Service has USBFunctionStrings= setting, but no USBFunctionDescriptors=. Ignoring." },
        { UNIT_SERVICE, true, oneshot_has_runtime_limit, "RuntimeMaxSec= has no effect in combination with Type=oneshot. Ignoring." },
        { UNIT_SERVICE, true, has_extra_without_limit, "Service has RuntimeRandomizedExtraSec= setting, but no RuntimeMaxSec=. Ignoring." },
        { UNIT_SOCKET, false, lacks_listen, "Unit has no Listen setting (ListenStream=, ListenDatagram=, ListenFIFO=, ...). Refusing." },
        { UNIT_SOCKET, false, accepts_without_connections, "Unit configured for accepting sockets, but sockets are non-accepting. Refusing." },
        { UNIT_SOCKET, false, accepts_too_few, "MaxConnection= setting too small. Refusing." },
        { UNIT_SOCKET, false, accepts_for_one_service, "Explicit service configuration for accepting socket units not supported. Refusing." },
        { UNIT_SOCKET, false, pam_kill_mode, "Unit has PAM enabled. Kill mode must be set to 'control-group'. Refusing." },
        { UNIT_SOCKET, false, has_ambiguous_symlinks, "Unit has symlinks set but none or more than one node in the file system. Refusing." },
        { UNIT_TIMER, false, never_elapses, "Timer unit lacks value setting. Refusing." },
        { UNIT_PATH, false, watches_nothing, "Path unit lacks path setting. Refusing." },
        { UNIT_MOUNT, false, where_is_not_the_name, "Where= setting doesn't match unit name. Refusing." },
        { UNIT_MOUNT, false, is_api_mount, "Cannot create mount unit for API file system. Refusing." },
        { UNIT_MOUNT, false, lacks_what, "What= setting is missing. Refusing." },
        { UNIT_MOUNT, false, pam_kill_mode, "Unit has PAM enabled. Kill mode must be set to control-group'. Refusing." },
        { UNIT_AUTOMOUNT, false, where_is_root, "Cannot have an automount unit for the root directory. Refusing." },
        { UNIT_AUTOMOUNT, false, where_is_not_the_name, "Where= setting doesn't match unit name. Refusing." },
        { UNIT_SWAP, false, what_is_not_the_name, "Value of What= and unit name do not match, not loading." },
        { UNIT_SWAP, false, pam_kill_mode, "Unit has PAM enabled. Kill mode must be set to 'control-group'. Refusing to load." },
        { UNIT_SLICE, false, is_outside_of_parent, "Located outside of parent slice. Refusing." },
        { UNIT_TYPE_COUNT, false, failure_isolates_many, "More than one OnFailure= dependencies specified but OnFailureJobMode=isolate set. Refusing." },
        { UNIT_TYPE_COUNT, false, success_isolates_many, "More than one OnSuccess= dependencies specified but OnSuccessJobMode=isolate set. Refusing." },
        { UNIT_TYPE_COUNT, true, running_timeout_is_late, "JobRunningTimeoutSec= is greater than JobTimeoutSec=, it has no effect." },
};
/* clang-format on */

static void report(UnitSpec *spec, const CheckRule *rule) {
        DiagPlace place = { .unit = spec->name };
        AUTO_FREE char *where = NULL;

        if (rule->applies == is_api_mount && unit_mount_where(spec, &where) >= 0)
                diag_add(&spec->diag,
                         &place,
                         DIAG_ERROR,
                         "Cannot create mount unit for API file system %s. Refusing.",
                         where);
        else
                diag_add(&spec->diag,
                         &place,
                         rule->warning ? DIAG_WARNING : DIAG_ERROR,
                         "%s",
                         rule->text);
}

bool unit_check(UnitSpec *spec) {
        for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
                const CheckRule *rule = &rules[i];

                if (rule->type != spec->type && rule->type != UNIT_TYPE_COUNT)
                        continue;
                if (!rule->applies(spec))
                        continue;
                report(spec, rule);
                if (!rule->warning)
                        return false;
        }
        return true;
}

bool unit_check_slice_name(const char *name) {
        AUTO_FREE char *parent = NULL;

        return streq(name, "-.slice") || unit_name_slice_parent(name, &parent) >= 0;
}
