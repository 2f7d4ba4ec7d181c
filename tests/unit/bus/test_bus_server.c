/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strbuf.h"
#include "bus_fixture.h"
#include "unit_test.h"

#define A_PATH MANAGER_PATH "/unit/a_2eservice"

static BusFixture *with_units(void) {
        BusFixture *fixture = bus_fixture_new(NULL);

        fake_host_add_unit(fixture->host,
                           "a.service",
                           "[Unit]\nDescription=The A\n[Service]\nExecStart=/bin/a\n");
        fake_host_add_unit(fixture->host,
                           "r.service",
                           "[Service]\nExecStart=/bin/r\nExecReload=/bin/kill -HUP $MAINPID\n");
        return fixture;
}

static int manager(BusFixture *fixture, const char *member, const char *name) {
        return bus_fixture_call(
                fixture, MANAGER_PATH, MANAGER, member, NULL, "ss", name, "replace");
}

static char *
get_text(BusFixture *fixture, const char *path, const char *interface, const char *property) {
        sd_bus_message *reply = NULL;
        const char *text;
        char *copy;

        bus_fixture_get(fixture, path, interface, property, "s", &reply);
        assert_true(sd_bus_message_read_basic(reply, 's', &text) > 0);
        copy = strdup(text);
        sd_bus_message_unref(reply);
        return copy;
}

static void assert_text(BusFixture *fixture,
                        const char *path,
                        const char *interface,
                        const char *property,
                        const char *expected) {
        char *text = get_text(fixture, path, interface, property);

        assert_string_equal(text, expected);
        free(text);
}

static void test_units_start_and_stop(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();

        assert_text(fixture, A_PATH, UNIT_INTERFACE, "ActiveState", "inactive");
        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
        bus_fixture_settle(fixture);
        assert_text(fixture, A_PATH, UNIT_INTERFACE, "ActiveState", "active");
        assert_text(fixture, A_PATH, UNIT_INTERFACE, "SubState", "running");
        assert_text(fixture, A_PATH, UNIT_INTERFACE, "Description", "The A");
        assert_int_equal(
                bus_fixture_call(fixture, A_PATH, UNIT_INTERFACE, "Stop", NULL, "s", "replace"), 0);
        fake_host_exit(fixture->host,
                       fake_host_pid(fixture->host, "a.service", DIRECTIVE_EXEC_START),
                       CLD_KILLED,
                       SIGTERM);
        bus_fixture_settle(fixture);
        assert_text(fixture, A_PATH, UNIT_INTERFACE, "ActiveState", "inactive");
}

/* The texts that systemd 252 gives; clients show them as they are. */
static const struct {
        const char *member, *types, *name, *second;
        const char *error, *text;
} refusals[] = {
        { "StartUnit",
          "ss",
          "nosuch.service",
          "replace",
          "org.freedesktop.systemd1.NoSuchUnit",
          "Unit nosuch.service not found." },
        { "RestartUnit",
          "ss",
          "nosuch.service",
          "replace",
          "org.freedesktop.systemd1.NoSuchUnit",
          "Unit nosuch.service not found." },
        { "StopUnit",
          "ss",
          "nosuch.service",
          "replace",
          "org.freedesktop.systemd1.NoSuchUnit",
          "Unit nosuch.service not loaded." },
        { "ReloadUnit",
          "ss",
          "a.service",
          "replace",
          "org.freedesktop.systemd1.JobTypeNotApplicable",
          "Job type reload is not applicable for unit a.service." },
        { "StartUnit",
          "ss",
          "a.service",
          "isolate",
          "org.freedesktop.systemd1.NoIsolation",
          "Operation refused, unit may not be isolated." },
        { "StartUnit",
          "ss",
          "t@.service",
          "replace",
          SD_BUS_ERROR_INVALID_ARGS,
          "Unit name t@.service is missing the instance name." },
        { "StartUnit",
          "ss",
          "a.service",
          "never",
          SD_BUS_ERROR_INVALID_ARGS,
          "Job mode never invalid" },
        { "ResetFailedUnit",
          "s",
          "nosuch.service",
          NULL,
          "org.freedesktop.systemd1.NoSuchUnit",
          "Unit nosuch.service not loaded." },
        { "GetUnit",
          "s",
          "nosuch.service",
          NULL,
          "org.freedesktop.systemd1.NoSuchUnit",
          "Unit nosuch.service not loaded." },
        { "Nothing",
          "s",
          "a.service",
          NULL,
          SD_BUS_ERROR_UNKNOWN_METHOD,
          "Unknown method Nothing or interface org.freedesktop.systemd1.Manager." },
        { "StartUnit",
          "s",
          "a.service",
          NULL,
          SD_BUS_ERROR_INVALID_ARGS,
          "Invalid arguments 's' to call org.freedesktop.systemd1.Manager.StartUnit(), "
          "expecting 'ss'." },
};

static void test_refusals_say_what_systemd_says(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();

        for (unsigned i = 0; i < ARRAY_LENGTH(refusals); i++) {
                /* Calls with one argument leave the second one alone. */
                assert_true(bus_fixture_call(fixture,
                                             MANAGER_PATH,
                                             MANAGER,
                                             refusals[i].member,
                                             NULL,
                                             refusals[i].types,
                                             refusals[i].name,
                                             refusals[i].second) < 0);
                assert_string_equal(fixture->error_text, refusals[i].text);
                assert_string_equal(fixture->error_name, refusals[i].error);
        }
}

static void test_unknown_objects_are_errors(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();

        assert_true(bus_fixture_call(
                            fixture, MANAGER_PATH "/job/77", PROPERTIES, "GetAll", NULL, "s", "") <
                    0);
        assert_string_equal(fixture->error_name, SD_BUS_ERROR_UNKNOWN_OBJECT);
        assert_true(bus_fixture_call(fixture,
                                     "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus",
                                     "AddMatch",
                                     NULL,
                                     "s",
                                     "type='signal'") < 0);
        assert_string_equal(fixture->error_name, SD_BUS_ERROR_UNKNOWN_OBJECT);
        assert_int_equal(
                bus_fixture_call(
                        fixture, MANAGER_PATH, "org.freedesktop.DBus.Peer", "Ping", NULL, NULL),
                0);
}

/* How many units have one of the states and a matching name. */
static unsigned count_units(BusFixture *fixture, const char *state, const char *pattern) {
        sd_bus_message *reply = NULL;
        const char *text[7], *path, *job_path;
        uint32_t job;
        unsigned n = 0;

        assert_int_equal(bus_fixture_call(fixture,
                                          MANAGER_PATH,
                                          MANAGER,
                                          "ListUnitsByPatterns",
                                          &reply,
                                          "asas",
                                          1,
                                          state,
                                          1,
                                          pattern),
                         0);
        assert_true(sd_bus_message_enter_container(reply, 'a', "(ssssssouso)") > 0);
        while (sd_bus_message_read(reply,
                                   "(ssssssouso)",
                                   &text[0],
                                   &text[1],
                                   &text[2],
                                   &text[3],
                                   &text[4],
                                   &text[5],
                                   &path,
                                   &job,
                                   &text[6],
                                   &job_path) > 0)
                n++;
        sd_bus_message_unref(reply);
        return n;
}

static void test_lists_are_filtered(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();

        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
        assert_int_equal(manager(fixture, "StartUnit", "r.service"), 0);
        bus_fixture_settle(fixture);
        assert_int_equal(count_units(fixture, "active", "?.service"), 2);
        assert_int_equal(count_units(fixture, "running", "*"), 2);
        assert_int_equal(count_units(fixture, "running", "r.*"), 1);
        assert_int_equal(count_units(fixture, "failed", "*"), 0);
}

static void test_reload_or_restart_reloads_where_it_can(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();

        assert_int_equal(manager(fixture, "StartUnit", "r.service"), 0);
        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
        bus_fixture_settle(fixture);
        fake_host_clear(fixture->host);
        assert_int_equal(manager(fixture, "ReloadOrRestartUnit", "r.service"), 0);
        bus_fixture_settle(fixture);
        assert_int_equal(fake_host_count(fixture->host, "spawn r.service ExecReload"), 1);
        assert_int_equal(manager(fixture, "ReloadOrRestartUnit", "a.service"), 0);
        bus_fixture_settle(fixture);
        assert_int_equal(fake_host_count(fixture->host, "signal a.service"), 1);
}

static void test_jobs_are_objects(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        sd_bus_message *reply = NULL;
        const char *unit, *path;

        fake_host_add_unit(
                fixture->host, "n.service", "[Service]\nType=notify\nExecStart=/bin/n\n");
        assert_int_equal(manager(fixture, "StartUnit", "n.service"), 0);
        bus_fixture_settle(fixture);
        bus_fixture_get(fixture,
                        MANAGER_PATH "/job/1",
                        "org.freedesktop.systemd1.Job",
                        "Unit",
                        "(so)",
                        &reply);
        assert_true(sd_bus_message_read(reply, "(so)", &unit, &path) > 0);
        assert_string_equal(unit, "n.service");
        assert_string_equal(path, MANAGER_PATH "/unit/n_2eservice");
        sd_bus_message_unref(reply);
        assert_text(
                fixture, MANAGER_PATH "/job/1", "org.freedesktop.systemd1.Job", "State", "running");
        assert_int_equal(
                bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "CancelJob", NULL, "u", 1), 0);
        bus_fixture_settle(fixture);
        assert_true(bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "CancelJob", NULL, "u", 1) <
                    0);
        assert_string_equal(fixture->error_text, "Job 1 does not exist.");
}

static void test_references_end_with_the_connection(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        Unit *unit = fake_host_unit(fixture->host, "a.service");

        assert_int_equal(
                bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "RefUnit", NULL, "s", "a.service"),
                0);
        assert_int_equal(bus_fixture_call(fixture, A_PATH, UNIT_INTERFACE, "Ref", NULL, NULL), 0);
        assert_int_equal(unit->n_references, 1);
        assert_int_equal(bus_fixture_call(fixture, A_PATH, UNIT_INTERFACE, "Unref", NULL, NULL), 0);
        assert_int_equal(bus_fixture_call(fixture, A_PATH, UNIT_INTERFACE, "Unref", NULL, NULL), 0);
        assert_true(bus_fixture_call(fixture, A_PATH, UNIT_INTERFACE, "Unref", NULL, NULL) < 0);
        assert_string_equal(fixture->error_text, "Unit has not been referenced yet.");
        assert_int_equal(bus_fixture_call(fixture, A_PATH, UNIT_INTERFACE, "Ref", NULL, NULL), 0);
        sd_bus_close(fixture->client);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 0);
}

static void test_history_is_told(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        sd_bus_message *reply = NULL;
        const char *id, *sub_state, *from, *to, *cause;
        uint64_t when;

        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
        bus_fixture_settle(fixture);
        assert_int_equal(
                bus_fixture_call(
                        fixture, MANAGER_PATH, "io.tend.Manager1", "Why", &reply, "s", "a.service"),
                0);
        assert_true(sd_bus_message_read(reply, "ss", &id, &sub_state) > 0);
        assert_string_equal(sub_state, "running");
        assert_true(sd_bus_message_enter_container(reply, 'a', "(tsss)") > 0);
        assert_true(sd_bus_message_read(reply, "(tsss)", &when, &from, &to, &cause) > 0);
        assert_string_equal(to, "running");
        sd_bus_message_unref(reply);
}

/* --- the socket --- */

static void test_the_socket_is_private_and_taken_once(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        struct stat st;

        assert_int_equal(stat(fixture->path, &st), 0);
        assert_int_equal(st.st_mode & 0777, 0600);
        assert_int_equal(bus_server_listen(fixture->server, fixture->path), -EADDRINUSE);
}

static void test_a_dead_socket_is_replaced(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        char path[128];
        struct sockaddr_un address;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), length;

        (void)snprintf(path, sizeof(path), "%s/second", fixture->directory);
        length = socket_address_unix(path, &address);
        assert_int_equal(bind(fd, (struct sockaddr *)&address, (socklen_t)length), 0);
        close(fd);
        assert_int_equal(bus_server_listen(fixture->server, path), 0);
}

static int raw_client(const BusFixture *fixture) {
        struct sockaddr_un address;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        int length = socket_address_unix(fixture->path, &address);

        assert_int_equal(connect(fd, (struct sockaddr *)&address, (socklen_t)length), 0);
        return fd;
}

static void test_garbage_ends_only_its_own_connection(void **state UNUSED) {
        static const char garbage[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n\xff\xfe\0x";
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        int fd = raw_client(fixture);
        char answer[64];

        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 2);
        assert_int_equal(write(fd, garbage, sizeof(garbage)), sizeof(garbage));
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
        while (read(fd, answer, sizeof(answer)) > 0)
                ;
        close(fd);
        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
}

/* The next client gets the socket number of the one that has just gone. */
static void test_clients_that_follow_each_other_are_all_heard(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        for (unsigned i = 0; i < 50; i++) {
                sd_bus_close_unref(fixture->client);
                if (i % 2 > 0)
                        assert_true(sd_event_run(fixture->event, 0) >= 0);
                fixture->client = bus_fixture_connect(fixture);
                for (unsigned n = 0; n < 3; n++) {
                        sd_bus_message *reply = NULL;
                        bus_fixture_get(fixture, MANAGER_PATH, MANAGER, "Version", "s", &reply);
                        sd_bus_message_unref(reply);
                }
        }
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
}

static void test_there_is_a_limit_of_connections(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        int fds[BUS_FIXTURE_CONNECTIONS_MAX + 10];

        for (unsigned i = 0; i < ARRAY_LENGTH(fds); i++)
                fds[i] = raw_client(fixture);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), BUS_FIXTURE_CONNECTIONS_MAX);
        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
        for (unsigned i = 0; i < ARRAY_LENGTH(fds); i++)
                close(fds[i]);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
}

/* The last line of the handshake and the first call in one write: no event tells of the call. */
static void test_a_call_may_come_with_the_handshake(void **state UNUSED) {
        static const char hello[] = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        AUTO(strbuf_done) StrBuf bytes = STRBUF_INIT;
        /* Ping of the manager object: header, then path, interface and member. */
        static const unsigned char ping[] =
                "l\1\0\1\0\0\0\0\1\0\0\0\x5d\0\0\0"
                "\1\1o\0\x19\0\0\0/org/freedesktop/systemd1\0\0\0\0\0\0\0"
                "\2\1s\0\x19\0\0\0org.freedesktop.DBus.Peer\0\0\0\0\0\0\0"
                "\3\1s\0\4\0\0\0Ping\0\0\0\0";
        char answer[1024];
        int fd = raw_client(fixture);
        ssize_t n, total = 0;

        strbuf_add_bytes(&bytes, hello, sizeof(hello) - 1);
        strbuf_add_bytes(&bytes, ping, sizeof(ping) - 1);
        assert_int_equal(write(fd, bytes.data, bytes.length), bytes.length);
        bus_fixture_settle(fixture);
        while ((n = read(fd, answer + total, sizeof(answer) - (size_t)total)) > 0)
                total += n;
        close(fd);
        /* The answer to serial 1 is there. */
        assert_non_null(memmem(answer, (size_t)total, "\5\1u\0\1\0\0\0", 8));
}

/* A client that only asks and never reads does not fill the manager's memory. */
static void test_a_client_that_does_not_read_is_cut_off(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_units();
        sd_bus *flood = bus_fixture_connect(fixture);

        bus_fixture_settle(fixture);
        sd_bus_detach_event(flood);
        for (unsigned i = 0; i < 20000 && bus_server_n_connections(fixture->server) == 2; i++) {
                sd_bus_message *call = NULL;
                uint64_t serial; /* asked for, so that an answer is expected */
                if (sd_bus_message_new_method_call(
                            flood, &call, NULL, A_PATH, PROPERTIES, "GetAll") < 0)
                        break; /* it has been cut off */
                assert_true(sd_bus_message_append(call, "s", "") >= 0);
                (void)sd_bus_send(flood, call, &serial); /* fails once it has been cut off */
                sd_bus_message_unref(call);
                if (i % 16 == 0)
                        bus_fixture_settle(fixture);
        }
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
        sd_bus_close_unref(flood);
        assert_int_equal(manager(fixture, "StartUnit", "a.service"), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_units_start_and_stop),
                cmocka_unit_test(test_refusals_say_what_systemd_says),
                cmocka_unit_test(test_unknown_objects_are_errors),
                cmocka_unit_test(test_lists_are_filtered),
                cmocka_unit_test(test_reload_or_restart_reloads_where_it_can),
                cmocka_unit_test(test_jobs_are_objects),
                cmocka_unit_test(test_references_end_with_the_connection),
                cmocka_unit_test(test_history_is_told),
                cmocka_unit_test(test_the_socket_is_private_and_taken_once),
                cmocka_unit_test(test_a_dead_socket_is_replaced),
                cmocka_unit_test(test_garbage_ends_only_its_own_connection),
                cmocka_unit_test(test_clients_that_follow_each_other_are_all_heard),
                cmocka_unit_test(test_there_is_a_limit_of_connections),
                cmocka_unit_test(test_a_call_may_come_with_the_handshake),
                cmocka_unit_test(test_a_client_that_does_not_read_is_cut_off),
        };

        (void)signal(SIGPIPE, SIG_IGN);
        return cmocka_run_group_tests(tests, NULL, NULL);
}
