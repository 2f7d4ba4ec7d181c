/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_unit_group.h"

#include <errno.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "base/str.h"
#include "bus/bus_error.h"
#include "bus/bus_getters.h"
#include "bus/bus_manager.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"
#include "engine/scope_unit.h"
#include "engine/unit_ops.h"

/* The unit that the first argument names. */
static int read_unit(BusCall *call, Unit **ret) {
        const char *name;
        int r = sd_bus_message_read_basic(call->message, 's', &name);

        return r < 0 ? r : bus_manager_find_unit(call, name, ret);
}

/* --- freezing --------------------------------------------------------------------------------- */

static int reply_freeze(BusCall *call, Unit *unit, bool freeze) {
        const BusHost *host = &call->server->host;
        int r = -EOPNOTSUPP;

        if (active_state_is_down(unit_active_state(unit)))
                return sd_bus_error_set(
                        call->error, BUS_ERROR_UNIT_INACTIVE, "Unit is not active.");
        if (unit->job)
                return sd_bus_error_set(
                        call->error, BUS_ERROR_UNIT_BUSY, "Unit has a pending job.");
        if (host->freeze && unit_ops(unit->type)->has_cgroup)
                r = host->freeze(host->userdata, unit, freeze);
        if (r == -EOPNOTSUPP)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_NOT_SUPPORTED,
                                         "Unit '%s' does not support freezing",
                                         unit->id);
        if (r < 0)
                return sd_bus_error_set_errno(call->error, r);
        unit_mark_changed(unit);
        return bus_reply_values(call, NULL);
}

int bus_manager_freeze(BusCall *call, const BusMethodRow *row) {
        Unit *unit;
        int r = read_unit(call, &unit);

        return r < 0 ? r : reply_freeze(call, unit, row->variant == BUS_FREEZE);
}

int bus_unit_freeze(BusCall *call, const BusMethodRow *row) {
        return reply_freeze(call, call->object.unit, row->variant == BUS_FREEZE);
}

static int get_freezer_state(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;
        bool frozen = host->is_frozen && unit_ops(context->unit->type)->has_cgroup &&
                      host->is_frozen(host->userdata, context->unit);

        return bus_append_text(body, frozen ? "frozen" : "running");
}

static int get_can_freeze(BusGetterContext *context, BusBody *body) {
        const BusHost *host = &context->server->host;

        return bus_append_bool(body,
                               host->can_freeze && host->can_freeze(host->userdata, context->unit));
}

/* --- cleaning --------------------------------------------------------------------------------- */

static const struct {
        const char *name;
        DirectiveId setting;
} cleanables[] = {
        { "runtime", DIRECTIVE_RUNTIME_DIRECTORY },
        { "state", DIRECTIVE_STATE_DIRECTORY },
        { "cache", DIRECTIVE_CACHE_DIRECTORY },
        { "logs", DIRECTIVE_LOGS_DIRECTORY },
        { "configuration", DIRECTIVE_CONFIGURATION_DIRECTORY },
};

static unsigned find_cleanable(const char *name) {
        if (streq(name, "all"))
                return (1u << ARRAY_LENGTH(cleanables)) - 1;
        for (unsigned i = 0; i < ARRAY_LENGTH(cleanables); i++)
                if (streq(cleanables[i].name, name))
                        return 1u << i;
        return 0;
}

static int read_cleanables(BusCall *call, unsigned *ret) {
        const char *name;
        unsigned kinds = 0;
        int r = sd_bus_message_enter_container(call->message, 'a', "s");

        while (r >= 0 && (r = sd_bus_message_read_basic(call->message, 's', &name)) > 0) {
                unsigned found = find_cleanable(name);
                if (found == 0)
                        return sd_bus_error_setf(call->error,
                                                 SD_BUS_ERROR_INVALID_ARGS,
                                                 "Invalid resource type: %s",
                                                 name);
                kinds |= found;
        }
        *ret = kinds;
        return r < 0 ? r : sd_bus_message_exit_container(call->message);
}

static int reply_clean(BusCall *call, Unit *unit) {
        const BusHost *host = &call->server->host;
        unsigned kinds = 0;
        int r = read_cleanables(call, &kinds);

        if (r < 0)
                return r;
        r = host->clean ? host->clean(host->userdata, unit, kinds) : -EOPNOTSUPP;
        if (r == -EOPNOTSUPP)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_NOT_SUPPORTED,
                                         "Unit '%s' does not supporting cleaning.",
                                         unit->id);
        if (r == -EUNATCH)
                return sd_bus_error_set(
                        call->error, BUS_ERROR_NOTHING_TO_CLEAN, "No matching resources found.");
        if (r == -EBUSY)
                return sd_bus_error_set(call->error,
                                        BUS_ERROR_UNIT_BUSY,
                                        "Unit is not inactive or has pending job.");
        return r < 0 ? r : bus_reply_values(call, NULL);
}

int bus_manager_clean(BusCall *call, const BusMethodRow *row UNUSED) {
        Unit *unit;
        int r = read_unit(call, &unit);

        return r < 0 ? r : reply_clean(call, unit);
}

int bus_unit_clean(BusCall *call, const BusMethodRow *row UNUSED) {
        return reply_clean(call, call->object.unit);
}

/* Of a timer it is when it elapsed last. */
static bool can_clean(const Unit *unit, DirectiveId setting) {
        if (!unit->spec || unit->load_state != UNIT_LOADED)
                return false;
        if (unit->type == UNIT_TIMER)
                return setting == DIRECTIVE_STATE_DIRECTORY &&
                       unit_spec_bool(unit->spec, DIRECTIVE_PERSISTENT);
        return unit->type == UNIT_SERVICE && unit_spec_rules(unit->spec, setting);
}

static int get_can_clean(BusGetterContext *context, BusBody *body) {
        int r = bus_body_open(body, 'a', "s");

        for (unsigned i = 0; i < ARRAY_LENGTH(cleanables) && r >= 0; i++)
                if (can_clean(context->unit, cleanables[i].setting))
                        r = bus_body_append_basic(body, 's', cleanables[i].name);
        return r < 0 ? r : bus_body_close(body);
}

/* --- moving ----------------------------------------------------------------------------------- */

static int read_pids(BusCall *call, pid_t **ret_pids, unsigned *ret_n) {
        const uint32_t *numbers;
        size_t size;
        int r = sd_bus_message_read_array(call->message, 'u', (const void **)&numbers, &size);

        if (r < 0)
                return r;
        AUTO_FREE pid_t *pids = calloc(size / sizeof(*numbers) + 1, sizeof(*pids));
        if (!pids)
                return err_new(-ENOMEM);
        for (*ret_n = 0; *ret_n < size / sizeof(*numbers); (*ret_n)++) {
                r = bus_manager_check_pid(call, numbers[*ret_n], &pids[*ret_n]);
                if (r < 0)
                        return r;
        }
        *ret_pids = STEAL(pids);
        return 0;
}

static int check_attach(BusCall *call, const Unit *unit, const char *sub_group) {
        bool is_root = streq(sub_group, "") || streq(sub_group, "/");

        if (active_state_is_down(unit_active_state(unit)))
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_INVALID_ARGS, "Unit is not active, refusing.");
        if (!call->server->host.attach || !unit_ops(unit->type)->has_cgroup)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Process migration not available on unit type %s.",
                                         unit_type_name(unit->type));
        if (!is_root && !path_is_normalized(sub_group))
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Control group path is not normalized: %s",
                                         sub_group);
        if (!is_root && !unit_spec_find(unit->spec, DIRECTIVE_DELEGATE))
                return sd_bus_error_setf(
                        call->error,
                        SD_BUS_ERROR_INVALID_ARGS,
                        "Unit %s does not delegate its control group: Delegate= is not set.",
                        unit->id);
        return 0;
}

static int reply_attach(BusCall *call, Unit *unit) {
        const BusHost *host = &call->server->host;
        AUTO_FREE pid_t *pids = NULL;
        const char *sub_group;
        unsigned n = 0;
        int r = sd_bus_message_read_basic(call->message, 's', &sub_group);

        if (r >= 0)
                r = check_attach(call, unit, sub_group);
        if (r >= 0)
                r = read_pids(call, &pids, &n);
        if (r < 0)
                return r;
        r = n == 0 ? 0 : host->attach(host->userdata, unit, sub_group, pids, n);
        if (r < 0)
                return sd_bus_error_set_errnof(call->error, r, "Failed to attach processes");
        return bus_reply_values(call, NULL);
}

int bus_manager_attach(BusCall *call, const BusMethodRow *row UNUSED) {
        Unit *unit;
        int r = read_unit(call, &unit);

        return r < 0 ? r : reply_attach(call, unit);
}

int bus_unit_attach(BusCall *call, const BusMethodRow *row UNUSED) {
        return reply_attach(call, call->object.unit);
}

/* --- scopes ----------------------------------------------------------------------------------- */

static int reply_abandon(BusCall *call, Unit *unit) {
        int r;

        if (unit->type != UNIT_SCOPE)
                return sd_bus_error_setf(call->error,
                                         SD_BUS_ERROR_INVALID_ARGS,
                                         "Unit '%s' is not a scope unit, refusing.",
                                         unit->id);
        r = scope_abandon(unit);
        if (r == -ESTALE)
                return sd_bus_error_setf(call->error,
                                         BUS_ERROR_SCOPE_NOT_RUNNING,
                                         "Scope %s is not running, cannot abandon.",
                                         unit->id);
        return r < 0 ? r : bus_reply_values(call, NULL);
}

int bus_manager_abandon(BusCall *call, const BusMethodRow *row UNUSED) {
        Unit *unit;
        int r = read_unit(call, &unit);

        return r < 0 ? r : reply_abandon(call, unit);
}

int bus_unit_abandon(BusCall *call, const BusMethodRow *row UNUSED) {
        return reply_abandon(call, call->object.unit);
}

bool bus_server_request_stop(BusServer *server, const Unit *unit) {
        AUTO(sd_bus_message_unref) sd_bus_message *signal = NULL;
        const BusConnection *connection = server->public_connection;
        const char *controller = unit->scope ? unit->scope->controller : NULL;
        char path[BUS_PATH_SIZE];
        int r;

        if (!controller || !connection || sd_bus_is_ready(connection->bus) <= 0)
                return false;
        r = sd_bus_message_new_signal(connection->bus,
                                      &signal,
                                      bus_unit_path(unit->id, path),
                                      BUS_NAME ".Scope",
                                      "RequestStop");
        if (r >= 0)
                r = sd_bus_message_set_destination(signal, controller);
        return r >= 0 && sd_bus_send(connection->bus, signal, NULL) >= 0;
}

static int get_result(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, unit_result_name(context->unit));
}

static int get_controller(BusGetterContext *context, BusBody *body) {
        const ScopeRuntime *scope = context->unit->scope;

        return bus_append_text(body, scope ? scope->controller : NULL);
}

/* clang-format off */
const BusGetterRow bus_scope_getters[] = {
        { BUS_FAMILY_UNIT, "CanClean", get_can_clean, 0 },
        { BUS_FAMILY_UNIT, "CanFreeze", get_can_freeze, 0 },
        { BUS_FAMILY_UNIT, "FreezerState", get_freezer_state, 0 },
        { BUS_FAMILY_SCOPE, "Result", get_result, 0 },
        { BUS_FAMILY_SCOPE, "Controller", get_controller, 0 },
};
/* clang-format on */

const unsigned bus_scope_getter_count = ARRAY_LENGTH(bus_scope_getters);
