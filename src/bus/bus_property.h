/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Properties. Each row of the table is bound once, when the server starts, to a getter: one written
 * for it (what only exists at run time), or the setting of the same name, or else the default of
 * the row. */

#include <sys/resource.h>

#include "bus/bus_body.h"
#include "bus/bus_method.h"
#include "unit/directive.h"

/* What a getter may look at. */
typedef struct BusGetterContext {
        BusServer *server;
        Unit *unit; /* NULL for others than units */
        Job *job;
        const BusPropertyRow *row;
        const DirectiveRow *directive; /* the setting of that name, NULL when there is none */
        int argument;                  /* of the binding */
        BusFigures figures;            /* of the unit; asked for once (bus_getter_figures) */
        bool has_figures;
        Value implied; /* of the last setting that was looked for (bus_value_find) */
        int limit_of;  /* resource (getrlimit(2)) of `limit` + 1; 0 = none was asked for */
        struct rlimit limit;
} BusGetterContext;

/* Appends the value with exactly the signature of the row; negative errno. */
typedef int BusGetter(BusGetterContext *context, BusBody *body);

typedef struct BusGetterRow {
        BusFamily family;
        const char *name;
        BusGetter *get;
        int argument; /* for getters that serve several rows */
} BusGetterRow;

typedef struct BusPropertyBinding {
        BusGetter *get;
        const DirectiveRow *directive;
        int argument;
        bool costly; /* asks the kernel: announced without its value */
        /* Its entry of a{sv} when nothing is set, in server->default_entries. */
        uint32_t entry_at, entry_size;
        uint32_t head_size; /* bytes of the entry before the value */
} BusPropertyBinding;

/* Makes the bindings: one per row of bus_property_rows; free with free(). `ret_entries` becomes
 * what they call default_entries. -ENOMEM. */
int bus_property_bind(BusPropertyBinding **ret, BusBody *ret_entries);

/* The kernel's figures of the unit, read at most once for one context. */
const BusFigures *bus_getter_figures(BusGetterContext *context);

/* Appends what the row says when nothing is set. */
int bus_property_append_default(BusGetterContext *context, BusBody *body);

/* Appends one entry of a{sv}: name and value of the property in this row. */
int bus_property_append_entry(BusGetterContext *context, unsigned row, BusBody *body);

/* The setting that a property of units of this type shows, NULL when there is none; `ret_signature`
 * (may be NULL) is what the property shows. */
const DirectiveRow *bus_property_setting(const BusServer *server,
                                         UnitType type,
                                         const char *name,
                                         const char **ret_signature);

/* Reads interface and name from the call; the number of the row, negative with the error set. An
 * empty interface name means any of the object's. */
int bus_property_read_row(BusCall *call, BusInterface *ret_interface);

/* Methods of org.freedesktop.DBus.Properties. */
BusMethodFunction bus_property_get;
BusMethodFunction bus_property_get_all;
BusMethodFunction bus_property_set;
