/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/netlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/macros.h"
#include "host/socket_address.h"

static void test_addresses_are_printed_as_they_were_read(void **state) {
        static const struct {
                const char *text, *printed, *address;
                unsigned port;
        } rows[] = {
                { "127.0.0.1:80", "127.0.0.1:80", "127.0.0.1", 80 },
                { "10.1.2.3:65535", "10.1.2.3:65535", "10.1.2.3", 65535 },
                { "[::1]:8080", "::1:8080", "::1", 8080 },
                { "[2001:db8::5]:1", "2001:db8::5:1", "2001:db8::5", 1 },
                { "[::ffff:10.0.0.1]:9", "10.0.0.1:9", "10.0.0.1", 9 },
        };
        (void)state;
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++) {
                SocketAddress address;
                AUTO_FREE char *alone = NULL;
                unsigned port = 0;
                assert_int_equal(socket_address_parse(str_of(rows[i].text), &address), 0);
                AUTO_FREE char *printed = socket_address_print(&address, &alone, &port);
                assert_string_equal(printed, rows[i].printed);
                assert_string_equal(alone, rows[i].address);
                assert_int_equal(port, rows[i].port);
        }
}

static void test_a_bare_port_is_every_address(void **state) {
        SocketAddress address;
        (void)state;
        assert_int_equal(socket_address_parse(STR_LITERAL("80"), &address), 0);
        assert_true(address.storage.ss_family == AF_INET6 || address.storage.ss_family == AF_INET);
}

static void test_vsock_is_printed_with_its_port(void **state) {
        SocketAddress address;
        AUTO_FREE char *alone = NULL;
        unsigned port = 0;
        (void)state;
        assert_int_equal(socket_address_parse(STR_LITERAL("vsock:2:1234"), &address), 0);
        AUTO_FREE char *text = socket_address_print(&address, &alone, &port);
        assert_string_equal(text, "2:1234");
        assert_string_equal(alone, "vsock:2");
        assert_int_equal(port, 1234);
}

static void test_what_is_no_address_is_refused(void **state) {
        static const char *const rows[] = {
                "",          "0",         "65536",    "a:1",      "1.2.3:4",           "1.2.3.4:",
                "1.2.3.4:x", "[::1]",     "[::1]:",   "[::1]x",   "[::g]:1",           "vsock:",
                "vsock:1",   "vsock:a:1", "vsock:1:", "[::1]:1%", "[::1]:1%none-such",
        };
        (void)state;
        for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++) {
                SocketAddress address;
                assert_true(socket_address_parse(str_of(rows[i]), &address) < 0);
        }
}

static void test_paths_and_names_are_of_this_machine(void **state) {
        SocketAddress address;
        (void)state;
        assert_int_equal(socket_address_parse(STR_LITERAL("/run/x"), &address), 0);
        assert_int_equal(address.storage.ss_family, AF_UNIX);
        assert_true(socket_address_is_path(&address));
        assert_int_equal(socket_address_parse(STR_LITERAL("@x"), &address), 0);
        assert_false(socket_address_is_path(&address));
}

static void test_netlink_has_names_and_groups(void **state) {
        SocketAddress address;
        (void)state;
        assert_int_equal(socket_address_parse_netlink(STR_LITERAL("kobject-uevent 1"), &address),
                         0);
        assert_int_equal(address.protocol, NETLINK_KOBJECT_UEVENT);
        assert_int_equal(((const struct sockaddr_nl *)&address.storage)->nl_groups, 1);
        assert_true(socket_address_parse_netlink(STR_LITERAL("nothing"), &address) < 0);
        assert_true(socket_address_parse_netlink(STR_LITERAL("route x"), &address) < 0);
        assert_int_equal(netlink_family_parse(STR_LITERAL("16")), 16);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_addresses_are_printed_as_they_were_read),
                cmocka_unit_test(test_a_bare_port_is_every_address),
                cmocka_unit_test(test_vsock_is_printed_with_its_port),
                cmocka_unit_test(test_what_is_no_address_is_refused),
                cmocka_unit_test(test_paths_and_names_are_of_this_machine),
                cmocka_unit_test(test_netlink_has_names_and_groups),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
