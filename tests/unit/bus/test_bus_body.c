/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_body.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/macros.h"
#include "bus/bus_state.h"
#include "unit_test.h"

/* A message of libsystemd to copy into; nobody ever sends it. */
static sd_bus_message *new_message(sd_bus **ret_bus) {
        sd_bus_message *message = NULL;
        int fds[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
        assert_true(sd_bus_new(ret_bus) >= 0);
        assert_true(sd_bus_set_fd(*ret_bus, fds[0], fds[0]) >= 0);
        assert_true(sd_bus_start(*ret_bus) >= 0);
        (void)close(fds[1]);
        assert_true(sd_bus_message_new_signal(*ret_bus, &message, "/a", "a.b", "C") >= 0);
        return message;
}

static void test_arguments_reach_libsystemd_as_they_were(void **state UNUSED) {
        AUTO(bus_body_done) BusBody body = bus_body_of("ybqiutxdsoga{sv}(s(ti))ayaas");
        AUTO(sd_bus_message_unref) sd_bus_message *message = NULL;
        sd_bus *bus = NULL;
        uint16_t small = 7;
        int32_t negative = -5;
        const char *a, *b, *c, *key;
        uint32_t n;
        uint64_t t;
        int truth;

        assert_int_equal(bus_body_append(&body, "yb", 200, 17), 0);
        assert_int_equal(bus_body_append_basic(&body, 'q', &small), 0);
        assert_int_equal(bus_body_append_basic(&body, 'i', &negative), 0);
        assert_int_equal(bus_body_append(&body, "utxd", 1u, UINT64_MAX, INT64_MIN, 0.5), 0);
        assert_int_equal(bus_body_append(&body, "sog", "gr\xc3\xbc\xc3\x9f", "/a/b", "a{sv}"), 0);
        assert_int_equal(bus_body_open(&body, 'a', "{sv}"), 0);
        assert_int_equal(bus_body_open(&body, 'e', "sv"), 0);
        assert_int_equal(bus_body_append(&body, "s", "key"), 0);
        assert_int_equal(bus_body_open(&body, 'v', "(bs)"), 0);
        assert_int_equal(bus_body_append(&body, "(bs)", 1, "x"), 0);
        for (unsigned i = 0; i < 3; i++)
                assert_int_equal(bus_body_close(&body), 0);
        assert_int_equal(bus_body_append(&body, "(s(ti))", "inside", UINT64_C(9), -1), 0);
        assert_int_equal(bus_body_append_array(&body, 'y', "\1\2\3", 3), 0);
        assert_false(bus_body_is_complete(&body));
        assert_int_equal(bus_body_open(&body, 'a', "as"), 0);
        assert_int_equal(bus_body_close(&body), 0);
        assert_true(bus_body_is_complete(&body));

        message = new_message(&bus);
        assert_true(bus_body_copy(&body, message) >= 0);
        assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
        assert_string_equal(sd_bus_message_get_signature(message, true), body.signature);
        assert_true(sd_bus_message_skip(message, "ybqiutxd") > 0);
        assert_true(sd_bus_message_read(message, "sog", &a, &b, &c) > 0);
        assert_string_equal(a, "gr\xc3\xbc\xc3\x9f");
        assert_string_equal(c, "a{sv}");
        assert_true(sd_bus_message_read(message, "a{sv}", 1, &key, "(bs)", &truth, &a) > 0);
        assert_string_equal(key, "key");
        assert_int_equal(truth, 1);
        assert_true(sd_bus_message_read(message, "(s(ti))", &a, &t, &n) > 0);
        assert_int_equal(t, 9);
        assert_true(sd_bus_message_skip(message, "ayaas") > 0);
        assert_true(sd_bus_message_at_end(message, true));
        sd_bus_close_unref(bus);
}

static void test_what_the_signature_does_not_say_is_refused(void **state UNUSED) {
        AUTO(bus_body_done) BusBody body = bus_body_of("sa(su)");
        uint32_t number = 1;

        assert_int_equal(bus_body_append_basic(&body, 'u', &number), -EINVAL);
        assert_int_equal(bus_body_open(&body, 'a', "s"), -EINVAL);
        assert_int_equal(bus_body_append(&body, "s", "\xff"), -EINVAL);
        assert_int_equal(bus_body_append(&body, "s", "12345678\xc3"), -EINVAL);
        assert_int_equal(bus_body_append(&body, "s", "a"), 0);
        assert_int_equal(bus_body_append(&body, "s", "b"), -EINVAL);
        assert_int_equal(bus_body_open(&body, 'a', "(ss)"), -EINVAL);
        assert_int_equal(bus_body_open(&body, 'v', "s"), -EINVAL);
        assert_int_equal(bus_body_open(&body, 'a', "(su)"), 0);
        assert_int_equal(bus_body_open(&body, 'r', "su"), 0);
        assert_int_equal(bus_body_append(&body, "s", "a"), 0);
        assert_int_equal(bus_body_close(&body), -EINVAL);
        assert_int_equal(bus_body_append(&body, "u", 1u), 0);
        assert_int_equal(bus_body_append(&body, "u", 1u), -EINVAL);
        assert_int_equal(bus_body_close(&body), 0);
        assert_false(bus_body_is_complete(&body));
        assert_int_equal(bus_body_close(&body), 0);
        assert_true(bus_body_is_complete(&body));
}

static void test_a_container_may_come_first(void **state UNUSED) {
        static const char *const types[] = { "(bs)", "as", "a{sv}", "a(tt)", "v" };

        for (unsigned i = 0; i < ARRAY_LENGTH(types); i++) {
                AUTO(bus_body_done) BusBody body = bus_body_of(types[i]);
                if (types[i][0] == '(')
                        assert_int_equal(bus_body_append(&body, "(bs)", 1, "x"), 0);
                else if (types[i][0] == 'v') {
                        assert_int_equal(bus_body_open(&body, 'v', "(s)"), 0);
                        assert_int_equal(bus_body_append(&body, "(s)", "x"), 0);
                        assert_int_equal(bus_body_close(&body), 0);
                } else {
                        assert_int_equal(bus_body_open(&body, 'a', types[i] + 1), 0);
                        assert_int_equal(bus_body_close(&body), 0);
                }
                assert_true(bus_body_is_complete(&body));
        }
}

static void add_entry(BusBody *body, const char *key, uint32_t number) {
        assert_int_equal(bus_body_open(body, 'e', "su"), 0);
        assert_int_equal(bus_body_append(body, "su", key, number), 0);
        assert_int_equal(bus_body_close(body), 0);
}

static void test_an_element_is_the_same_wherever_it_stands(void **state UNUSED) {
        AUTO(bus_body_done) BusBody body = bus_body_of("a{su}"), other = bus_body_of("a{su}");
        const uint8_t *first, *second;
        size_t before, n_first, n_second;

        assert_int_equal(bus_body_open(&body, 'a', "{su}"), 0);
        assert_int_equal(bus_body_open(&other, 'a', "{su}"), 0);
        add_entry(&body, "abcde", 7);
        before = body.length;
        add_entry(&body, "x", 9);
        first = bus_body_element(&body, before, &n_first);
        add_entry(&other, "x", 9);
        second = bus_body_element(&other, 8, &n_second);
        assert_int_equal(n_first, n_second);
        assert_memory_equal(first, second, n_first);

        /* What was taken back leaves nothing behind. */
        bus_body_rewind(&body, before);
        bus_body_rewind(&other, 8);
        add_entry(&other, "abcde", 7);
        assert_int_equal(bus_body_close(&body), 0);
        assert_int_equal(bus_body_close(&other), 0);
        assert_int_equal(body.length, other.length);
        assert_memory_equal(body.data, other.data, body.length);
}

static void append_by_hand(BusBody *body, const char *name, uint64_t number) {
        assert_int_equal(bus_body_open(body, 'e', "sv"), 0);
        assert_int_equal(bus_body_append(body, "s", name), 0);
        assert_int_equal(bus_body_open(body, 'v', "t"), 0);
        assert_int_equal(bus_body_append(body, "t", number), 0);
        assert_int_equal(bus_body_close(body), 0);
        assert_int_equal(bus_body_close(body), 0);
}

static void test_entries_can_be_made_of_ready_parts(void **state UNUSED) {
        AUTO(bus_body_done) BusBody head = bus_body_of("sv");
        AUTO(bus_body_done) BusBody body = bus_body_of("a{sv}"), other = bus_body_of("a{sv}");
        AUTO(bus_body_done) BusBody text = bus_body_of("as");
        const uint8_t *ready;
        size_t size;

        assert_int_equal(bus_body_append(&head, "s", "limited"), 0);
        assert_int_equal(bus_body_open(&head, 'v', "t"), 0);
        assert_int_equal(bus_body_open(&body, 'a', "{sv}"), 0);
        assert_int_equal(bus_body_open(&other, 'a', "{sv}"), 0);
        append_by_hand(&body, "odd", 3);
        append_by_hand(&body, "limited", 5);

        append_by_hand(&other, "odd", 3);
        ready = bus_body_element(&other, 8, &size);
        assert_int_equal(bus_body_append_element(&body, ready, size), 0);
        assert_int_equal(bus_body_open_entry(&other, head.data, head.length, "t"), 0);
        assert_int_equal(bus_body_append(&other, "s", "no number"), -EINVAL);
        assert_int_equal(bus_body_append(&other, "t", UINT64_C(5)), 0);
        assert_int_equal(bus_body_close(&other), 0);
        append_by_hand(&other, "odd", 3);
        assert_int_equal(bus_body_close(&body), 0);
        assert_int_equal(bus_body_close(&other), 0);
        assert_int_equal(body.length, other.length);
        assert_memory_equal(body.data + 4, other.data + 4, body.length - 4);

        assert_int_equal(bus_body_open_entry(&text, head.data, head.length, "t"), -EINVAL);
        assert_int_equal(bus_body_open(&text, 'a', "s"), 0);
        assert_int_equal(bus_body_append_element(&text, head.data, head.length), -EINVAL);
}

static void test_depth_has_an_end(void **state UNUSED) {
        AUTO(bus_body_done) BusBody body = bus_body_of("v");
        unsigned depth = 1;

        while (bus_body_open(&body, 'v', "v") == 0)
                depth++;
        assert_int_equal(depth, BUS_BODY_DEPTH_MAX);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_arguments_reach_libsystemd_as_they_were),
                cmocka_unit_test(test_what_the_signature_does_not_say_is_refused),
                cmocka_unit_test(test_a_container_may_come_first),
                cmocka_unit_test(test_an_element_is_the_same_wherever_it_stands),
                cmocka_unit_test(test_entries_can_be_made_of_ready_parts),
                cmocka_unit_test(test_depth_has_an_end),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
