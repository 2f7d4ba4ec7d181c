/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* One rule of SocketBindAllow= or SocketBindDeny= (systemd.resource-control(5)): "ipv4:tcp:80-90",
 * "udp", "any" and so on. */

#include <stdint.h>

#include "base/str.h"

typedef struct SocketBindRule {
        int family;           /* AF_INET, AF_INET6; 0 = both */
        int protocol;         /* IPPROTO_TCP, IPPROTO_UDP; 0 = all */
        uint16_t first, last; /* ports; both 0 = all */
} SocketBindRule;

/* Reads one. -EINVAL. */
int socket_bind_rule_parse(Str text, SocketBindRule *ret);
