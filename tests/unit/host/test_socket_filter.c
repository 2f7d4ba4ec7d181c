/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/in.h>

#include "host/socket_filter.h"
#include "unit_test.h"

static void test_rules_are_read(void **state) {
        static const struct {
                const char *text;
                SocketBindRule rule;
        } cases[] = {
                { "any", { 0, 0, 0, 0 } },
                { "ipv4", { AF_INET, 0, 0, 0 } },
                { "udp", { 0, IPPROTO_UDP, 0, 0 } },
                { "ipv6:tcp", { AF_INET6, IPPROTO_TCP, 0, 0 } },
                { "ipv6:any", { AF_INET6, 0, 0, 0 } },
                { "1234", { 0, 0, 1234, 1234 } },
                { "ipv4:udp:10000-65535", { AF_INET, IPPROTO_UDP, 10000, 65535 } },
        };
        (void)state;

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                SocketBindRule rule;
                assert_int_equal(socket_bind_rule_parse(str_of(cases[i].text), &rule), 0);
                assert_memory_equal(&rule, &cases[i].rule, sizeof(rule));
        }
}

static void test_what_is_no_rule_is_refused(void **state) {
        static const char *const texts[] = { "0",        "65536", "2-1", "x",      "ipv5",
                                             "tcp:ipv4", "1:2",   "1-",  "tcp: 80" };
        (void)state;

        for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
                SocketBindRule rule;
                assert_int_equal(socket_bind_rule_parse(str_of(texts[i]), &rule), -EINVAL);
        }
}

int main(void) {
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rules_are_read),
                cmocka_unit_test(test_what_is_no_rule_is_refused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
