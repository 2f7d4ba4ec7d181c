/* SPDX-License-Identifier: Apache-2.0 */
#include "unit/socket_bind_rule.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/parse_value.h"

static int parse_ports(Str text, SocketBindRule *rule) {
        Str rest = text, first;

        if (str_equal_c(text, "any"))
                return 0;
        (void)str_next_part(&rest, '-', &first); /* a single port is first and last */
        if (parse_port(first, &rule->first) < 0 ||
            parse_port(rest.data ? rest : first, &rule->last) < 0 || rule->first > rule->last)
                return err_new(-EINVAL);
        return 0;
}

int socket_bind_rule_parse(Str text, SocketBindRule *ret) {
        SocketBindRule rule = { 0 };
        Str rest = text, part;
        bool more = str_next_part(&rest, ':', &part);

        if (more && (str_equal_c(part, "ipv4") || str_equal_c(part, "ipv6"))) {
                rule.family = str_equal_c(part, "ipv4") ? AF_INET : AF_INET6;
                more = str_next_part(&rest, ':', &part);
        }
        if (more && (str_equal_c(part, "tcp") || str_equal_c(part, "udp"))) {
                rule.protocol = str_equal_c(part, "tcp") ? IPPROTO_TCP : IPPROTO_UDP;
                more = str_next_part(&rest, ':', &part);
        }
        int r = more ? parse_ports(part, &rule) : 0;
        if (r < 0 || (more && rest.data))
                return err_new(-EINVAL);
        *ret = rule;
        return 0;
}
