/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The table of all methods, and the way from a message to its row. */

#include "bus/bus_state.h"

/* Handlers answer by bus_reply.h. libsystemd would write into the middle of what a client of a
 * private connection has not read yet. */
#pragma GCC poison sd_bus_reply_method_return sd_bus_reply_method_returnv
#pragma GCC poison sd_bus_reply_method_error sd_bus_reply_method_errorf
#pragma GCC poison sd_bus_reply_method_errno sd_bus_reply_method_errnof

typedef struct BusMethodRow BusMethodRow;

/* Who may call it over a message bus. Root and the manager's own user may call everything; for the
 * others polkit is asked for systemd's action (bus_polkit.c). */
typedef enum BusAccess {
        BUS_ACCESS_READ,   /* everybody */
        BUS_ACCESS_CHANGE, /* nobody else */
        BUS_ACCESS_UNITS,
        BUS_ACCESS_UNIT_FILES,
        BUS_ACCESS_ENVIRONMENT,
        BUS_ACCESS_RELOAD,
        BUS_ACCESS_COUNT
} BusAccess;

typedef int BusMethodFunction(BusCall *call, const BusMethodRow *row);

struct BusMethodRow {
        uint32_t interfaces; /* BUS_INTERFACE_BIT mask: where it is found */
        const char *member;
        const char *in, *out; /* signatures, "" for none */
        const char *names;    /* of all arguments, for introspection: "name mode job" */
        BusAccess access;
        BusMethodFunction *handle;
        int variant; /* for handlers that serve several rows */
};

/* Where a row's variant is a job type: reload instead of restart where the unit can. */
#define BUS_VARIANT_RELOAD_IF_POSSIBLE 0x100

extern const BusMethodRow bus_method_rows[];
extern const unsigned bus_method_count;

/* The row for a call; NULL when there is none. An empty or NULL interface means any. */
const BusMethodRow *bus_method_find(uint32_t interfaces, const char *interface, const char *member);

/* Whether the caller need not be known: nothing is changed, or there is no such method. */
bool bus_method_is_read_only(const char *interface, const char *member);

/* Answers a method call: 1 when it was answered, negative with call->error set. */
int bus_method_dispatch(BusCall *call);
