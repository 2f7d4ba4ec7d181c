/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_name_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "engine/scope_unit.h"

#define DRIVER "org.freedesktop.DBus"
#define DRIVER_PATH "/org/freedesktop/DBus"

typedef struct NameWatch {
        ListLink all; /* in server->name_watches */
        BusServer *server;
        Unit *unit;
        char *name;         /* owned */
        sd_bus_slot *match; /* changes of the owner */
        sd_bus_slot *query; /* the owner now */
} NameWatch;

static void unref_slots(NameWatch *watch) {
        watch->match = sd_bus_slot_unref(watch->match);
        watch->query = sd_bus_slot_unref(watch->query);
}

static void name_watch_free(NameWatch *watch) {
        list_remove(&watch->all);
        unref_slots(watch);
        free(watch->name);
        free(watch);
}

static void tell_service(const NameWatch *watch, bool is_owned, pid_t pid) {
        const EngineEvent event = {
                .type = EVENT_BUS_NAME,
                .unit = watch->unit,
                .pid = pid,
                .n_fds = is_owned,
        };

        engine_handle(watch->server->engine, &event);
}

static int on_process(sd_bus_message *reply, void *userdata, sd_bus_error *error UNUSED) {
        NameWatch *watch = userdata;
        uint32_t pid;

        watch->query = sd_bus_slot_unref(watch->query);
        if (!sd_bus_message_is_method_error(reply, NULL) &&
            sd_bus_message_read(reply, "u", &pid) >= 0 && pid > 0 && pid <= INT32_MAX)
                tell_service(watch, true, (pid_t)pid);
        return 1;
}

/* The controller of a scope left the bus: the scope is stopped as if it had none. */
static void forget_controller(NameWatch *watch) {
        if (scope_set_controller(watch->unit, NULL) >= 0)
                unit_mark_changed(watch->unit);
}

static void ask_driver(NameWatch *watch, const char *member, sd_bus_message_handler_t on_reply);

static void tell(NameWatch *watch, const char *owner) {
        bool is_owned = *owner != '\0';

        if (watch->unit->type == UNIT_SCOPE) {
                if (!is_owned)
                        forget_controller(watch);
                return;
        }
        tell_service(watch, is_owned, 0);
        if (is_owned && watch->unit->service && watch->unit->service->main_pid <= 0)
                ask_driver(watch, "GetConnectionUnixProcessID", on_process);
}

static int on_change(sd_bus_message *message, void *userdata, sd_bus_error *error UNUSED) {
        NameWatch *watch = userdata;
        const char *name, *before, *owner;

        if (sd_bus_message_read(message, "sss", &name, &before, &owner) >= 0 &&
            streq(name, watch->name)) {
                watch->query = sd_bus_slot_unref(watch->query); /* older news */
                tell(watch, owner);
        }
        return 0;
}

static int on_owner(sd_bus_message *reply, void *userdata, sd_bus_error *error UNUSED) {
        NameWatch *watch = userdata;
        const char *owner;

        watch->query = sd_bus_slot_unref(watch->query);
        if (sd_bus_message_is_method_error(reply, SD_BUS_ERROR_NAME_HAS_NO_OWNER) &&
            watch->unit->type == UNIT_SCOPE)
                forget_controller(watch);
        else if (!sd_bus_message_is_method_error(reply, NULL) &&
                 sd_bus_message_read(reply, "s", &owner) >= 0)
                tell(watch, owner);
        return 1;
}

static void ask_driver(NameWatch *watch, const char *member, sd_bus_message_handler_t on_reply) {
        const BusConnection *connection = watch->server->public_connection;

        watch->query = sd_bus_slot_unref(watch->query);
        (void)sd_bus_call_method_async(connection->bus,
                                       &watch->query,
                                       DRIVER,
                                       DRIVER_PATH,
                                       DRIVER,
                                       member,
                                       on_reply,
                                       watch,
                                       "s",
                                       watch->name);
}

/* Where the bus does not take it, the service waits for its start time-out. */
static void ask(NameWatch *watch) {
        const BusConnection *connection = watch->server->public_connection;
        AUTO(strbuf_done) StrBuf match = STRBUF_INIT;

        unref_slots(watch);
        if (!connection || sd_bus_is_ready(connection->bus) <= 0)
                return;
        strbuf_addf(&match,
                    "type='signal',sender='" DRIVER "',path='" DRIVER_PATH "',interface='" DRIVER
                    "',member='NameOwnerChanged',arg0='%s'",
                    watch->name);
        if (strbuf_result(&match) < 0)
                return;
        if (sd_bus_add_match_async(
                    connection->bus, &watch->match, strbuf_text(&match), on_change, NULL, watch) <
            0)
                return;
        ask_driver(watch, "GetNameOwner", on_owner);
}

static NameWatch *find_watch(BusServer *server, const Unit *unit) {
        LIST_FOREACH(watch, &server->name_watches, NameWatch, all) {
                if (watch->unit == unit)
                        return watch;
        }
        return NULL;
}

static void add_watch(BusServer *server, Unit *unit, const char *name) {
        NameWatch *watch = calloc(1, sizeof(*watch));
        char *copy = strdup(name);

        if (!watch || !copy) {
                free(watch);
                free(copy);
                return;
        }
        *watch = (NameWatch){ .server = server, .unit = unit, .name = copy };
        list_append(&server->name_watches, &watch->all);
        ask(watch);
}

/* BusName= of a service, the controller of a scope; NULL when there is none. */
static const char *name_of(const Unit *unit) {
        if (unit->type == UNIT_SCOPE)
                return unit->scope ? unit->scope->controller : NULL;
        return unit->spec ? unit_spec_text(unit->spec, DIRECTIVE_BUS_NAME) : NULL;
}

void bus_name_watch_update(BusServer *server, Unit *unit) {
        const char *name = name_of(unit);
        NameWatch *watch = find_watch(server, unit);
        bool is_wanted = name && !active_state_is_down(unit_active_state(unit));

        if (watch && (!is_wanted || !streq(watch->name, name))) {
                name_watch_free(watch);
                watch = NULL;
        }
        if (is_wanted && !watch)
                add_watch(server, unit, name);
}

void bus_name_watch_forget(BusServer *server, const Unit *unit) {
        NameWatch *watch = find_watch(server, unit);

        if (watch)
                name_watch_free(watch);
}

void bus_name_watch_connected(BusConnection *connection) {
        LIST_FOREACH(watch, &connection->server->name_watches, NameWatch, all) {
                ask(watch);
        }
}

void bus_name_watch_disconnected(BusServer *server) {
        LIST_FOREACH(watch, &server->name_watches, NameWatch, all) {
                unref_slots(watch);
        }
}

void bus_name_watch_done(BusServer *server) {
        LIST_FOREACH(watch, &server->name_watches, NameWatch, all) {
                name_watch_free(watch);
        }
}
