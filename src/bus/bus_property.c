/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_property.h"

#include <assert.h>
#include <errno.h>
#include <syslog.h>

#include "base/error.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_reply.h"
#include "bus/bus_value.h"

static int append_number(BusBody *body, char type, uint64_t number) {
        uint8_t byte = (uint8_t)number;
        uint16_t small = (uint16_t)number;
        uint32_t word = (uint32_t)number;
        int boolean = number != 0;
        double real = (double)number;
        const void *from = &number;

        if (type == 'b')
                from = &boolean;
        else if (type == 'y')
                from = &byte;
        else if (type == 'q' || type == 'n')
                from = &small;
        else if (type == 'u' || type == 'i')
                from = &word;
        else if (type == 'd')
                from = &real;
        return bus_body_append_basic(body, type, from);
}

static int
append_empty(BusBody *body, const char *signature, size_t length, const BusPropertyRow *row);

/* A struct of empty members. */
static int append_empty_struct(BusBody *body, const char *members, size_t length) {
        static const BusPropertyRow nothing = { 0 };
        int r = 0;

        for (size_t i = 0; i < length && r >= 0;) {
                size_t n = bus_type_length(members + i);
                r = append_empty(body, members + i, n, &nothing);
                i += n;
        }
        return r;
}

static int
append_empty(BusBody *body, const char *signature, size_t length, const BusPropertyRow *row) {
        bool is_array = signature[0] == 'a';
        AUTO_FREE char *contents = NULL;
        int r;

        if (signature[0] == 's')
                return bus_body_append_basic(body, 's', row->default_text ?: "");
        if (signature[0] == 'o')
                return bus_body_append_basic(body, 'o', "/");
        if (!is_array && signature[0] != '(')
                return append_number(body, signature[0], row->default_number);
        contents = str_dup((Str){ signature + 1, length - (is_array ? 1 : 2) });
        if (!contents)
                return err_new(-ENOMEM);
        r = bus_body_open(body, is_array ? 'a' : 'r', contents);
        if (r >= 0 && !is_array)
                r = append_empty_struct(body, contents, strlen(contents));
        return r < 0 ? r : bus_body_close(body);
}

int bus_property_append_default(BusGetterContext *context, BusBody *body) {
        const BusPropertyRow *row = context->row;

        return append_empty(body, row->signature, strlen(row->signature), row);
}

const BusFigures *bus_getter_figures(BusGetterContext *context) {
        const BusHost *host = &context->server->host;

        if (context->has_figures)
                return &context->figures;
        memset(&context->figures, 0xff, sizeof(context->figures)); /* all unknown */
        context->figures.group_id = 0;
        if (host->figures)
                host->figures(host->userdata, context->unit, &context->figures);
        context->has_figures = true;
        return &context->figures;
}

/* Tells the getter of row `i` what it answers for. */
static void select_row(BusGetterContext *context, unsigned i) {
        const BusPropertyBinding *binding = &context->server->bindings[i];

        context->row = &bus_property_rows[i];
        context->directive = binding->directive;
        context->argument = binding->argument;
}

/* The value of row `i` as a variant. */
static int append_variant(BusGetterContext *context, unsigned i, BusBody *body) {
        const BusPropertyBinding *binding = &context->server->bindings[i];
        int r;

        select_row(context, i);
        r = bus_body_open(body, 'v', context->row->signature);
        if (r >= 0)
                r = binding->get(context, body);
        return r < 0 ? r : bus_body_close(body);
}

/* Whether the value is what the row says. */
static bool is_default(BusGetterContext *context, const BusPropertyBinding *binding) {
        if (binding->get == bus_value_get)
                return !bus_value_find(context, binding->directive->id);
        return binding->get == bus_property_append_default;
}

int bus_property_append_entry(BusGetterContext *context, unsigned i, BusBody *body) {
        const BusPropertyBinding *binding = &context->server->bindings[i];
        const uint8_t *entry = context->server->default_entries.data + binding->entry_at;
        int r;

        if (is_default(context, binding))
                return bus_body_append_element(body, entry, binding->entry_size);
        select_row(context, i);
        r = bus_body_open_entry(body, entry, binding->head_size, context->row->signature);
        if (r >= 0)
                r = binding->get(context, body);
        return r < 0 ? r : bus_body_close(body);
}

/* Entries for all properties of an interface. */
static int append_entries(BusGetterContext *context, BusInterface interface, BusBody *body) {
        const BusInterfaceRow *row = &bus_interface_rows[interface];
        int r = 0;

        for (unsigned f = 0; f < row->n_families; f++) {
                const BusPropertyFamily *range = &bus_property_families[row->families[f]];
                for (unsigned i = range->first; i < range->first + range->n_rows && r >= 0; i++)
                        r = bus_property_append_entry(context, i, body);
        }
        return r;
}

/* The number of the row for a property of an interface, -1 when there is none. */
static int find_row(BusInterface interface, const char *name) {
        const BusInterfaceRow *row = &bus_interface_rows[interface];

        for (unsigned f = 0; f < row->n_families; f++) {
                const BusPropertyFamily *range = &bus_property_families[row->families[f]];
                for (unsigned i = range->first; i < range->first + range->n_rows; i++)
                        if (streq(bus_property_rows[i].name, name))
                                return (int)i;
        }
        return -1;
}

const DirectiveRow *bus_property_setting(const BusServer *server,
                                         UnitType type,
                                         const char *name,
                                         const char **ret_signature) {
        int row = find_row(bus_interface_of_type(type), name);

        if (row < 0)
                row = find_row(BUS_INTERFACE_UNIT, name);
        if (row < 0)
                return NULL;
        if (ret_signature)
                *ret_signature = bus_property_rows[row].signature;
        return server->bindings[row].directive;
}

int bus_property_read_row(BusCall *call, BusInterface *ret_interface) {
        const char *interface, *name;
        int r = sd_bus_message_read(call->message, "ss", &interface, &name);

        for (unsigned i = 0; r >= 0 && i < BUS_INTERFACE_COUNT; i++) {
                int row;
                if (!(call->object.interfaces & BUS_INTERFACE_BIT(i)) ||
                    (*interface && !streq(bus_interface_rows[i].name, interface)))
                        continue;
                row = find_row((BusInterface)i, name);
                if (row < 0)
                        continue;
                *ret_interface = (BusInterface)i;
                return row;
        }
        if (r < 0)
                return r;
        return sd_bus_error_setf(call->error,
                                 SD_BUS_ERROR_UNKNOWN_PROPERTY,
                                 "Unknown interface %s or property %s.",
                                 interface,
                                 name);
}

static BusGetterContext context_of_call(const BusCall *call) {
        return (BusGetterContext){
                .server = call->server,
                .unit = call->object.unit,
                .job = call->object.job,
        };
}

int bus_property_get(BusCall *call, const BusMethodRow *method) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(method->out);
        BusGetterContext context = context_of_call(call);
        BusInterface interface;
        int row = bus_property_read_row(call, &interface), r;

        if (row < 0)
                return row;
        r = append_variant(&context, (unsigned)row, &reply);
        return r < 0 ? r : bus_reply(call, &reply);
}

/* All interfaces of an object: systemd has those of the type first. */
static int append_interfaces(BusGetterContext *context, uint32_t interfaces, BusBody *reply) {
        uint32_t unit = BUS_INTERFACE_BIT(BUS_INTERFACE_UNIT);
        int r = 0;

        for (unsigned i = 0; i < BUS_INTERFACE_COUNT && r >= 0; i++)
                if (interfaces & ~unit & BUS_INTERFACE_BIT(i))
                        r = append_entries(context, (BusInterface)i, reply);
        if (r >= 0 && (interfaces & unit))
                r = append_entries(context, BUS_INTERFACE_UNIT, reply);
        return r;
}

int bus_property_get_all(BusCall *call, const BusMethodRow *method) {
        AUTO(bus_body_done) BusBody reply = bus_body_of(method->out);
        BusGetterContext context = context_of_call(call);
        uint32_t interfaces = call->object.interfaces;
        BusInterface interface;
        const char *name;
        int r = sd_bus_message_read(call->message, "s", &name);

        if (r < 0)
                return r;
        if (*name) {
                if (bus_interface_parse(name, &interface) < 0 ||
                    !(interfaces & BUS_INTERFACE_BIT(interface)))
                        return sd_bus_error_setf(call->error,
                                                 SD_BUS_ERROR_UNKNOWN_INTERFACE,
                                                 "Unknown interface %s.",
                                                 name);
                interfaces = BUS_INTERFACE_BIT(interface);
        }
        r = bus_body_open(&reply, 'a', "{sv}");
        if (r >= 0)
                r = append_interfaces(&context, interfaces, &reply);
        if (r >= 0)
                r = bus_body_close(&reply);
        return r < 0 ? r : bus_reply(call, &reply);
}
