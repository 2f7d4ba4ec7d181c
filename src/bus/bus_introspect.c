/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_introspect.h"

#include "base/error.h"
#include "base/macros.h"
#include "base/str.h"
#include "bus/bus_object.h"
#include "bus/bus_reply.h"

typedef struct SignalRow {
        BusInterface interface;
        const char *member, *signature, *names;
} SignalRow;

/* clang-format off */
static const SignalRow signals[] = {
        { BUS_INTERFACE_PROPERTIES, "PropertiesChanged", "sa{sv}as", "interface_name changed_properties invalidated_properties" },
        { BUS_INTERFACE_SCOPE, "RequestStop", "", "" },
        { BUS_INTERFACE_MANAGER, "UnitNew", "so", "id unit" },
        { BUS_INTERFACE_MANAGER, "UnitRemoved", "so", "id unit" },
        { BUS_INTERFACE_MANAGER, "JobNew", "uos", "id job unit" },
        { BUS_INTERFACE_MANAGER, "JobRemoved", "uoss", "id job unit result" },
        { BUS_INTERFACE_MANAGER, "StartupFinished", "tttttt", "firmware loader kernel initrd userspace total" },
        { BUS_INTERFACE_MANAGER, "UnitFilesChanged", "", "" },
        { BUS_INTERFACE_MANAGER, "Reloading", "b", "active" },
};
/* clang-format on */

/* Length of the first complete type of a signature. */
static size_t complete_type(const char *signature) {
        size_t n = 0;
        unsigned depth = 0;

        while (signature[n] == 'a')
                n++;
        do {
                depth += signature[n] == '(' || signature[n] == '{';
                depth -= signature[n] == ')' || signature[n] == '}';
                n++;
        } while (depth > 0);
        return n;
}

/* One <arg/> per complete type; names are taken from the front of `names`. */
static void add_arguments(const char *signature, Str *names, const char *direction, StrBuf *out) {
        while (*signature) {
                size_t n = complete_type(signature);
                Str name = STR_EMPTY;
                (void)str_next_word(names, &name); /* unnamed when there are no more */
                strbuf_addf(out,
                            "   <arg type=\"%.*s\" name=\"%.*s\"",
                            (int)n,
                            signature,
                            STR_ARG(name));
                if (direction)
                        strbuf_addf(out, " direction=\"%s\"", direction);
                strbuf_add(out, "/>\n");
                signature += n;
        }
}

static void add_method(const BusMethodRow *row, StrBuf *out) {
        Str names = str_of(row->names);

        strbuf_addf(out, "  <method name=\"%s\">\n", row->member);
        add_arguments(row->in, &names, "in", out);
        add_arguments(row->out, &names, "out", out);
        strbuf_add(out, "  </method>\n");
}

static void add_property(const BusPropertyRow *row, StrBuf *out) {
        const char *emits = NULL;

        if (row->flags & BUS_PROPERTY_CONSTANT)
                emits = "const";
        else if (row->flags & BUS_PROPERTY_INVALIDATES)
                emits = "invalidates";
        else if (row->flags & BUS_PROPERTY_SILENT)
                emits = "false";
        strbuf_addf(out,
                    "  <property name=\"%s\" type=\"%s\" access=\"%s\">\n",
                    row->name,
                    row->signature,
                    row->flags & BUS_PROPERTY_WRITABLE ? "readwrite" : "read");
        if (emits)
                strbuf_addf(out,
                            "   <annotation name=\"org.freedesktop.DBus.Property."
                            "EmitsChangedSignal\" value=\"%s\"/>\n",
                            emits);
        strbuf_add(out, "  </property>\n");
}

static void add_signal(const SignalRow *row, StrBuf *out) {
        Str names = str_of(row->names);

        strbuf_addf(out, "  <signal name=\"%s\">\n", row->member);
        add_arguments(row->signature, &names, NULL, out);
        strbuf_add(out, "  </signal>\n");
}

void bus_introspect_interface(BusInterface interface, StrBuf *out) {
        const BusInterfaceRow *row = &bus_interface_rows[interface];

        strbuf_addf(out, " <interface name=\"%s\">\n", row->name);
        for (unsigned i = 0; i < bus_method_count; i++)
                if (bus_method_rows[i].interfaces & BUS_INTERFACE_BIT(interface))
                        add_method(&bus_method_rows[i], out);
        for (unsigned f = 0; f < row->n_families; f++) {
                const BusPropertyFamily *range = &bus_property_families[row->families[f]];
                for (unsigned i = range->first; i < range->first + range->n_rows; i++)
                        add_property(&bus_property_rows[i], out);
        }
        for (unsigned i = 0; i < ARRAY_LENGTH(signals); i++)
                if (signals[i].interface == interface)
                        add_signal(&signals[i], out);
        strbuf_add(out, " </interface>\n");
}

/* The nodes below a directory. */
static void add_children(const BusCall *call, const char *path, StrBuf *out) {
        Engine *engine = call->server->engine;
        char child[BUS_PATH_SIZE];

        if (streq(path, "/"))
                strbuf_add(out, " <node name=\"org\"/>\n");
        else if (streq(path, "/org"))
                strbuf_add(out, " <node name=\"freedesktop\"/>\n");
        else if (streq(path, "/org/freedesktop"))
                strbuf_add(out, " <node name=\"systemd1\"/>\n <node name=\"LogControl1\"/>\n");
        else if (streq(path, BUS_PATH_MANAGER))
                strbuf_add(out, " <node name=\"unit\"/>\n <node name=\"job\"/>\n");
        else if (streq(path, BUS_PATH_JOBS)) {
                LIST_FOREACH(job, &engine->jobs, Job, all) {
                        strbuf_addf(out, " <node name=\"%u\"/>\n", job->id);
                }
        } else if (streq(path, BUS_PATH_UNITS)) {
                for (Unit *unit = engine_next_unit(engine, NULL); unit;
                     unit = engine_next_unit(engine, unit))
                        strbuf_addf(out,
                                    " <node name=\"%s\"/>\n",
                                    bus_unit_path(unit->id, child) + sizeof(BUS_PATH_UNITS));
        }
}

int bus_introspect(BusCall *call, const BusMethodRow *row UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int r;

        strbuf_add(&out,
                   "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection "
                   "1.0//EN\"\n\"https://www.freedesktop.org/standards/dbus/1.0/"
                   "introspect.dtd\">\n<node>\n");
        for (unsigned i = BUS_INTERFACE_COUNT; i-- > 0;)
                if (call->object.interfaces & BUS_INTERFACE_BIT(i))
                        bus_introspect_interface((BusInterface)i, &out);
        add_children(call, sd_bus_message_get_path(call->message), &out);
        strbuf_add(&out, "</node>\n");
        r = strbuf_result(&out);
        if (r < 0)
                return err_pass(r);
        return bus_reply_values(call, "s", strbuf_text(&out));
}
