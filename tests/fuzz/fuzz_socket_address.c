/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/diag.h"
#include "fuzz_input.h"
#include "host/socket_address.h"
#include "unit/kind.h"
#include "unit/kinds.h"
#include "unit/unit_spec.h"

/* The first byte chooses the setting; the rest is its value. What loading takes is an address when
 * the socket is opened; what was printed of it reads as the same. */

static void require(bool truth) {
        if (!truth)
                abort();
}

static bool is_internet(const SocketAddress *address) {
        return address->storage.ss_family == AF_INET || address->storage.ss_family == AF_INET6;
}

/* Names of interfaces are not printed. */
static void check_print(const SocketAddress *address) {
        AUTO_FREE char *alone = NULL, *alone_again = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        SocketAddress again;
        unsigned port = 0, port_again = 0;
        AUTO_FREE char *printed = socket_address_print(address, &alone, &port);
        if (!printed || !is_internet(address))
                return;
        strbuf_addf(&text, strchr(alone, ':') ? "[%s]:%u" : "%s:%u", alone, port);
        require(socket_address_parse(str_of(strbuf_text(&text)), &again) == 0);
        AUTO_FREE char *printed_again = socket_address_print(&again, &alone_again, &port_again);
        require(printed_again && streq(printed, printed_again) && port == port_again);
}

static void check_rule(const Rule *rule) {
        SocketAddress address;
        int r;
        if (rule->variant == LISTEN_NETLINK)
                r = socket_address_parse_netlink(str_of(rule->source), &address);
        else if (rule->variant == LISTEN_STREAM || rule->variant == LISTEN_DATAGRAM ||
                 rule->variant == LISTEN_SEQUENTIAL_PACKET)
                r = socket_address_parse(str_of(rule->source), &address);
        else
                return;
        require(r == 0 || r == -ENODEV); /* no such interface here */
        if (r == 0)
                check_print(&address);
}

static void check_setting(const char *key, Str value) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const KindContext context = { .diag = &diag };
        require(unit_spec_new("a.socket", &spec) == 0);
        (void)unit_spec_assign(
                spec, SECTION_SOCKET, str_of(key), value, &context); /* or it has findings */
        const RuleList *rules = unit_spec_rules(spec, DIRECTIVE_LISTEN);
        for (unsigned i = 0; rules && i < rules->n_rules; i++)
                check_rule(&rules->rules[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const char *const keys[] = {
                "ListenStream",  "ListenDatagram",     "ListenSequentialPacket", "ListenFIFO",
                "ListenNetlink", "ListenMessageQueue", "ListenSpecial",
        };
        SocketAddress address;
        if (size == 0 || size > 4096)
                return 0;
        Str value = { (const char *)data + 1, size - 1 };
        if (socket_address_parse(value, &address) == 0)
                check_print(&address);
        (void)socket_address_parse_netlink(value, &address); /* reads nothing behind its end */
        check_setting(keys[data[0] % ARRAY_LENGTH(keys)], value);
        return 0;
}
