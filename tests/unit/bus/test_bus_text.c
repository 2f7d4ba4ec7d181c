/* SPDX-License-Identifier: Apache-2.0 */

#include "bus_fixture.h"
#include "unit_test.h"

static const struct {
        const char *raw, *shown;
} commands[] = {
        { "sleep 10", "sleep 10" },
        { "gr\xc3\xbc\xc3\x9f"
          "e",
          "gr\xc3\xbc\xc3\x9f"
          "e" },
        { "a\xff"
          "b",
          "a?b" },
        { "\xc3", "?" },
        { "\xe2\x82 x", "?? x" },
        { "", "" },
};

static int each_process(void *userdata UNUSED,
                        Unit *unit UNUSED,
                        BusProcessFunction *add,
                        void *add_userdata) {
        for (unsigned i = 0; i < ARRAY_LENGTH(commands); i++)
                add(add_userdata, "/a.service", (pid_t)i + 1, commands[i].raw);
        return 0;
}

static void test_command_lines_may_be_any_bytes(void **state UNUSED) {
        const BusHost host = { .each_process = each_process };
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(&host);
        sd_bus_message *reply = NULL;
        const char *group, *command;
        uint32_t pid;

        fake_host_add_unit(fixture->host, "a.service", "[Service]\nExecStart=/bin/a\n");
        (void)fake_host_unit(fixture->host, "a.service");
        assert_int_equal(bus_fixture_call(fixture,
                                          MANAGER_PATH "/unit/a_2eservice",
                                          SERVICE_INTERFACE,
                                          "GetProcesses",
                                          &reply,
                                          NULL),
                         0);
        assert_true(sd_bus_message_enter_container(reply, 'a', "(sus)") > 0);
        for (unsigned i = 0; i < ARRAY_LENGTH(commands); i++) {
                assert_true(sd_bus_message_read(reply, "(sus)", &group, &pid, &command) > 0);
                assert_int_equal(pid, i + 1);
                assert_string_equal(command, commands[i].shown);
        }
        sd_bus_message_unref(reply);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_command_lines_may_be_any_bytes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
