/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../engine/fake_host.h"

#include "bus/bus_property.h"
#include "fuzz_input.h"
#include "unit/unit_load.h"

/* The first byte chooses the type, the rest is the text of a unit: all its properties must be
 * written with the signatures of the table, and be readable to their end. */

static void require(bool truth) {
        if (!truth)
                abort();
}

/* Messages need a bus that was started; nothing is ever sent. */
static sd_bus *make_bus(void) {
        sd_bus *bus = NULL;
        int fds[2];

        require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
        require(sd_bus_new(&bus) >= 0);
        require(sd_bus_set_fd(bus, fds[0], fds[0]) >= 0);
        require(sd_bus_start(bus) >= 0);
        close(fds[1]);
        return bus;
}

static BusServer *make_server(FakeHost *host, sd_event *event) {
        static const BusHost nothing = { 0 };
        BusServerOptions options = {
                .engine = host->engine, .host = &nothing, .event = event, .owner = getuid()
        };
        BusServer *server = NULL;

        require(bus_server_new(&options, &server) >= 0);
        return server;
}

static void check_interface(BusServer *server, Unit *unit, BusInterface interface, sd_bus *bus) {
        const BusInterfaceRow *row = &bus_interface_rows[interface];
        AUTO(bus_body_done) BusBody body = bus_body_of("av");
        sd_bus_message *message = NULL;
        BusGetterContext context = { .server = server, .unit = unit };

        require(sd_bus_message_new_signal(bus, &message, "/a", "a.b", "C") >= 0);
        require(bus_body_open(&body, 'a', "v") >= 0);
        for (unsigned f = 0; f < row->n_families; f++) {
                const BusPropertyFamily *range = &bus_property_families[row->families[f]];
                for (unsigned i = range->first; i < range->first + range->n_rows; i++) {
                        context.row = &bus_property_rows[i];
                        context.directive = server->bindings[i].directive;
                        context.argument = server->bindings[i].argument;
                        require(bus_body_open(&body, 'v', context.row->signature) >= 0);
                        require(server->bindings[i].get(&context, &body) >= 0);
                        require(bus_body_close(&body) >= 0);
                }
        }
        require(bus_body_close(&body) >= 0);
        require(bus_body_copy(&body, message) >= 0);
        require(sd_bus_message_seal(message, 1, 0) >= 0);
        require(sd_bus_message_enter_container(message, 'a', "v") >= 0);
        while (sd_bus_message_at_end(message, false) == 0)
                require(sd_bus_message_skip(message, "v") > 0);
        sd_bus_message_unref(message);
}

/* The fake host takes only what the loader does not give up on. */
static bool is_readable(const char *name, Str text) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;

        return unit_spec_new(name, &spec) >= 0 && unit_load_text(spec, text, "/a", NULL) >= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static sd_bus *bus;
        static sd_event *event;
        AUTO(fake_host_free) FakeHost *host = NULL;
        AUTO_FREE char *text = NULL;
        char name[32];
        Unit *unit;
        BusServer *server;
        UnitType type;

        if (size == 0)
                return 0;
        if (!bus) {
                bus = make_bus();
                require(sd_event_new(&event) >= 0);
        }
        type = (UnitType)(data[0] % UNIT_TYPE_COUNT);
        text = str_dup((Str){ (const char *)data + 1, size - 1 });
        require(text);
        (void)snprintf(name, sizeof(name), "a.%s", unit_type_name(type));
        if (!is_readable(name, str_of(text)))
                return 0;
        host = fake_host_new(NULL);
        host->silent = true;
        fake_host_add_unit(host, name, text);
        unit = fake_host_unit(host, name);
        server = make_server(host, event);
        check_interface(server, unit, BUS_INTERFACE_UNIT, bus);
        check_interface(server, unit, bus_interface_of_type(type), bus);
        bus_server_free(server);
        return 0;
}
