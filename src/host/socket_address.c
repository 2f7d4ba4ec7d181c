/* SPDX-License-Identifier: Apache-2.0 */
#include "host/socket_address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fd.h"
#include "base/macros.h"
#include "base/parse_value.h"
#include "base/strbuf.h"

static const struct {
        const char *name;
        int family;
} netlink_families[] = {
        { "audit", NETLINK_AUDIT },
        { "connector", NETLINK_CONNECTOR },
        { "dnrtmsg", NETLINK_DNRTMSG },
        { "ecryptfs", NETLINK_ECRYPTFS },
        { "fib-lookup", NETLINK_FIB_LOOKUP },
        { "firewall", NETLINK_FIREWALL },
        { "generic", NETLINK_GENERIC },
        { "inet-diag", NETLINK_INET_DIAG },
        { "ip6-fw", NETLINK_IP6_FW },
        { "iscsi", NETLINK_ISCSI },
        { "kobject-uevent", NETLINK_KOBJECT_UEVENT },
        { "netfilter", NETLINK_NETFILTER },
        { "nflog", NETLINK_NFLOG },
        { "rdma", NETLINK_RDMA },
        { "route", NETLINK_ROUTE },
        { "scsitransport", NETLINK_SCSITRANSPORT },
        { "selinux", NETLINK_SELINUX },
        { "xfrm", NETLINK_XFRM },
};

int netlink_family_parse(Str text) {
        uint32_t number;
        for (unsigned i = 0; i < ARRAY_LENGTH(netlink_families); i++)
                if (str_equal_c(text, netlink_families[i].name))
                        return netlink_families[i].family;
        return parse_u32(text, &number) < 0 || number > INT32_MAX ? err_new(-EINVAL) : (int)number;
}

static bool has_ipv6(void) {
        return access("/proc/net/if_inet6", F_OK) == 0;
}

/* In the order of the network. */
static int read_port(Str text, in_port_t *ret) {
        uint16_t port;
        int r = parse_port(text, &port);
        if (r < 0)
                return err_pass(r);
        *ret = htons(port);
        return 0;
}

static int parse_bare_port(Str text, SocketAddress *ret) {
        in_port_t port;
        int r = read_port(text, &port);
        if (r < 0)
                return err_pass(r);
        if (has_ipv6()) {
                *(struct sockaddr_in6 *)&ret->storage = (struct sockaddr_in6){
                        .sin6_family = AF_INET6, .sin6_port = port, .sin6_addr = in6addr_any
                };
                ret->length = sizeof(struct sockaddr_in6);
        } else {
                *(struct sockaddr_in *)&ret->storage =
                        (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
                ret->length = sizeof(struct sockaddr_in);
        }
        return 0;
}

static int parse_ipv4(Str host, Str port, SocketAddress *ret) {
        struct sockaddr_in *in = (struct sockaddr_in *)&ret->storage;
        AUTO_FREE char *text = str_dup(host);
        if (!text)
                return err_new(-ENOMEM);
        *in = (struct sockaddr_in){ .sin_family = AF_INET };
        ret->length = sizeof(*in);
        if (inet_pton(AF_INET, text, &in->sin_addr) != 1)
                return err_new(-EINVAL);
        return err_pass(read_port(port, &in->sin_port));
}

/* An interface by name or number. */
static int parse_scope(Str text, uint32_t *ret) {
        AUTO_FREE char *name = str_dup(text);
        if (!name)
                return err_new(-ENOMEM);
        *ret = if_nametoindex(name);
        if (*ret == 0 && parse_u32(text, ret) < 0)
                return err_new(-ENODEV);
        return 0;
}

/* "address]:port" or "address]:port%interface". */
static int parse_ipv6(Str rest, SocketAddress *ret) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ret->storage;
        ssize_t bracket = str_find_char(rest, ']');
        if (bracket < 0 || (size_t)bracket + 2 > rest.length || rest.data[bracket + 1] != ':')
                return err_new(-EINVAL);
        AUTO_FREE char *text = str_dup((Str){ rest.data, (size_t)bracket });
        Str port = { rest.data + bracket + 2, rest.length - (size_t)bracket - 2 };
        ssize_t percent = str_find_char(port, '%');
        if (!text)
                return err_new(-ENOMEM);
        *in6 = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
        ret->length = sizeof(*in6);
        if (inet_pton(AF_INET6, text, &in6->sin6_addr) != 1)
                return err_new(-EINVAL);
        if (percent >= 0) {
                Str scope = { port.data + percent + 1, port.length - (size_t)percent - 1 };
                int r = parse_scope(scope, &in6->sin6_scope_id);
                if (r < 0)
                        return err_pass(r);
                port.length = (size_t)percent;
        }
        return err_pass(read_port(port, &in6->sin6_port));
}

/* "CID:PORT", where the CID may be empty. */
static int parse_vsock(Str rest, SocketAddress *ret) {
        struct sockaddr_vm *vm = (struct sockaddr_vm *)&ret->storage;
        uint32_t cid = VMADDR_CID_ANY, port;
        Str first;
        if (!str_next_part(&rest, ':', &first) || !rest.data)
                return err_new(-EINVAL);
        if (first.length > 0 && parse_u32(first, &cid) < 0)
                return err_new(-EINVAL);
        if (parse_u32(rest, &port) < 0)
                return err_new(-EINVAL);
        *vm = (struct sockaddr_vm){ .svm_family = AF_VSOCK, .svm_cid = cid, .svm_port = port };
        ret->length = sizeof(*vm);
        return 0;
}

static int parse_unix(Str text, SocketAddress *ret) {
        AUTO_FREE char *path = str_dup(text);
        if (!path)
                return err_new(-ENOMEM);
        int r = socket_address_unix(path, (struct sockaddr_un *)&ret->storage);
        if (r < 0)
                return err_pass(r);
        ret->length = (socklen_t)r;
        return 0;
}

int socket_address_parse(Str text, SocketAddress *ret) {
        Str rest = text;
        *ret = (SocketAddress){ 0 };
        if (text.length > 0 && (text.data[0] == '/' || text.data[0] == '@'))
                return err_pass(parse_unix(text, ret));
        if (str_skip_prefix(&rest, "vsock:"))
                return err_pass(parse_vsock(rest, ret));
        if (str_skip_prefix(&rest, "["))
                return err_pass(parse_ipv6(rest, ret));
        ssize_t colon = str_find_char(text, ':');
        if (colon < 0)
                return err_pass(parse_bare_port(text, ret));
        Str port = { text.data + colon + 1, text.length - (size_t)colon - 1 };
        return err_pass(parse_ipv4((Str){ text.data, (size_t)colon }, port, ret));
}

int socket_address_parse_netlink(Str text, SocketAddress *ret) {
        struct sockaddr_nl *nl = (struct sockaddr_nl *)&ret->storage;
        Str family_word, group_word;
        uint32_t group = 0;
        *ret = (SocketAddress){ .length = sizeof(*nl) };
        if (!str_next_word(&text, &family_word))
                return err_new(-EINVAL);
        int family = netlink_family_parse(family_word);
        if (family < 0)
                return err_pass(family);
        if (str_next_word(&text, &group_word) && parse_u32(group_word, &group) < 0)
                return err_new(-EINVAL);
        *nl = (struct sockaddr_nl){ .nl_family = AF_NETLINK, .nl_groups = group };
        ret->protocol = family;
        return 0;
}

bool socket_address_is_path(const SocketAddress *address) {
        const struct sockaddr_un *un = (const struct sockaddr_un *)&address->storage;
        return address->storage.ss_family == AF_UNIX && un->sun_path[0] == '/';
}

/* IPv4 in IPv6 counts as IPv4. */
static const char *
print_ip(const SocketAddress *address, char text[static INET6_ADDRSTRLEN], unsigned *ret_port) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)&address->storage;
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
        if (address->storage.ss_family == AF_INET) {
                *ret_port = ntohs(in->sin_port);
                return inet_ntop(AF_INET, &in->sin_addr, text, INET6_ADDRSTRLEN);
        }
        if (address->storage.ss_family != AF_INET6)
                return NULL;
        *ret_port = ntohs(in6->sin6_port);
        if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
                return inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
        return inet_ntop(AF_INET6, &in6->sin6_addr, text, INET6_ADDRSTRLEN);
}

static char *print_vsock(const SocketAddress *address, char **ret_address, unsigned *ret_port) {
        const struct sockaddr_vm *vm = (const struct sockaddr_vm *)&address->storage;
        StrBuf out = STRBUF_INIT, alone = STRBUF_INIT;
        strbuf_addf(&out, "%u:%u", vm->svm_cid, vm->svm_port);
        strbuf_addf(&alone, "vsock:%u", vm->svm_cid);
        *ret_port = vm->svm_port;
        *ret_address = strbuf_steal(&alone);
        if (*ret_address)
                return strbuf_steal(&out);
        strbuf_done(&out);
        return NULL;
}

char *socket_address_print(const SocketAddress *address, char **ret_address, unsigned *ret_port) {
        char text[INET6_ADDRSTRLEN];
        StrBuf out = STRBUF_INIT;
        if (address->storage.ss_family == AF_VSOCK)
                return print_vsock(address, ret_address, ret_port);
        if (!print_ip(address, text, ret_port))
                return NULL;
        AUTO_FREE char *alone = str_dup(str_of(text));
        strbuf_addf(&out, "%s:%u", text, *ret_port);
        char *result = strbuf_steal(&out);
        if (!alone || !result) {
                free(result);
                return NULL;
        }
        *ret_address = STEAL(alone);
        return result;
}
