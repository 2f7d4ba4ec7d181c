/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/un.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strv.h"
#include "unit/kind_support.h"
#include "unit/kinds.h"
#include "unit/socket_bind_rule.h"

/* Addresses: what sockets listen on, network prefixes, ports. */

/* --- Listen*= --- */

static const char *const listen_names[] = {
        [LISTEN_STREAM] = "ListenStream",
        [LISTEN_DATAGRAM] = "ListenDatagram",
        [LISTEN_SEQUENTIAL_PACKET] = "ListenSequentialPacket",
        [LISTEN_FIFO] = "ListenFIFO",
        [LISTEN_NETLINK] = "ListenNetlink",
        [LISTEN_SPECIAL] = "ListenSpecial",
        [LISTEN_MESSAGE_QUEUE] = "ListenMessageQueue",
        [LISTEN_USB_FUNCTION] = "ListenUSBFunction",
};

/* "[address]" with an optional "%interface" behind. */
static int check_ipv6(Str address, Str behind) {
        AUTO_FREE char *text = str_dup(address);
        struct in6_addr parsed;
        ssize_t percent;
        uint16_t port;

        if (!text)
                return err_new(-ENOMEM);
        if (inet_pton(AF_INET6, text, &parsed) != 1)
                return err_new(-EINVAL);
        if (!str_skip_prefix(&behind, ":"))
                return err_new(-EINVAL);
        percent = str_find_char(behind, '%');
        if (percent >= 0)
                behind.length = (size_t)percent;
        return parse_port(behind, &port);
}

static int check_ipv4(Str text, size_t colon) {
        AUTO_FREE char *address = str_dup((Str){ text.data, colon });
        struct in_addr parsed;
        uint16_t port;

        if (!address)
                return err_new(-ENOMEM);
        if (inet_pton(AF_INET, address, &parsed) != 1)
                return err_new(-EINVAL);
        return parse_port((Str){ text.data + colon + 1, text.length - colon - 1 }, &port);
}

/* "vsock:CID:PORT". */
static int check_vsock(Str text) {
        Str cid, rest = text;
        uint32_t number;

        if (!str_next_part(&rest, ':', &cid) || !rest.data)
                return err_new(-EINVAL);
        if (cid.length > 0 && parse_u32(cid, &number) < 0)
                return err_new(-EINVAL);
        return parse_u32(rest, &number) < 0 ? err_new(-EINVAL) : 0;
}

/* The family of an address (AF_UNIX, AF_INET, ...), -EINVAL, -ERANGE. */
static int check_address(Str text) {
        Str rest = text;
        ssize_t colon, bracket;
        uint16_t port;
        int r;

        if (text.length > 0 && (text.data[0] == '/' || text.data[0] == '@'))
                return text.length < sizeof(((struct sockaddr_un *)0)->sun_path) && text.length > 1
                               ? AF_UNIX
                               : err_new(-EINVAL);
        if (str_skip_prefix(&rest, "vsock:")) {
                r = check_vsock(rest);
                return r < 0 ? err_pass(r) : AF_VSOCK;
        }
        bracket = str_find_char(text, ']');
        if (text.length > 0 && text.data[0] == '[' && bracket > 0) {
                r = check_ipv6((Str){ text.data + 1, (size_t)bracket - 1 },
                               (Str){ text.data + bracket + 1, text.length - (size_t)bracket - 1 });
                return r < 0 ? err_pass(r) : AF_INET6;
        }
        colon = str_find_char(text, ':');
        r = colon >= 0 ? check_ipv4(text, (size_t)colon) : parse_port(text, &port);
        return r < 0 ? err_pass(r) : AF_INET;
}

static const char *const netlink_names[] = {
        "route",   "firewall",       "inet-diag",  "nflog",         "xfrm",      "selinux",
        "iscsi",   "audit",          "fib-lookup", "connector",     "netfilter", "ip6-fw",
        "dnrtmsg", "kobject-uevent", "generic",    "scsitransport", "ecryptfs",  "rdma",
};

static int check_netlink(Str text) {
        Str family, group, rest = text;
        uint32_t number;
        bool known = false;

        if (!str_next_word(&rest, &family))
                return err_new(-EINVAL);
        for (unsigned i = 0; i < ARRAY_LENGTH(netlink_names); i++)
                known |= str_equal_c(family, netlink_names[i]);
        if (!known && (parse_u32(family, &number) < 0 || number > INT32_MAX))
                return err_new(-EINVAL);
        if (!str_next_word(&rest, &group))
                return 0;
        if (parse_u32(group, &number) < 0 || str_next_word(&rest, &group))
                return err_new(-EINVAL);
        return 0;
}

static bool takes_path(ListenType type) {
        return type == LISTEN_FIFO || type == LISTEN_SPECIAL || type == LISTEN_MESSAGE_QUEUE ||
               type == LISTEN_USB_FUNCTION;
}

static int check_listen(const KindContext *context, const char *address) {
        ListenType type = (ListenType)context->row->variant;
        int r = type == LISTEN_NETLINK ? check_netlink(str_of(address))
                                       : check_address(str_of(address));

        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(context,
                                   "Failed to parse address value in '%s', ignoring: %s",
                                   address,
                                   kind_error_text(r));
        if (type == LISTEN_SEQUENTIAL_PACKET && r != AF_UNIX)
                return kind_ignore(context, "Address family not supported, ignoring: %s", address);
        return KIND_OK;
}

static int parse_listen(const KindContext *context, Str text, Value *value) {
        AUTO_FREE char *expanded = NULL, *path = NULL;
        int r;

        if (text.length == 0)
                return KIND_RESET;
        r = kind_expand(context, text, EXPAND_QUOTED, &expanded);
        if (r != KIND_OK)
                return r;
        if (takes_path((ListenType)context->row->variant))
                r = kind_path(context, expanded, 0, &path);
        else
                r = check_listen(context, expanded);
        if (r != KIND_OK)
                return r;
        return value_add_rule(value,
                              (Rule){ .variant = context->row->variant,
                                      .source = path ? STEAL(path) : STEAL(expanded) });
}

static void print_listen(const DirectiveRow *row, const Value *value, StrBuf *out) {
        (void)row; /* the rule says which of the settings it is */
        for (unsigned i = 0; value->rules && i < value->rules->n_rules; i++) {
                const Rule *rule = &value->rules->rules[i];

                strbuf_addf(out, "%s=", listen_names[rule->variant]);
                kind_print_path(rule->source, out);
                strbuf_add_char(out, '\n');
        }
}

const Kind kind_listen = {
        .name = "address to listen on",
        .shape = SHAPE_RULES,
        .bus_type = "a(ss)",
        .parse = parse_listen,
        .print = print_listen,
};

/* --- IPAddressAllow=, IPAddressDeny= --- */

static const struct {
        const char *name;
        const char *prefixes[2];
} prefix_names[] = {
        { "any", { "0.0.0.0/0", "::/0" } },
        { "localhost", { "127.0.0.0/8", "::1/128" } },
        { "link-local", { "169.254.0.0/16", "fe80::/64" } },
        { "multicast", { "224.0.0.0/4", "ff00::/8" } },
};

/* Clears the bits behind the prefix. */
static void mask_address(uint8_t *address, unsigned n_bytes, unsigned n_bits) {
        for (unsigned i = 0; i < n_bytes; i++) {
                unsigned keep = n_bits > i * 8 ? n_bits - i * 8 : 0;

                if (keep < 8)
                        address[i] &= (uint8_t)(0xff00u >> keep);
        }
}

/* "address/bits" in canonical form; -EINVAL. */
static int read_prefix(Str text, char **ret) {
        ssize_t slash = str_find_char(text, '/');
        AUTO_FREE char *address = str_dup(slash < 0 ? text : (Str){ text.data, (size_t)slash });
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        char printed[INET6_ADDRSTRLEN];
        uint8_t bytes[sizeof(struct in6_addr)];
        uint64_t n_bits;
        int family;

        if (!address)
                return err_new(-ENOMEM);
        family = strchr(address, ':') ? AF_INET6 : AF_INET;
        if (inet_pton(family, address, bytes) != 1)
                return err_new(-EINVAL);
        n_bits = family == AF_INET ? 32 : 128;
        if (slash >= 0) {
                uint64_t given;
                Str tail = { text.data + slash + 1, text.length - (size_t)slash - 1 };

                if (parse_u64(tail, 0, &given) < 0 || given > n_bits)
                        return err_new(-EINVAL);
                n_bits = given;
        }
        mask_address(bytes, family == AF_INET ? 4 : 16, (unsigned)n_bits);
        if (!inet_ntop(family, bytes, printed, sizeof(printed)))
                return err_new(-EINVAL);
        strbuf_addf(&out, "%s/%u", printed, (unsigned)n_bits);
        *ret = strbuf_steal(&out);
        return *ret ? 0 : err_new(-ENOMEM);
}

static int add_prefix(const KindContext *context, const char *word, Value *value) {
        AUTO_FREE char *prefix = NULL;
        int r;

        for (unsigned i = 0; i < ARRAY_LENGTH(prefix_names); i++) {
                if (!streq(word, prefix_names[i].name))
                        continue;
                for (unsigned j = 0; j < 2; j++)
                        if (kind_add_unique(context, prefix_names[i].prefixes[j], value) < 0)
                                return err_new(-ENOMEM);
                return KIND_OK;
        }
        r = read_prefix(str_of(word), &prefix);
        if (r == -ENOMEM)
                return err_pass(r);
        if (r < 0)
                return kind_ignore(
                        context, "Address prefix is invalid, ignoring assignment: %s", word);
        return kind_add_unique(context, prefix, value) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static int parse_prefixes(const KindContext *context, Str text, Value *value) {
        static const KindWords words = {
                .add = add_prefix,
                .broken = "Trailing garbage in",
                .broken_key = true,
        };

        return kind_words(context, &words, text, value);
}

static void print_prefixes(const DirectiveRow *row, const Value *value, StrBuf *out) {
        kind_print_key(row, out);
        STRV_FOREACH(prefix, value->strv)
        strbuf_addf(out, "%s%s", prefix == value->strv ? "" : " ", *prefix);
        strbuf_add_char(out, '\n');
}

const Kind kind_ip_prefixes = {
        .name = "addresses with prefix lengths",
        .shape = SHAPE_STRV,
        .bus_type = "a(iayu)",
        .parse = parse_prefixes,
        .print = print_prefixes,
};

/* --- SocketBindAllow=, SocketBindDeny=: [family:][protocol:]port, range or any --- */

static int parse_socket_bind(const KindContext *context, Str text, Value *value) {
        SocketBindRule rule;

        if (text.length == 0)
                return KIND_RESET;
        if (socket_bind_rule_parse(text, &rule) < 0)
                return kind_ignore(context,
                                   "Unable to parse %.*s= assignment, ignoring: %.*s",
                                   STR_ARG(context->key_written),
                                   STR_ARG(text));
        return strv_add_str(&value->strv, text) < 0 ? err_new(-ENOMEM) : KIND_OK;
}

static void print_socket_bind(const DirectiveRow *row, const Value *value, StrBuf *out) {
        STRV_FOREACH(rule, value->strv)
        kind_print_raw(row, *rule, out);
}

const Kind kind_socket_bind = {
        .name = "family, protocol and ports",
        .shape = SHAPE_STRV,
        .bus_type = "a(iiqq)",
        .parse = parse_socket_bind,
        .print = print_socket_bind,
};
