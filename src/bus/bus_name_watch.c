/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_name_watch.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"

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

static void tell(NameWatch *watch, const char *owner) {
        const EngineEvent event = {
                .type = EVENT_BUS_NAME,
                .unit = watch->unit,
                .n_fds = *owner != '\0',
        };

        engine_handle(watch->server->engine, &event);
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
        if (!sd_bus_message_is_method_error(reply, NULL) &&
            sd_bus_message_read(reply, "s", &owner) >= 0)
                tell(watch, owner);
        return 1;
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
        (void)sd_bus_call_method_async(connection->bus,
                                       &watch->query,
                                       DRIVER,
                                       DRIVER_PATH,
                                       DRIVER,
                                       "GetNameOwner",
                                       on_owner,
                                       watch,
                                       "s",
                                       watch->name);
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

void bus_name_watch_update(BusServer *server, Unit *unit) {
        const char *name = unit->spec ? unit_spec_text(unit->spec, DIRECTIVE_BUS_NAME) : NULL;
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
