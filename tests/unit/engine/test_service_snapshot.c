/* SPDX-License-Identifier: Apache-2.0 */
#include "../../engine/fake_host.h"

#include <signal.h>

#include "base/strbuf.h"
#include "engine/service_unit.h"
#include "engine/unit_ops.h"
#include "unit_test.h"

static char *saved(const Unit *unit) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        service_ops.save(unit, &out);
        char *text = strbuf_steal(&out);
        assert_non_null(text);
        return text;
}

/* Feeds "key=value" lines to the unit. */
static void restore(Unit *unit, const char *text) {
        Str rest = str_of(text), line;
        while (rest.length > 0 && str_next_part(&rest, '\n', &line)) {
                Str key;
                if (str_find_char(line, '=') < 0)
                        continue;
                (void)str_next_part(&line, '=', &key);
                assert_true(service_ops.restore(unit, key, line) >= 0);
        }
}

static void test_what_is_saved_is_restored(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host,
                           "a.service",
                           "[Service]\nType=notify\nWatchdogSec=10\nRestart=always\nRestartSec=0\n"
                           "ExecStartPre=/bin/p\nExecStart=/bin/x\nExecReload=/bin/r\n");
        fake_host_add_unit(host, "b.service", "[Service]\nExecStart=/bin/x\n");
        fake_host_start(host, "a.service");
        Unit *a = fake_host_unit(host, "a.service");
        fake_host_exit(host, a->service->control_pid, CLD_EXITED, 0);
        fake_host_exit(host, a->service->main_pid, CLD_KILLED, SIGSEGV);
        fake_host_exit(host, a->service->control_pid, CLD_EXITED, 0);
        fake_host_notify(host, "a.service", a->service->main_pid, "READY=1\nSTATUS=x = y\nERRNO=7");
        assert_int_equal(fake_host_request(host, "a.service", JOB_RELOAD, JOB_MODE_REPLACE, NULL),
                         0);
        AUTO_FREE char *before = saved(a);
        assert_non_null(strstr(before, "\nrestarts=1 1\n"));
        assert_non_null(strstr(before, "status_text=x = y\n"));

        /* The second engine is one whose service has the same commands. */
        fake_host_crash(host, NULL);
        a = fake_host_unit(host, "a.service");
        AUTO_FREE char *after = saved(a);
        assert_string_equal(after, before);
}

static void test_lines_that_lie_are_left_out(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/bin/x\nExecStop=/bin/s\n");
        Unit *unit = fake_host_unit(host, "a.service");
        AUTO_FREE char *before = saved(unit);
        restore(unit,
                "main=\nmain=1 0\nmain=-5 0\nmain=99999999999 0\nmain=7\nmain=7 0 0\n"
                "main_index=4294967295\nmain_index=-1\nmain_status=1 2 3\n"
                "main_status=7 0 0 0 0 99999999999 0\ncontrol=\ncontrol=5\ncontrol=5 0 0 Nonsense\n"
                "control=5 0 70000 ExecStop\ncontrol= ExecStop\nresult=fine\nreload_result=\n"
                "notify=maybe\nrestarts=1\nrestarts=99999999999 1\nstatus_text=\xff\xff\n"
                "status_errno=x\ndeadline=soon\nwatchdog=1\nwatchdog_ping=1 2 3\n"
                "watchdog_deadline=-1\nreload=1\nhealthy_since=never\nfd_store=-1\n"
                "command99=7 0 0 0 0 1 0\ncommand0=nothing\ncommandx=1\nflags=nonsense too\n");
        AUTO_FREE char *after = saved(unit);
        assert_string_equal(after, before);
}

static void test_unknown_keys_are_told(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/bin/x\n");
        Unit *unit = fake_host_unit(host, "a.service");
        assert_int_equal(service_ops.restore(unit, str_of("of_tomorrow"), str_of("1")), 1);
        assert_int_equal(service_ops.restore(unit, str_of("command"), str_of("1")), 1);
}

/* Processes that a record claims for a unit that is down are not taken over. */
static void test_a_dead_service_has_no_process(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        fake_host_add_unit(host, "a.service", "[Service]\nExecStart=/bin/x\n");
        Unit *unit = fake_host_unit(host, "a.service");
        restore(unit, "main=4711 0\ncontrol=4712 0 0 ExecStop\ndeadline=5\nwatchdog_deadline=5\n");
        service_ops.restored(unit);
        assert_int_equal(unit->service->main_pid, 0);
        assert_int_equal(unit->service->control_pid, 0);
        assert_null(engine_unit_by_pid(host->engine, 4711));
        assert_null(engine_unit_by_pid(host->engine, 4712));
        assert_int_equal(host->engine->timers.n_items, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_what_is_saved_is_restored),
                cmocka_unit_test(test_lines_that_lie_are_left_out),
                cmocka_unit_test(test_unknown_keys_are_told),
                cmocka_unit_test(test_a_dead_service_has_no_process),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
