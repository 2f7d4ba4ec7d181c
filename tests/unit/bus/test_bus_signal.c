/* SPDX-License-Identifier: Apache-2.0 */

#include <signal.h>

#include "bus_fixture.h"
#include "unit_test.h"

static const char service_text[] = "[Service]\nExecStart=/bin/a\n";

static BusFixture *with_service(void) {
        BusFixture *fixture = bus_fixture_new(NULL);

        fake_host_add_unit(fixture->host, "a.service", service_text);
        return fixture;
}

static void start(BusFixture *fixture) {
        assert_int_equal(bus_fixture_call(fixture,
                                          MANAGER_PATH,
                                          MANAGER,
                                          "StartUnit",
                                          NULL,
                                          "ss",
                                          "a.service",
                                          "replace"),
                         0);
        bus_fixture_settle(fixture);
}

static void test_a_start_is_announced(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();

        start(fixture);
        assert_true(
                bus_fixture_heard(fixture, "UnitNew a.service " MANAGER_PATH "/unit/a_2eservice"));
        assert_int_equal(bus_fixture_count(fixture, "JobNew 1 "), 1);
        assert_true(
                bus_fixture_heard(fixture, "JobRemoved 1 " MANAGER_PATH "/job/1 a.service done"));
        assert_true(bus_fixture_heard(
                fixture, "PropertiesChanged " MANAGER_PATH "/unit/a_2eservice " UNIT_INTERFACE));
        assert_true(bus_fixture_heard(
                fixture, "PropertiesChanged " MANAGER_PATH "/unit/a_2eservice " SERVICE_INTERFACE));
}

static void test_a_quiet_client_hears_only_of_its_own_jobs(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();

        fake_host_add_unit(fixture->host, "b.service", service_text);
        assert_int_equal(
                bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "Unsubscribe", NULL, NULL), 0);
        start(fixture);
        assert_int_equal(fake_host_start(fixture->host, "b.service"), 0);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_fixture_count(fixture, "JobRemoved "), 1);
        assert_int_equal(bus_fixture_count(fixture, ""), 1);
        assert_int_equal(bus_fixture_call(fixture, MANAGER_PATH, MANAGER, "Subscribe", NULL, NULL),
                         0);
        fake_host_stop(fixture->host, "b.service");
        bus_fixture_settle(fixture);
        assert_true(bus_fixture_count(fixture, "JobNew ") > 0);
}

static void test_a_client_may_hear_of_the_ends_of_jobs_only(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();

        assert_int_equal(
                bus_fixture_call(
                        fixture, MANAGER_PATH, "io.tend.Manager1", "Listen", NULL, "s", "jobs"),
                0);
        assert_int_equal(fake_host_start(fixture->host, "a.service"), 0);
        bus_fixture_settle(fixture);
        assert_true(bus_fixture_count(fixture, "JobRemoved ") > 0);
        assert_int_equal(bus_fixture_count(fixture, ""), bus_fixture_count(fixture, "JobRemoved "));
        assert_true(
                bus_fixture_call(
                        fixture, MANAGER_PATH, "io.tend.Manager1", "Listen", NULL, "s", "music") <
                0);
}

static void test_a_failure_is_told_in_job_removed(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();

        fake_host_facts(fixture->host, "a.service")->spawn_error = -12;
        start(fixture);
        assert_true(
                bus_fixture_heard(fixture, "JobRemoved 1 " MANAGER_PATH "/job/1 a.service failed"));
}

static void test_the_number_of_failed_units_is_announced(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();

        start(fixture);
        assert_int_equal(bus_fixture_count(fixture, "PropertiesChanged " MANAGER_PATH " "), 0);
        fake_host_exit(fixture->host,
                       fake_host_pid(fixture->host, "a.service", DIRECTIVE_EXEC_START),
                       CLD_EXITED,
                       1);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_fixture_count(fixture, "PropertiesChanged " MANAGER_PATH " " MANAGER),
                         1);
}

static void test_reloading_is_announced(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();

        bus_server_reloading(fixture->server, true);
        bus_server_reloading(fixture->server, false);
        bus_server_unit_files_changed(fixture->server);
        bus_server_startup_finished(fixture->server);
        bus_fixture_settle(fixture);
        assert_true(bus_fixture_heard(fixture, "Reloading 1"));
        assert_true(bus_fixture_heard(fixture, "Reloading 0"));
        assert_true(bus_fixture_heard(fixture, "UnitFilesChanged"));
        assert_true(bus_fixture_heard(fixture, "StartupFinished"));
}

static void test_a_client_that_leaves_is_forgotten(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = with_service();
        sd_bus *other = bus_fixture_connect(fixture);

        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 2);
        sd_bus_close_unref(other);
        bus_fixture_settle(fixture);
        assert_int_equal(bus_server_n_connections(fixture->server), 1);
        start(fixture);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_start_is_announced),
                cmocka_unit_test(test_a_quiet_client_hears_only_of_its_own_jobs),
                cmocka_unit_test(test_a_client_may_hear_of_the_ends_of_jobs_only),
                cmocka_unit_test(test_a_failure_is_told_in_job_removed),
                cmocka_unit_test(test_the_number_of_failed_units_is_announced),
                cmocka_unit_test(test_reloading_is_announced),
                cmocka_unit_test(test_a_client_that_leaves_is_forgotten),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
