/* SPDX-License-Identifier: Apache-2.0 */

/* Properties of org.freedesktop.systemd1.Socket and .Path that exist at run time, or that have
 * defaults of their own. */

#include <arpa/inet.h>
#include <string.h>

#include "base/macros.h"
#include "bus/bus_getters.h"
#include "bus/bus_value.h"
#include "engine/socket_unit.h"
#include "engine/trigger_limit.h"
#include "unit/kinds.h"

static const SocketRuntime idle_socket = { .result = SOCKET_SUCCESS };

static const SocketRuntime *runtime(const BusGetterContext *context) {
        return context->unit->socket ?: &idle_socket;
}

static const char *const listen_names[] = {
        [LISTEN_STREAM] = "Stream",
        [LISTEN_DATAGRAM] = "Datagram",
        [LISTEN_SEQUENTIAL_PACKET] = "SequentialPacket",
        [LISTEN_FIFO] = "FIFO",
        [LISTEN_NETLINK] = "Netlink",
        [LISTEN_SPECIAL] = "Special",
        [LISTEN_MESSAGE_QUEUE] = "MessageQueue",
        [LISTEN_USB_FUNCTION] = "USBFunction",
};

static const char *const path_names[] = {
        [PATH_EXISTS] = "PathExists",
        [PATH_EXISTS_GLOB] = "PathExistsGlob",
        [PATH_CHANGED] = "PathChanged",
        [PATH_MODIFIED] = "PathModified",
        [PATH_DIRECTORY_NOT_EMPTY] = "DirectoryNotEmpty",
};

/* An address as systemd writes it: a port alone is one of all addresses, those of IPv6 are short,
 * netlink has a group. NULL without memory. */
static char *print_address(ListenType type, const char *source) {
        StrBuf out = STRBUF_INIT;
        struct in6_addr address;
        char text[INET6_ADDRSTRLEN];
        Str rest = str_of(source), inner;
        size_t n_digits = strspn(source, "0123456789");

        if (type <= LISTEN_SEQUENTIAL_PACKET && n_digits > 0 && source[n_digits] == '\0')
                strbuf_add(&out, "[::]:");
        else if (type <= LISTEN_SEQUENTIAL_PACKET && str_skip_prefix(&rest, "[") &&
                 str_next_part(&rest, ']', &inner)) {
                AUTO_FREE char *numeric = str_dup(inner);
                bool known = numeric && inet_pton(AF_INET6, numeric, &address) == 1 &&
                             inet_ntop(AF_INET6, &address, text, sizeof(text));
                strbuf_addf(&out, "[%s]", known ? text : numeric ?: "");
                source = rest.data;
        }
        strbuf_add(&out, source);
        if (type == LISTEN_NETLINK && !strpbrk(source, " \t"))
                strbuf_add(&out, " 0");
        return strbuf_steal(&out);
}

/* a(ss): what kind, and the address or path. */
static int
append_pairs(BusGetterContext *context, BusBody *body, DirectiveId id, const char *const *names) {
        const Value *value = bus_value_find(context, id);
        unsigned n = value && value->rules ? value->rules->n_rules : 0;
        int r = bus_body_open(body, 'a', "(ss)");
        for (unsigned i = 0; i < n && r >= 0; i++) {
                bool backwards = id == DIRECTIVE_PATHS; /* as systemd has them */
                const Rule *rule = &value->rules->rules[backwards ? n - 1 - i : i];
                AUTO_FREE char *address =
                        id == DIRECTIVE_LISTEN
                                ? print_address((ListenType)rule->variant, rule->source)
                                : NULL;
                r = bus_body_append(body, "(ss)", names[rule->variant], address ?: rule->source);
        }
        return r < 0 ? r : bus_body_close(body);
}

static int get_listen(BusGetterContext *context, BusBody *body) {
        return append_pairs(context, body, DIRECTIVE_LISTEN, listen_names);
}

static int get_paths(BusGetterContext *context, BusBody *body) {
        return append_pairs(context, body, DIRECTIVE_PATHS, path_names);
}

static int get_control_pid(BusGetterContext *context, BusBody *body) {
        return bus_append_u32(body, (uint32_t)runtime(context)->control_pid);
}

static int get_result(BusGetterContext *context, BusBody *body) {
        return bus_append_text(body, unit_result_name(context->unit));
}

static int get_connections(BusGetterContext *context, BusBody *body) {
        const SocketRuntime *s = runtime(context);
        const unsigned counts[] = { s->n_connections, s->n_accepted, s->n_refused };
        return bus_append_u32(body, counts[context->argument]);
}

static int get_fd_name(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_FILE_DESCRIPTOR_NAME);
        return bus_append_text(body, value ? value->text : context->unit->id);
}

/* What holds when nothing is set: 2 s, and 200 triggers where each connection is one, or where only
 * paths are looked at; 20 else. */
static int get_trigger_interval(BusGetterContext *context, BusBody *body) {
        return bus_append_u64(body,
                              context->unit && context->unit->spec
                                      ? trigger_limit_interval(context->unit)
                                      : TRIGGER_INTERVAL_USEC);
}

static int get_trigger_burst(BusGetterContext *context, BusBody *body) {
        const Value *value = bus_value_find(context, DIRECTIVE_TRIGGER_LIMIT_BURST);
        bool many = context->unit->type == UNIT_PATH || socket_accepts(context->unit);
        return bus_append_u32(body, value ? (uint32_t)value->number : many ? 200 : 20);
}

/* clang-format off */
const BusGetterRow bus_socket_getters[] = {
        { BUS_FAMILY_SOCKET, "Listen", get_listen, 0 },
        { BUS_FAMILY_SOCKET, "ControlPID", get_control_pid, 0 },
        { BUS_FAMILY_SOCKET, "Result", get_result, 0 },
        { BUS_FAMILY_SOCKET, "NConnections", get_connections, 0 },
        { BUS_FAMILY_SOCKET, "NAccepted", get_connections, 1 },
        { BUS_FAMILY_SOCKET, "NRefused", get_connections, 2 },
        { BUS_FAMILY_SOCKET, "FileDescriptorName", get_fd_name, 0 },
        { BUS_FAMILY_SOCKET, "TriggerLimitIntervalUSec", get_trigger_interval, 0 },
        { BUS_FAMILY_SOCKET, "TriggerLimitBurst", get_trigger_burst, 0 },
        { BUS_FAMILY_PATH, "Paths", get_paths, 0 },
        { BUS_FAMILY_PATH, "Result", get_result, 0 },
        { BUS_FAMILY_PATH, "TriggerLimitIntervalUSec", get_trigger_interval, 0 },
        { BUS_FAMILY_PATH, "TriggerLimitBurst", get_trigger_burst, 0 },
};
/* clang-format on */

const unsigned bus_socket_getter_count = ARRAY_LENGTH(bus_socket_getters);
