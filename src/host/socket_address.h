/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Texts of ListenStream= and the like as addresses of the kernel, and addresses of peers as text
 * (systemd.socket(5), "ListenStream="). Settings were checked when they were loaded; what comes
 * here is only converted. */

#include <stdbool.h>
#include <sys/socket.h>

#include "base/str.h"

typedef struct SocketAddress {
        struct sockaddr_storage storage;
        socklen_t length;
        int protocol; /* of netlink sockets; else 0 */
} SocketAddress;

/* A path, "@name", "port", "a.b.c.d:port", "[v6%interface]:port" or "vsock:CID:port". A bare port
 * is every IPv6 address where the machine has IPv6, else every IPv4 address. -EINVAL. */
int socket_address_parse(Str text, SocketAddress *ret);

/* "family group" of ListenNetlink=. -EINVAL. */
int socket_address_parse_netlink(Str text, SocketAddress *ret);

/* The number of a netlink family by name or number, -EINVAL. */
int netlink_family_parse(Str text);

/* Whether it is a node in the file system. */
bool socket_address_is_path(const SocketAddress *address);

/* "10.0.0.1:80", "2001:db8::1:80" as in the names of instances: the numeric address and port; an
 * IPv4 address in IPv6 is written as IPv4; "CID:PORT" of vsock, whose address alone is "vsock:CID".
 * NULL for other families or without memory. `ret_address` gets the address alone in fresh memory,
 * `ret_port` the port. */
char *socket_address_print(const SocketAddress *address, char **ret_address, unsigned *ret_port);
