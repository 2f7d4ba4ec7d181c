/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/unit_view.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "base/strv.h"
#include "bus/bus_client.h"

/* How a property is read: by its signature; `place` is where it goes. */
typedef enum PropertyKind {
        PROPERTY_TEXT,       /* s, o; the text of (ss) that is not empty; the path of (uo) */
        PROPERTY_LIST,       /* as */
        PROPERTY_NUMBER,     /* any number or boolean */
        PROPERTY_AMOUNT,     /* the same, UNIT_VIEW_UNKNOWN when it is missing */
        PROPERTY_PAIRS,      /* a(ss), all texts in order */
        PROPERTY_COMMANDS,   /* a(sasbttttuii), appended */
        PROPERTY_CONDITIONS, /* a(sbbsi), appended */
} PropertyKind;

typedef struct PropertyRow {
        const char *name;
        PropertyKind kind;
        size_t place; /* offset in UnitView */
} PropertyRow;

#define AT(member) offsetof(UnitView, member)

/* clang-format off */
static const PropertyRow property_rows[] = {
        { "Accept", PROPERTY_NUMBER, AT(accept) },
        { "ActiveEnterTimestamp", PROPERTY_NUMBER, AT(active_enter_usec) },
        { "ActiveExitTimestamp", PROPERTY_NUMBER, AT(active_exit_usec) },
        { "ActiveState", PROPERTY_TEXT, AT(active_state) },
        { "After", PROPERTY_LIST, AT(after) },
        { "AssertResult", PROPERTY_NUMBER, AT(assert_result) },
        { "AssertTimestamp", PROPERTY_NUMBER, AT(assert_usec) },
        { "Asserts", PROPERTY_CONDITIONS, 0 },
        { "Before", PROPERTY_LIST, AT(before) },
        { "BindsTo", PROPERTY_LIST, AT(binds_to) },
        { "BoundBy", PROPERTY_LIST, AT(bound_by) },
        { "CPUUsageNSec", PROPERTY_AMOUNT, AT(cpu_usage_nsec) },
        { "ConditionResult", PROPERTY_NUMBER, AT(condition_result) },
        { "ConditionTimestamp", PROPERTY_NUMBER, AT(condition_usec) },
        { "Conditions", PROPERTY_CONDITIONS, 0 },
        { "Conflicts", PROPERTY_LIST, AT(conflicts) },
        { "ConsistsOf", PROPERTY_LIST, AT(consists_of) },
        { "ControlGroup", PROPERTY_TEXT, AT(control_group) },
        { "ControlPID", PROPERTY_NUMBER, AT(control_pid) },
        { "Description", PROPERTY_TEXT, AT(description) },
        { "Documentation", PROPERTY_LIST, AT(documentation) },
        { "DropInPaths", PROPERTY_LIST, AT(dropin_paths) },
        { "ExecCondition", PROPERTY_COMMANDS, 0 },
        { "ExecMainCode", PROPERTY_NUMBER, AT(exec_main_code) },
        { "ExecMainExitTimestamp", PROPERTY_NUMBER, AT(exec_main_exit_usec) },
        { "ExecMainPID", PROPERTY_NUMBER, AT(exec_main_pid) },
        { "ExecMainStartTimestamp", PROPERTY_NUMBER, AT(exec_main_start_usec) },
        { "ExecMainStatus", PROPERTY_NUMBER, AT(exec_main_status) },
        { "ExecReload", PROPERTY_COMMANDS, 0 },
        { "ExecStart", PROPERTY_COMMANDS, 0 },
        { "ExecStartPost", PROPERTY_COMMANDS, 0 },
        { "ExecStartPre", PROPERTY_COMMANDS, 0 },
        { "ExecStop", PROPERTY_COMMANDS, 0 },
        { "ExecStopPost", PROPERTY_COMMANDS, 0 },
        { "Following", PROPERTY_TEXT, AT(following) },
        { "FragmentPath", PROPERTY_TEXT, AT(fragment_path) },
        { "FreezerState", PROPERTY_TEXT, AT(freezer_state) },
        { "IOReadBytes", PROPERTY_AMOUNT, AT(io_read) },
        { "IOWriteBytes", PROPERTY_AMOUNT, AT(io_written) },
        { "IPEgressBytes", PROPERTY_AMOUNT, AT(ip_out) },
        { "IPIngressBytes", PROPERTY_AMOUNT, AT(ip_in) },
        { "Id", PROPERTY_TEXT, AT(id) },
        { "InactiveEnterTimestamp", PROPERTY_NUMBER, AT(inactive_enter_usec) },
        { "InactiveExitTimestamp", PROPERTY_NUMBER, AT(inactive_exit_usec) },
        { "InactiveExitTimestampMonotonic", PROPERTY_NUMBER, AT(inactive_exit_monotonic_usec) },
        { "Job", PROPERTY_TEXT, AT(job) },
        { "LastTriggerUSec", PROPERTY_NUMBER, AT(last_trigger_usec) },
        { "Listen", PROPERTY_PAIRS, AT(listen) },
        { "LoadError", PROPERTY_TEXT, AT(load_error) },
        { "LoadState", PROPERTY_TEXT, AT(load_state) },
        { "MainPID", PROPERTY_NUMBER, AT(main_pid) },
        { "MemoryAvailable", PROPERTY_AMOUNT, AT(memory_available) },
        { "MemoryCurrent", PROPERTY_AMOUNT, AT(memory_current) },
        { "MemoryHigh", PROPERTY_AMOUNT, AT(memory_high) },
        { "MemoryLimit", PROPERTY_AMOUNT, AT(memory_limit) },
        { "MemoryLow", PROPERTY_NUMBER, AT(memory_low) },
        { "MemoryMax", PROPERTY_AMOUNT, AT(memory_max) },
        { "MemoryMin", PROPERTY_NUMBER, AT(memory_min) },
        { "MemorySwapMax", PROPERTY_AMOUNT, AT(memory_swap_max) },
        { "NAccepted", PROPERTY_NUMBER, AT(n_accepted) },
        { "NConnections", PROPERTY_NUMBER, AT(n_connections) },
        { "NRefused", PROPERTY_NUMBER, AT(n_refused) },
        { "NRestarts", PROPERTY_NUMBER, AT(n_restarts) },
        { "NeedDaemonReload", PROPERTY_NUMBER, AT(need_daemon_reload) },
        { "NextElapseUSecMonotonic", PROPERTY_NUMBER, AT(next_monotonic_usec) },
        { "NextElapseUSecRealtime", PROPERTY_NUMBER, AT(next_usec) },
        { "PartOf", PROPERTY_LIST, AT(part_of) },
        { "RequiredBy", PROPERTY_LIST, AT(required_by) },
        { "Requires", PROPERTY_LIST, AT(requires) },
        { "Requisite", PROPERTY_LIST, AT(requisite) },
        { "RequisiteOf", PROPERTY_LIST, AT(requisite_of) },
        { "Result", PROPERTY_TEXT, AT(result) },
        { "RuntimeMaxUSec", PROPERTY_AMOUNT, AT(runtime_max_usec) },
        { "SourcePath", PROPERTY_TEXT, AT(source_path) },
        { "StateChangeTimestamp", PROPERTY_NUMBER, AT(state_change_usec) },
        { "StatusErrno", PROPERTY_NUMBER, AT(status_errno) },
        { "StatusText", PROPERTY_TEXT, AT(status_text) },
        { "SubState", PROPERTY_TEXT, AT(sub_state) },
        { "SysFSPath", PROPERTY_TEXT, AT(sysfs_path) },
        { "TasksCurrent", PROPERTY_AMOUNT, AT(tasks_current) },
        { "TasksMax", PROPERTY_AMOUNT, AT(tasks_max) },
        { "TimeoutIdleUSec", PROPERTY_AMOUNT, AT(timeout_idle_usec) },
        { "Transient", PROPERTY_NUMBER, AT(transient) },
        { "TriggeredBy", PROPERTY_LIST, AT(triggered_by) },
        { "Triggers", PROPERTY_LIST, AT(triggers) },
        { "Type", PROPERTY_TEXT, AT(type) },
        { "UnitFilePreset", PROPERTY_TEXT, AT(unit_file_preset) },
        { "UnitFileState", PROPERTY_TEXT, AT(unit_file_state) },
        { "UpheldBy", PROPERTY_LIST, AT(upheld_by) },
        { "Upholds", PROPERTY_LIST, AT(upholds) },
        { "WantedBy", PROPERTY_LIST, AT(wanted_by) },
        { "Wants", PROPERTY_LIST, AT(wants) },
        { "What", PROPERTY_TEXT, AT(what) },
        { "Where", PROPERTY_TEXT, AT(where) },
};
/* clang-format on */

static const PropertyRow *find_row(const char *name) {
        size_t low = 0, high = ARRAY_LENGTH(property_rows);
        while (low < high) {
                size_t middle = (low + high) / 2;
                int order = strcmp(name, property_rows[middle].name);
                if (order == 0)
                        return &property_rows[middle];
                if (order < 0)
                        high = middle;
                else
                        low = middle + 1;
        }
        return NULL;
}

/* Inside the variant: the text; of a pair the last one that is not empty. */
static int read_text(sd_bus_message *reply, const char *signature, char **place) {
        const char *text = NULL, *first = "";
        uint32_t number;
        int r;

        if (streq(signature, "s") || streq(signature, "o"))
                r = sd_bus_message_read_basic(reply, signature[0], &text);
        else if (streq(signature, "(ss)"))
                r = sd_bus_message_read(reply, "(ss)", &first, &text);
        else if (streq(signature, "(uo)"))
                r = sd_bus_message_read(reply, "(uo)", &number, &text);
        else
                return sd_bus_message_skip(reply, signature);
        if (r < 0)
                return err_pass(r);
        if (text[0] == '\0')
                text = first;
        free(*place);
        *place = text[0] == '\0' ? NULL : strdup(text);
        return *place || text[0] == '\0' ? 0 : err_new(-ENOMEM);
}

static int read_number(sd_bus_message *reply, const char *signature, uint64_t *place) {
        union {
                uint8_t y;
                int b;
                uint32_t u;
                int32_t i;
                uint64_t t;
        } value = { 0 };

        if (!signature[0] || signature[1] != '\0' || !strchr("ybuixt", signature[0]))
                return sd_bus_message_skip(reply, signature);
        int r = sd_bus_message_read_basic(reply, signature[0], &value);
        if (r < 0)
                return err_pass(r);
        *place = strchr("xt", signature[0]) ? value.t
                 : signature[0] == 'i'      ? (uint64_t)(int64_t)value.i
                 : signature[0] == 'y'      ? value.y
                                            : value.u;
        return 0;
}

static int read_command(sd_bus_message *reply, UnitCommand *command) {
        const char *path;
        uint64_t start_monotonic_usec, exit_monotonic_usec;
        int ignore;

        int r = sd_bus_message_read(reply, "s", &path);
        if (r >= 0)
                r = sd_bus_message_read_strv(reply, &command->arguments);
        if (r >= 0)
                r = sd_bus_message_read(reply,
                                        "bttttuii",
                                        &ignore,
                                        &command->start_usec,
                                        &start_monotonic_usec,
                                        &command->exit_usec,
                                        &exit_monotonic_usec,
                                        &command->pid,
                                        &command->code,
                                        &command->status);
        if (r < 0)
                return err_pass(r);
        command->ignore_failure = ignore;
        command->path = strdup(path);
        return command->path ? 0 : err_new(-ENOMEM);
}

static int read_commands(sd_bus_message *reply, const char *list, UnitView *view) {
        unsigned index = 0;

        int r = sd_bus_message_enter_container(reply, 'a', "(sasbttttuii)");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "sasbttttuii")) > 0) {
                UnitCommand *commands =
                        reallocarray(view->commands, view->n_commands + 1, sizeof(*commands));
                if (!commands)
                        return err_new(-ENOMEM);
                view->commands = commands;
                UnitCommand *command = &commands[view->n_commands++];
                *command = (UnitCommand){ .list = list, .index = index++ };
                r = read_command(reply, command);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

static int read_condition(sd_bus_message *reply, UnitCondition *condition) {
        const char *type, *value;
        int trigger, negate;

        int r = sd_bus_message_read(
                reply, "sbbsi", &type, &trigger, &negate, &value, &condition->state);
        if (r < 0)
                return err_pass(r);
        condition->trigger = trigger;
        condition->negate = negate;
        condition->type = strdup(type);
        condition->value = strdup(value);
        return condition->type && condition->value ? 0 : err_new(-ENOMEM);
}

static int read_conditions(sd_bus_message *reply, UnitView *view) {
        int r = sd_bus_message_enter_container(reply, 'a', "(sbbsi)");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "sbbsi")) > 0) {
                UnitCondition *conditions =
                        reallocarray(view->conditions, view->n_conditions + 1, sizeof(*conditions));
                if (!conditions)
                        return err_new(-ENOMEM);
                view->conditions = conditions;
                UnitCondition *condition = &conditions[view->n_conditions++];
                *condition = (UnitCondition){ 0 };
                r = read_condition(reply, condition);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

static int read_pairs(sd_bus_message *reply, char ***list) {
        const char *first, *second;

        int r = sd_bus_message_enter_container(reply, 'a', "(ss)");
        while (r >= 0 && (r = sd_bus_message_read(reply, "(ss)", &first, &second)) > 0) {
                r = strv_add(list, first);
                if (r >= 0)
                        r = strv_add(list, second);
        }
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

static int
read_value(sd_bus_message *reply, const PropertyRow *row, const char *signature, UnitView *view) {
        void *place = (char *)view + row->place;

        switch (row->kind) {
        case PROPERTY_TEXT:
                return read_text(reply, signature, place);
        case PROPERTY_NUMBER:
        case PROPERTY_AMOUNT:
                return read_number(reply, signature, place);
        case PROPERTY_LIST:
                if (!streq(signature, "as"))
                        break;
                *(char ***)place = strv_free(*(char ***)place);
                return sd_bus_message_read_strv(reply, place);
        case PROPERTY_PAIRS:
                if (!streq(signature, "a(ss)"))
                        break;
                return read_pairs(reply, place);
        case PROPERTY_COMMANDS:
                if (!streq(signature, "a(sasbttttuii)"))
                        break;
                return read_commands(reply, row->name, view);
        case PROPERTY_CONDITIONS:
                if (!streq(signature, "a(sbbsi)"))
                        break;
                return read_conditions(reply, view);
        }
        return sd_bus_message_skip(reply, signature);
}

static int read_property(sd_bus_message *reply, UnitView *view) {
        const char *name, *signature;
        char type;

        int r = sd_bus_message_read(reply, "s", &name);
        if (r < 0)
                return err_pass(r);
        const PropertyRow *row = find_row(name);
        if (!row)
                return sd_bus_message_skip(reply, "v");
        r = sd_bus_message_peek_type(reply, &type, &signature);
        if (r >= 0)
                r = sd_bus_message_enter_container(reply, 'v', signature);
        if (r >= 0)
                r = read_value(reply, row, signature, view);
        return r < 0 ? err_pass(r) : sd_bus_message_exit_container(reply);
}

int unit_view_read(sd_bus_message *reply, UnitView *ret) {
        AUTO(unit_view_done)
        UnitView view = { 0 };

        for (size_t i = 0; i < ARRAY_LENGTH(property_rows); i++)
                if (property_rows[i].kind == PROPERTY_AMOUNT)
                        *(uint64_t *)(void *)((char *)&view + property_rows[i].place) =
                                UNIT_VIEW_UNKNOWN;
        int r = sd_bus_message_enter_container(reply, 'a', "{sv}");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'e', "sv")) > 0) {
                r = read_property(reply, &view);
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        if (r < 0)
                return err_pass(r);
        *ret = view;
        view = (UnitView){ 0 };
        return 0;
}

int unit_view_get(const Tend *tend, const char *unit, sd_bus_error *error, UnitView *ret) {
        AUTO_FREE char *path = bus_client_unit_path(unit);
        sd_bus_message *reply = NULL;

        if (!path)
                return err_new(-ENOMEM);
        int r = bus_client_get_all(tend->client, path, "", error, &reply);
        if (r >= 0)
                r = unit_view_read(reply, ret);
        sd_bus_message_unref(reply);
        return err_pass(r);
}

static void release_parts(UnitView *view) {
        for (unsigned i = 0; i < view->n_commands; i++) {
                free(view->commands[i].path);
                strv_free(view->commands[i].arguments);
        }
        free(view->commands);
        for (unsigned i = 0; i < view->n_conditions; i++) {
                free(view->conditions[i].type);
                free(view->conditions[i].value);
        }
        free(view->conditions);
}

void unit_view_done(UnitView *view) {
        for (size_t i = 0; i < ARRAY_LENGTH(property_rows); i++) {
                void *place = (char *)view + property_rows[i].place;
                if (property_rows[i].kind == PROPERTY_TEXT)
                        free(*(char **)place);
                else if (property_rows[i].kind == PROPERTY_LIST ||
                         property_rows[i].kind == PROPERTY_PAIRS)
                        strv_free(*(char ***)place);
        }
        release_parts(view);
        *view = (UnitView){ 0 };
}

static bool has_failed(const UnitCommand *command) {
        if (command->ignore_failure || command->exit_usec == 0)
                return false;
        return command->code != CLD_EXITED ? command->code != 0 : command->status != 0;
}

const UnitCommand *unit_view_failed_command(const UnitView *view) {
        const UnitCommand *latest = NULL;
        for (unsigned i = 0; i < view->n_commands; i++)
                if (has_failed(&view->commands[i]) &&
                    (!latest || view->commands[i].exit_usec > latest->exit_usec))
                        latest = &view->commands[i];
        return latest;
}

bool unit_view_is_up(const UnitView *view) {
        return view->active_state &&
               (streq(view->active_state, "active") || streq(view->active_state, "reloading"));
}
