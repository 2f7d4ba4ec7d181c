/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* What the files of this folder share: the server, its connections, and one call that is being
 * answered. */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "base/auto.h"
#include "base/hashtable.h"
#include "base/list.h"
#include "bus/bus_interface.h"
#include "bus/bus_output.h"
#include "bus/bus_server.h"

/* The sender that clients expect on every message. */
#define BUS_NAME "org.freedesktop.systemd1"
#define BUS_PATH_MANAGER "/org/freedesktop/systemd1"
#define BUS_PATH_LOG_CONTROL "/org/freedesktop/LogControl1"
#define BUS_PATH_UNITS "/org/freedesktop/systemd1/unit"
#define BUS_PATH_JOBS "/org/freedesktop/systemd1/job"

struct BusPropertyBinding;

typedef struct BusListener {
        ListLink all; /* in server->listeners */
        BusServer *server;
        sd_event_source *source; /* owned; has the socket */
        char *path;              /* to be removed at the end, NULL when not ours */
} BusListener;

/* Which signals a connection gets. */
typedef enum BusHears {
        BUS_HEARS_ALL,  /* as systemd's clients over a private socket */
        BUS_HEARS_JOBS, /* the ends of all jobs */
        BUS_HEARS_OWN,  /* the ends of the jobs it asked for */
        BUS_HEARS_COUNT
} BusHears;

/* A private connection is driven by bus_connection.c: libsystemd reads, bus_output.c writes. The
 * one to a message bus is libsystemd's alone. */
typedef struct BusConnection {
        ListLink all; /* in server->connections */
        BusServer *server;
        sd_bus *bus;         /* owned */
        sd_event_source *io; /* of a private connection; owned */
        BusOutput output;    /* of a private connection */
        uint32_t events;     /* that `io` waits for */
        uid_t uid;           /* of the peer, by the kernel */
        bool trusted;        /* may change things */
        BusHears hears;
        bool begun;                /* the handshake is over */
        bool doomed;               /* is closed at the next turn of the loop */
        bool is_public;            /* to a message bus (bus_public.h) instead of one client */
        unsigned n_pending;        /* calls over the bus whose sender is being asked for */
        sd_bus_track *subscribers; /* over the bus; owned */
        ListLink holds;            /* BusHold: units it holds by RefUnit */
        HashTable *missed;         /* bus_missed.c: Units by address; owned */
        ListLink crowding;         /* in server->crowding while it has more to say */
        bool is_crowding;          /* stands behind others (bus_turn.h) */
} BusConnection;

struct BusServer {
        Engine *engine; /* not owned */
        BusHost host;
        sd_event *event; /* referenced */
        int64_t priority;
        uid_t owner;
        ListLink listeners, connections;
        ListLink crowding;          /* bus_turn.c; who had a turn last comes last */
        unsigned n_turns_of_others; /* since one of these had its turn */
        unsigned n_connections, n_connections_max;
        unsigned n_handshakes;               /* private connections that have not begun */
        sd_event_source *handshakes;         /* looks after these; owned */
        size_t n_unsent;                     /* bytes that wait for clients to read */
        uint8_t exit_code;                   /* SetExitCode */
        bool draining;                       /* answers nothing any more */
        sd_event_source *sweep;              /* on_sweep of bus_connection.c; off as a rule */
        struct BusPropertyBinding *bindings; /* owned; one per row of bus_property_rows */
        BusBody default_entries;             /* of all properties */
        HashTable *told;                     /* bus_change.c; owned */
        unsigned n_failed_told;              /* NFailedUnits as it was announced */
        BusConnection *public_connection;    /* in connections; NULL while there is no bus */
        char *public_address;                /* of the message bus; owned, NULL = none is wanted */
        bool public_wants_name;
        sd_event_source *public_retry; /* owned */
        HashTable *senders;            /* bus_public.c; owned */
        unsigned n_senders;
        ListLink name_watches; /* bus_name_watch.c */
        ListLink questions;    /* bus_polkit.c */
        unsigned n_questions;
        sd_id128_t id;                               /* of the server, for the handshake */
        uint64_t finish_usec, finish_monotonic_usec; /* when start-up was over */
};

typedef enum BusObjectKind {
        BUS_OBJECT_NONE,
        BUS_OBJECT_DIRECTORY, /* only there to be introspected */
        BUS_OBJECT_MANAGER,
        BUS_OBJECT_UNIT,
        BUS_OBJECT_JOB,
        BUS_OBJECT_LOG_CONTROL,
} BusObjectKind;

typedef struct BusObject {
        BusObjectKind kind;
        Unit *unit;          /* of BUS_OBJECT_UNIT */
        Job *job;            /* of BUS_OBJECT_JOB */
        uint32_t interfaces; /* BUS_INTERFACE_BIT mask */
} BusObject;

/* One method call. Handlers reply and return 1, or fill `error` and return what sd_bus_error_set
 * returns. */
typedef struct BusCall {
        BusServer *server;
        BusConnection *connection;
        sd_bus_message *message;
        sd_bus_error *error;
        BusObject object;
        bool trusted;             /* the caller may change things */
        const char *allowed_unit; /* ... of this unit, by polkit; NULL = whichever */
        pid_t pid;                /* of the caller where the bus said it; 0 = ask the connection */
} BusCall;

DEFINE_AUTO(sd_bus_creds *, sd_bus_creds_unref);
DEFINE_AUTO_DONE(sd_bus_error, sd_bus_error_free);
DEFINE_AUTO(sd_bus_message *, sd_bus_message_unref);
