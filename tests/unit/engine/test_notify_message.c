/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/notify_message.h"

#include "unit_test.h"

static NotifyMessage parse(const char *text) {
        NotifyMessage message = { 0 };
        assert_int_equal(notify_message_parse(str_of(text), &message), NOTIFY_OK);
        return message;
}

static void assert_value(const NotifyMessage *message, NotifyKey key, const char *expected) {
        assert_true(notify_message_has(message, key));
        assert_true(str_equal_c(message->values[key], expected));
}

static void test_nothing_is_said_by_nothing(void **state UNUSED) {
        static const char *const texts[] = { "", "\n", "READY", "=", "=1", "X_MINE=1", "ready=1" };
        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
                NotifyMessage message = parse(texts[i]);
                assert_int_equal(message.present, 0);
                assert_int_equal(message.invalid, 0);
                assert_int_equal(message.phase, -1);
        }
}

static void test_each_key_is_read(void **state UNUSED) {
        NotifyMessage message = parse("READY=1\nSTATUS=up and away\nERRNO=2\nMAINPID=4711\n"
                                      "WATCHDOG=1\nWATCHDOG_USEC=5000000\nEXTEND_TIMEOUT_USEC=7\n"
                                      "MONOTONIC_USEC=123\nFDSTORE=1\nFDNAME=socket one\nFDPOLL=0\n"
                                      "BUSERROR=org.example.Error\nFDSTOREREMOVE=1\n");
        assert_int_equal(message.invalid, 0);
        assert_int_equal(message.phase, NOTIFY_KEY_READY);
        assert_value(&message, NOTIFY_KEY_STATUS, "up and away");
        assert_int_equal(message.error_number, 2);
        assert_int_equal(message.main_pid, 4711);
        assert_false(message.trigger_watchdog);
        assert_int_equal(message.watchdog_usec, 5000000);
        assert_int_equal(message.extend_usec, 7);
        assert_int_equal(message.monotonic_usec, 123);
        assert_value(&message, NOTIFY_KEY_FDNAME, "socket one");
        assert_value(&message, NOTIFY_KEY_BUSERROR, "org.example.Error");
        assert_true(notify_message_has(&message, NOTIFY_KEY_FDSTORE));
        assert_true(notify_message_has(&message, NOTIFY_KEY_FDSTOREREMOVE));
        assert_true(notify_message_has(&message, NOTIFY_KEY_FDPOLL));
}

static void test_the_last_phase_counts(void **state UNUSED) {
        assert_int_equal(parse("READY=1\nRELOADING=1").phase, NOTIFY_KEY_RELOADING);
        assert_int_equal(parse("RELOADING=1\nREADY=1").phase, NOTIFY_KEY_READY);
        assert_int_equal(parse("READY=1\nSTOPPING=1\nREADY=1").phase, NOTIFY_KEY_READY);
        assert_int_equal(parse("STOPPING=1\nREADY=0").phase, NOTIFY_KEY_STOPPING);
}

static void test_of_other_keys_the_first_counts(void **state UNUSED) {
        NotifyMessage message = parse("STATUS=one\nSTATUS=two\nMAINPID=7\nMAINPID=8");
        assert_value(&message, NOTIFY_KEY_STATUS, "one");
        assert_int_equal(message.main_pid, 7);
}

static void test_wrong_values_are_known_as_such(void **state UNUSED) {
        static const struct {
                const char *name, *text;
                NotifyKey key;
        } rows[] = {
                { "READY", "READY=yes", NOTIFY_KEY_READY },
                { "STATUS", "STATUS=\xff\xfe", NOTIFY_KEY_STATUS },
                { "ERRNO", "ERRNO=none of that", NOTIFY_KEY_ERRNO },
                { "MAINPID", "MAINPID=0", NOTIFY_KEY_MAINPID },
                { "MAINPID", "MAINPID=-1", NOTIFY_KEY_MAINPID },
                { "MAINPID", "MAINPID=99999999999999", NOTIFY_KEY_MAINPID },
                { "WATCHDOG", "WATCHDOG=0", NOTIFY_KEY_WATCHDOG },
                { "WATCHDOG_USEC", "WATCHDOG_USEC=", NOTIFY_KEY_WATCHDOG_USEC },
                { "EXTEND_TIMEOUT_USEC", "EXTEND_TIMEOUT_USEC=5s", NOTIFY_KEY_EXTEND_TIMEOUT_USEC },
                { "MONOTONIC_USEC",
                  "MONOTONIC_USEC=18446744073709551616",
                  NOTIFY_KEY_MONOTONIC_USEC },
                { "FDNAME", "FDNAME=a:b", NOTIFY_KEY_FDNAME },
                { "FDNAME", "FDNAME=a\tb", NOTIFY_KEY_FDNAME },
                { "FDPOLL", "FDPOLL=1", NOTIFY_KEY_FDPOLL },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                NotifyMessage message = parse(rows[i].text);
                assert_int_equal(message.present, 0);
                assert_int_equal(message.invalid, NOTIFY_BIT(rows[i].key));
                assert_string_equal(notify_key_name(rows[i].key), rows[i].name);
        }
}

static void test_the_watchdog_can_be_triggered(void **state UNUSED) {
        NotifyMessage message = parse("WATCHDOG=trigger");
        assert_true(notify_message_has(&message, NOTIFY_KEY_WATCHDOG));
        assert_true(message.trigger_watchdog);
}

static void test_datagrams_that_are_refused(void **state UNUSED) {
        NotifyMessage message;
        char text[NOTIFY_MESSAGE_MAX + 1];
        memset(text, 'x', sizeof(text));
        assert_int_equal(notify_message_parse((Str){ text, sizeof(text) }, &message),
                         NOTIFY_TOO_LONG);
        assert_int_equal(notify_message_parse((Str){ text, sizeof(text) - 1 }, &message),
                         NOTIFY_OK);
        assert_int_equal(notify_message_parse(STR_LITERAL("READY=1\0STATUS=x"), &message),
                         NOTIFY_HAS_NUL);
        assert_int_equal(notify_message_parse(str_of("BARRIER=1\nREADY=1"), &message),
                         NOTIFY_MIXED_BARRIER);
        assert_int_equal(notify_message_parse(str_of("BARRIER=1\n"), &message), NOTIFY_OK);
}

static void test_names_of_descriptors(void **state UNUSED) {
        char name[NOTIFY_FD_NAME_MAX + 1];
        memset(name, 'n', sizeof(name));
        assert_true(notify_fd_name_is_valid((Str){ name, NOTIFY_FD_NAME_MAX }));
        assert_false(notify_fd_name_is_valid((Str){ name, sizeof(name) }));
        assert_false(notify_fd_name_is_valid(STR_LITERAL("a\x7f")));
        assert_false(notify_fd_name_is_valid(STR_LITERAL("\xc3\xa4")));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_nothing_is_said_by_nothing),
                cmocka_unit_test(test_each_key_is_read),
                cmocka_unit_test(test_the_last_phase_counts),
                cmocka_unit_test(test_of_other_keys_the_first_counts),
                cmocka_unit_test(test_wrong_values_are_known_as_such),
                cmocka_unit_test(test_the_watchdog_can_be_triggered),
                cmocka_unit_test(test_datagrams_that_are_refused),
                cmocka_unit_test(test_names_of_descriptors),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
