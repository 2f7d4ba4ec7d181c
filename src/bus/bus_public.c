/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_public.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_activation.h"
#include "bus/bus_connection.h"
#include "bus/bus_error.h"
#include "bus/bus_method.h"
#include "bus/bus_name_watch.h"
#include "bus/bus_reply.h"

#define RETRY_USEC 1000000        /* before a bus that hung up is tried again */
#define CALL_TIMEOUT_USEC 5000000 /* of our own calls to the bus */
#define SENDERS_MAX 4096          /* that are remembered */
#define PENDING_MAX 1024          /* calls whose sender is being asked for */

/* A call whose sender the bus is asked about. */
typedef struct PendingCall {
        BusConnection *connection;
        sd_bus_message *message; /* referenced */
} PendingCall;

/* Who a unique name of the bus is; such names are never given twice. */
typedef struct Sender {
        char *name; /* owned */
        uid_t uid;
        pid_t pid;
} Sender;

/* --- senders ---------------------------------------------------------------------------------- */

static void forget_senders(BusServer *server) {
        size_t cursor = 0;

        for (Sender *sender;
             server->senders && (sender = hashtable_next(server->senders, &cursor, NULL));) {
                free(sender->name);
                free(sender);
        }
        server->senders = hashtable_free(server->senders);
        server->n_senders = 0;
}

static const Sender *find_sender(const BusServer *server, const char *name) {
        return server->senders && name ? hashtable_find(server->senders, name) : NULL;
}

/* Without memory the bus is asked again. */
static void remember_sender(BusServer *server, const char *name, uid_t uid, pid_t pid) {
        Sender *sender;

        if (find_sender(server, name))
                return;
        if (server->n_senders >= SENDERS_MAX)
                forget_senders(server);
        if (!server->senders)
                server->senders = hashtable_new_string();
        sender = server->senders ? calloc(1, sizeof(*sender)) : NULL;
        if (!sender)
                return;
        *sender = (Sender){ .name = strdup(name), .uid = uid, .pid = pid };
        if (!sender->name || hashtable_put(server->senders, sender->name, sender) < 0) {
                free(sender->name);
                free(sender);
                return;
        }
        server->n_senders++;
}

/* --- connecting ------------------------------------------------------------------------------- */

static int start_bus(BusConnection *connection) {
        BusServer *server = connection->server;
        int r = sd_bus_new(&connection->bus);

        if (r >= 0)
                r = sd_bus_set_address(connection->bus, server->public_address);
        if (r >= 0)
                r = sd_bus_set_bus_client(connection->bus, true);
        if (r >= 0)
                r = sd_bus_negotiate_fds(connection->bus, true);
        if (r >= 0)
                r = sd_bus_set_watch_bind(connection->bus, true);
        if (r >= 0)
                r = sd_bus_set_connected_signal(connection->bus, true);
        if (r >= 0)
                r = sd_bus_set_method_call_timeout(connection->bus, CALL_TIMEOUT_USEC);
        if (r >= 0)
                r = sd_bus_add_filter(connection->bus, NULL, bus_connection_on_message, connection);
        if (r >= 0)
                r = sd_bus_start(connection->bus);
        if (r >= 0)
                r = sd_bus_attach_event(connection->bus, server->event, (int)server->priority);
        return r;
}

static int connect_bus(BusServer *server) {
        BusConnection *connection = calloc(1, sizeof(*connection));
        int r;

        if (!connection)
                return err_new(-ENOMEM);
        connection->server = server;
        connection->is_public = true;
        connection->uid = (uid_t)-1;
        connection->hears = BUS_HEARS_OWN;
        list_init(&connection->holds);
        r = start_bus(connection);
        if (r < 0) {
                (void)bus_connection_free(connection);
                return err_pass(r);
        }
        list_append(&server->connections, &connection->all);
        server->n_connections++;
        server->public_connection = connection;
        return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata) {
        BusServer *server = userdata;

        (void)source;
        (void)usec;
        if (!server->public_connection && connect_bus(server) < 0)
                bus_public_lost(server);
        return 0;
}

void bus_public_lost(BusServer *server) {
        uint64_t due = clock_monotonic_usec() + RETRY_USEC;

        server->public_connection = NULL;
        forget_senders(server);
        if (server->draining || !server->public_address)
                return;
        /* Without memory for a timer there is no bus any more; the private sockets answer. */
        server->public_retry = sd_event_source_disable_unref(server->public_retry);
        (void)sd_event_add_time(
                server->event, &server->public_retry, CLOCK_MONOTONIC, due, 0, on_retry, server);
}

int bus_server_join(BusServer *server, const char *address, bool wants_name) {
        server->public_address = strdup(address);
        if (!server->public_address)
                return err_new(-ENOMEM);
        server->public_wants_name = wants_name;
        return err_pass(connect_bus(server));
}

void bus_public_connected(BusConnection *connection) {
        BusServer *server = connection->server;

        /* Without the name nobody finds us, and the owners of other names are told all the same. */
        if (server->public_wants_name)
                (void)sd_bus_request_name_async(connection->bus, NULL, BUS_NAME, 0, NULL, NULL);
        if (server->public_wants_name)
                bus_activation_connected(connection);
        bus_name_watch_connected(connection);
}

void bus_public_done(BusServer *server) {
        bus_name_watch_done(server);
        forget_senders(server);
        server->public_retry = sd_event_source_disable_unref(server->public_retry);
        free(STEAL(server->public_address));
}

/* --- who calls -------------------------------------------------------------------------------- */

static bool read_only(sd_bus_message *call) {
        const char *path = sd_bus_message_get_path(call);

        return bus_method_is_read_only(sd_bus_message_get_interface(call),
                                       sd_bus_message_get_member(call)) &&
               !streq(path ?: "", BUS_PATH_UNITS "/self");
}

static int dispatch(BusCall *call, uid_t uid, pid_t pid) {
        call->trusted = uid == 0 || uid == call->server->owner;
        call->pid = pid;
        return bus_method_dispatch(call);
}

/* a{sv}: "UnixUserID" and "ProcessID". */
static void read_credentials(sd_bus_message *reply, uid_t *ret_uid, pid_t *ret_pid) {
        const char *key;
        uint32_t number;

        if (sd_bus_message_is_method_error(reply, NULL) ||
            sd_bus_message_enter_container(reply, 'a', "{sv}") < 0)
                return;
        while (sd_bus_message_enter_container(reply, 'e', "sv") > 0) {
                bool is_uid, is_pid;
                if (sd_bus_message_read_basic(reply, 's', &key) < 0)
                        return;
                is_uid = streq(key, "UnixUserID");
                is_pid = streq(key, "ProcessID");
                if (!is_uid && !is_pid) {
                        if (sd_bus_message_skip(reply, "v") < 0)
                                return;
                } else if (sd_bus_message_read(reply, "v", "u", &number) < 0)
                        return;
                if (is_uid)
                        *ret_uid = number;
                if (is_pid && number <= INT32_MAX)
                        *ret_pid = (pid_t)number;
                if (sd_bus_message_exit_container(reply) < 0)
                        return;
        }
}

static void pending_call_free(void *userdata) {
        PendingCall *pending = userdata;

        pending->connection->n_pending--;
        sd_bus_message_unref(pending->message);
        free(pending);
}

static int on_credentials(sd_bus_message *reply, void *userdata, sd_bus_error *unused UNUSED) {
        AUTO(sd_bus_error_free) sd_bus_error error = SD_BUS_ERROR_NULL;
        const PendingCall *pending = userdata;
        BusCall call = {
                .server = pending->connection->server,
                .connection = pending->connection,
                .message = pending->message,
                .error = &error,
        };
        uid_t uid = (uid_t)-1; /* nobody: whoever cannot be named changes nothing */
        pid_t pid = 0;
        int r;

        read_credentials(reply, &uid, &pid);
        if (uid != (uid_t)-1)
                remember_sender(call.server, sd_bus_message_get_sender(call.message), uid, pid);
        r = dispatch(&call, uid, pid);
        return r < 0 ? bus_reply_error(&call, r) : 1;
}

static int ask_for_sender(BusCall *call) {
        PendingCall *pending = calloc(1, sizeof(*pending));
        sd_bus_slot *slot = NULL;
        int r;

        if (!pending)
                return -ENOMEM;
        pending->connection = call->connection;
        pending->message = sd_bus_message_ref(call->message);
        call->connection->n_pending++;
        r = sd_bus_call_method_async(call->connection->bus,
                                     &slot,
                                     "org.freedesktop.DBus",
                                     "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus",
                                     "GetConnectionCredentials",
                                     on_credentials,
                                     pending,
                                     "s",
                                     sd_bus_message_get_sender(call->message));
        if (r >= 0)
                r = sd_bus_slot_set_destroy_callback(slot, pending_call_free);
        if (r >= 0)
                r = sd_bus_slot_set_floating(slot, true);
        if (r < 0 && !slot)
                pending_call_free(pending);
        sd_bus_slot_unref(slot);
        return r < 0 ? r : 1;
}

int bus_public_handle(BusCall *call) {
        const Sender *sender = find_sender(call->server, sd_bus_message_get_sender(call->message));

        if (sender)
                return dispatch(call, sender->uid, sender->pid);
        if (read_only(call->message))
                return bus_method_dispatch(call);
        if (call->connection->n_pending >= PENDING_MAX)
                return sd_bus_error_set(
                        call->error, SD_BUS_ERROR_LIMITS_EXCEEDED, "Too many calls at once.");
        return ask_for_sender(call);
}

/* --- who listens ------------------------------------------------------------------------------ */

/* The last subscriber went, or left the bus. */
static int on_no_subscriber(sd_bus_track *track, void *userdata) {
        BusConnection *connection = userdata;

        (void)track;
        connection->hears = BUS_HEARS_OWN;
        return 1; /* 0 would have it called again and again */
}

int bus_public_subscribe(BusCall *call) {
        BusConnection *connection = call->connection;
        int r = 0;

        if (!connection->subscribers)
                r = sd_bus_track_new(
                        connection->bus, &connection->subscribers, on_no_subscriber, connection);
        if (r >= 0)
                r = sd_bus_track_add_sender(connection->subscribers, call->message);
        if (r == 0)
                return sd_bus_error_set(
                        call->error, BUS_ERROR_ALREADY_SUBSCRIBED, "Client is already subscribed.");
        if (r < 0)
                return r;
        connection->hears = BUS_HEARS_ALL;
        return bus_reply_values(call, NULL);
}

int bus_public_unsubscribe(BusCall *call) {
        BusConnection *connection = call->connection;
        int r = connection->subscribers
                        ? sd_bus_track_remove_sender(connection->subscribers, call->message)
                        : 0;

        if (r == 0)
                return sd_bus_error_set(
                        call->error, BUS_ERROR_NOT_SUBSCRIBED, "Client is not subscribed.");
        return r < 0 ? r : bus_reply_values(call, NULL);
}

/* --- names ------------------------------------------------------------------------------------ */

void bus_public_unit_changed(BusServer *server, Unit *unit) {
        if (server->public_address && (unit->type == UNIT_SERVICE || unit->type == UNIT_SCOPE))
                bus_name_watch_update(server, unit);
}

void bus_public_unit_gone(BusServer *server, const Unit *unit) {
        bus_name_watch_forget(server, unit);
}
