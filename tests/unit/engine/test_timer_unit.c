/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/timer_unit.h"

#include <errno.h>
#include <signal.h>

#include "../../engine/fake_host.h"
#include "base/duration.h"
#include "calendar/time_stamp.h"
#include "unit_test.h"

#define NOW (UINT64_C(1767229200) * USEC_PER_SEC) /* Thu 2026-01-01 01:00:00 UTC */

/* The wall of these tests: a clock that can be set beside the monotonic one, and one stamp. */
typedef struct Wall {
        FakeHost *host;
        uint64_t offset_usec; /* realtime minus monotonic */
        uint64_t stamp_usec;
        unsigned n_written, n_ran;
        TimerRun ran; /* the last one */
        bool has_lost;
        uint64_t alarm_usec;
        int alarm_result;
        uint64_t slept_usec;
} Wall;

static Wall wall;

static uint64_t wall_now(void *userdata UNUSED) {
        return wall.host->now_usec + wall.offset_usec;
}

static uint64_t read_stamp(void *userdata UNUSED, const Unit *unit UNUSED) {
        return wall.stamp_usec;
}

static void write_stamp(void *userdata UNUSED, const Unit *unit UNUSED, uint64_t usec) {
        wall.stamp_usec = usec;
        wall.n_written++;
}

static void on_ran(void *userdata UNUSED,
                   const Unit *unit UNUSED,
                   const struct TimerRun *run,
                   const char *result UNUSED) {
        wall.ran = *run;
        wall.n_ran++;
}

static bool on_lost(void *userdata UNUSED, const Unit *unit UNUSED, struct TimerRun *ret) {
        if (wall.has_lost)
                *ret = (TimerRun){ .due_usec = NOW, .started_usec = NOW };
        return wall.has_lost;
}

static int set_alarm(void *userdata UNUSED, Unit *unit UNUSED, uint64_t in_usec) {
        wall.alarm_usec = in_usec;
        return wall.alarm_result;
}

static uint64_t slept(void *userdata UNUSED) {
        return wall.slept_usec;
}

static int set_up(void **state UNUSED) {
        wall = (Wall){ .host = fake_host_new(NULL) };
        wall.offset_usec = NOW - wall.host->now_usec;
        EnginePorts *ports = &wall.host->engine->ports;
        ports->now_realtime_usec = wall_now;
        ports->timer_stamp_read = read_stamp;
        ports->timer_stamp_write = write_stamp;
        ports->timer_ran = on_ran;
        ports->timer_lost = on_lost;
        ports->wake_machine = set_alarm;
        ports->slept_usec = slept;
        sleep_log_note(&wall.host->engine->sleeps, wall.host->now_usec, 0);
        fake_host_add_unit(wall.host, "a.service", "[Service]\nExecStart=/x\n");
        return 0;
}

static int tear_down(void **state UNUSED) {
        wall.host = fake_host_free(wall.host);
        return 0;
}

static Unit *start(const char *text) {
        fake_host_add_unit(wall.host, "a.timer", text);
        assert_int_equal(fake_host_start(wall.host, "a.timer"), 0);
        return fake_host_unit(wall.host, "a.timer");
}

static void assert_next(const Unit *timer, const char *expected) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        time_stamp_print(&out, timer->timer->next_realtime_usec, NULL);
        assert_string_equal(strbuf_text(&out), expected);
}

static void tell(EngineEventType type) {
        const EngineEvent event = { .type = type };
        engine_handle(wall.host->engine, &event);
        engine_run(wall.host->engine);
}

static void end_service(void) {
        pid_t pid = 0;
        for (unsigned i = 0; i < wall.host->n_processes; i++)
                if (wall.host->processes[i]->alive)
                        pid = wall.host->processes[i]->pid;
        assert_int_not_equal(pid, 0);
        fake_host_exit(wall.host, pid, CLD_EXITED, 0);
}

static void test_what_was_missed_is_made_up_for_once(void **state UNUSED) {
        wall.stamp_usec = NOW - 50 * USEC_PER_DAY;
        const Unit *timer = start("[Timer]\nOnCalendar=*-*-* 00:30 UTC\nPersistent=yes\n");
        fake_host_advance(wall.host, USEC_PER_SEC);
        assert_int_equal(timer->state, TIMER_RUNNING);
        assert_int_equal(wall.n_written, 1);
        end_service();
        assert_int_equal(timer->state, TIMER_WAITING);
        assert_next(timer, "Fri 2026-01-02 00:30:00 UTC");
        assert_int_equal(wall.n_ran, 1);
        assert_int_equal(wall.ran.n_missed, 49); /* and one that it ran for */
        assert_int_equal(wall.ran.n_skipped, 0);
}

static void test_a_run_that_went_with_the_machine_counts_as_failed(void **state UNUSED) {
        static const char text[] =
                "[Timer]\nOnCalendar=daily UTC\n[X-Tend]\nOnMissed=told.service\n";
        fake_host_add_unit(wall.host, "told.service", "[Service]\nExecStart=/x\n");
        (void)start(text);
        assert_int_equal(fake_host_unit(wall.host, "told.service")->state, SERVICE_DEAD);
        assert_int_equal(fake_host_stop(wall.host, "a.timer"), 0);
        wall.has_lost = true;
        (void)start(text);
        assert_int_equal(fake_host_unit(wall.host, "told.service")->state, SERVICE_RUNNING);
        assert_int_equal(fake_host_unit(wall.host, "a.timer")->state, TIMER_WAITING);
}

/* It never elapsed: the time while it was stopped does not count. */
static void test_a_timer_that_is_started_again_owes_nothing(void **state UNUSED) {
        (void)start("[Timer]\nOnCalendar=*:0/2 UTC\nAccuracySec=1us\n");
        fake_host_advance(wall.host, USEC_PER_MINUTE);
        assert_int_equal(fake_host_stop(wall.host, "a.timer"), 0);
        fake_host_advance(wall.host, 10 * USEC_PER_MINUTE);
        assert_int_equal(fake_host_start(wall.host, "a.timer"), 0);
        fake_host_advance(wall.host, USEC_PER_SEC);
        const Unit *timer = fake_host_unit(wall.host, "a.timer");
        assert_int_equal(timer->state, TIMER_WAITING);
        assert_next(timer, "Thu 2026-01-01 01:12:00 UTC");
}

static void test_a_stamp_of_the_future_is_not_believed(void **state UNUSED) {
        wall.stamp_usec = NOW + 50 * USEC_PER_DAY;
        assert_next(start("[Timer]\nOnCalendar=*-*-* 00:30 UTC\nPersistent=yes\n"),
                    "Fri 2026-01-02 00:30:00 UTC");
}

static void test_a_timer_follows_when_the_clock_is_set(void **state UNUSED) {
        const Unit *timer = start("[Timer]\nOnCalendar=daily UTC\nAccuracySec=1us\n");
        assert_next(timer, "Fri 2026-01-02 00:00:00 UTC");
        wall.offset_usec += 22 * USEC_PER_HOUR; /* 23:00 */
        tell(EVENT_CLOCK_CHANGED);
        fake_host_advance(wall.host, USEC_PER_HOUR - 1);
        assert_int_equal(timer->state, TIMER_WAITING);
        fake_host_advance(wall.host, 1);
        assert_int_equal(timer->state, TIMER_RUNNING);
        end_service();
        assert_next(timer, "Sat 2026-01-03 00:00:00 UTC");
        wall.offset_usec -= 3 * USEC_PER_DAY; /* what comes again happens again */
        tell(EVENT_CLOCK_CHANGED);
        assert_next(timer, "Wed 2025-12-31 00:00:00 UTC");
}

static void test_changes_of_clock_and_zone_can_be_what_elapses(void **state UNUSED) {
        const Unit *timer = start("[Timer]\nOnClockChange=yes\n");
        assert_int_equal(timer->state, TIMER_WAITING);
        tell(EVENT_ZONE_CHANGED);
        assert_int_equal(timer->state, TIMER_WAITING);
        tell(EVENT_CLOCK_CHANGED);
        assert_int_equal(timer->state, TIMER_RUNNING);
}

static void test_a_run_that_takes_too_long_skips_others(void **state UNUSED) {
        const Unit *timer = start("[Timer]\nOnCalendar=*:*:00 UTC\nAccuracySec=1us\n");
        fake_host_advance(wall.host, USEC_PER_MINUTE);
        assert_int_equal(timer->state, TIMER_RUNNING);
        fake_host_advance(wall.host, 5 * USEC_PER_MINUTE + USEC_PER_SEC);
        end_service(); /* five were due meanwhile: one happens now */
        assert_int_equal(timer->state, TIMER_RUNNING);
        end_service();
        assert_int_equal(wall.n_ran, 2);
        assert_int_equal(wall.ran.n_skipped, 4);
        assert_int_equal(wall.ran.n_missed, 0);
        assert_int_equal(wall.ran.started_usec - wall.ran.due_usec,
                         4 * USEC_PER_MINUTE + USEC_PER_SEC);
}

static void test_a_fixed_delay_is_the_same_each_time(void **state UNUSED) {
        static const char text[] = "[Timer]\nOnCalendar=daily UTC\nRandomizedDelaySec=6h\n"
                                   "FixedRandomDelay=yes\n";
        const Unit *timer = start(text);
        uint64_t first = timer->timer->next_realtime_usec;
        assert_int_equal(fake_host_stop(wall.host, "a.timer"), 0);
        assert_int_equal(fake_host_start(wall.host, "a.timer"), 0);
        timer = fake_host_unit(wall.host, "a.timer"); /* it was unloaded meanwhile */
        assert_int_equal(timer->timer->next_realtime_usec, first);
        assert_in_range(first, NOW + 23 * USEC_PER_HOUR, NOW + 29 * USEC_PER_HOUR);
}

/* Asked of a real systemd 252 with this machine id. */
static void test_a_fixed_delay_is_systemds(void **state UNUSED) {
        static const uint8_t id[16] = { 0x3d, 0x12, 0x19, 0xc7, 0xc4, 0xc5, 0x40, 0x4a,
                                        0xaa, 0x1f, 0x6d, 0x2a, 0x48, 0xad, 0xfd, 0xa4 };
        static const char text[] = "[Timer]\nOnCalendar=2027-01-01 UTC\nUnit=a.service\n"
                                   "RandomizedDelaySec=3000000000s\nFixedRandomDelay=yes\n";
        static const struct {
                const char *name;
                uint64_t seconds;
        } cases[] = {
                { "f-0.timer", UINT64_C(3493773952) },
                { "f-1.timer", UINT64_C(2527038490) },
                { "longer-name@x.timer", UINT64_C(3837798117) },
        };
        memcpy(wall.host->engine->config.machine_id, id, sizeof(id));
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                fake_host_add_unit(wall.host, cases[i].name, text);
                assert_int_equal(fake_host_start(wall.host, cases[i].name), 0);
                const Unit *timer = fake_host_unit(wall.host, cases[i].name);
                assert_int_equal(timer->timer->next_realtime_usec / USEC_PER_SEC, cases[i].seconds);
        }
}

static void test_what_is_due_at_the_start_does_not_wait_for_others(void **state UNUSED) {
        const Unit *timer = start("[Timer]\nOnActiveSec=0\nAccuracySec=1h\n");
        fake_host_advance(wall.host, 0);
        assert_int_equal(timer->state, TIMER_RUNNING);
}

static void test_a_random_delay_stays_until_the_run(void **state UNUSED) {
        static const char text[] =
                "[Timer]\nOnActiveSec=1h\nOnUnitInactiveSec=1h\nAccuracySec=1us\n"
                "RandomizedDelaySec=6h\n";
        const Unit *timer = start(text);
        uint64_t first = timer->timer->next_monotonic_usec;
        tell(EVENT_ZONE_CHANGED);
        assert_int_equal(timer->timer->next_monotonic_usec, first);
        fake_host_crash(wall.host, NULL);
        timer = fake_host_unit(wall.host, "a.timer");
        assert_int_equal(timer->timer->next_monotonic_usec, first);
        fake_host_advance(wall.host, first - wall.host->now_usec);
        assert_int_equal(timer->state, TIMER_RUNNING);
        end_service();
        assert_int_not_equal(timer->timer->next_monotonic_usec - wall.host->now_usec,
                             first - timer->inactive_exit.monotonic_usec);
}

/* So much time passes, all of it but a moment while the machine sleeps. */
static void sleep_for(uint64_t usec) {
        fake_host_advance(wall.host, 1);
        wall.slept_usec += usec - 1;
        wall.offset_usec += usec - 1;
}

static void wake_up(void) {
        tell(EVENT_CLOCK_CHANGED);
        fake_host_advance(wall.host, 0);
}

static void test_a_machine_that_slept_is_woken_once(void **state UNUSED) {
        Unit *timer = start("[Timer]\nOnActiveSec=1h\nAccuracySec=1us\nWakeSystem=yes\n");
        const EngineEvent woken = { .type = EVENT_TIMER, .unit = timer };
        assert_int_equal(wall.alarm_usec, USEC_PER_HOUR);
        assert_null(timer_refusal(timer));
        sleep_for(USEC_PER_HOUR);
        engine_handle(wall.host->engine, &woken);
        engine_run(wall.host->engine);
        fake_host_advance(wall.host, 0);
        assert_int_equal(timer->state, TIMER_RUNNING);
        assert_true(wall.alarm_usec == USEC_INFINITY);
        end_service();
        assert_int_equal(timer->state, TIMER_ELAPSED);
}

/* systemd.timer(5): "a different monotonic clock is selected that continues to advance". */
static void test_spans_go_on_while_the_machine_sleeps_if_they_wake_it(void **state UNUSED) {
        uint64_t hour = USEC_PER_HOUR;
        sleep_for(5 * hour); /* before it began */
        wake_up();
        fake_host_advance(wall.host, USEC_PER_SEC);
        const Unit *timer = start("[Timer]\nOnActiveSec=4h\nOnUnitActiveSec=2h\n"
                                  "AccuracySec=1us\nWakeSystem=yes\n");
        sleep_for(3 * hour);
        wake_up();
        assert_int_equal(timer->state, TIMER_WAITING);
        assert_int_equal(wall.alarm_usec, hour);
        fake_host_advance(wall.host, hour / 2);
        sleep_for(hour); /* something else woke it too late */
        wake_up();
        assert_int_equal(timer->state, TIMER_RUNNING);
        end_service();
        assert_int_equal(timer->state, TIMER_WAITING);
        assert_int_equal(wall.alarm_usec, 2 * hour);
        sleep_for(2 * hour);
        wake_up();
        assert_int_equal(timer->state, TIMER_RUNNING);
        end_service();
        assert_int_equal(wall.alarm_usec, 2 * hour);
}

static void test_other_spans_wait_while_the_machine_sleeps(void **state UNUSED) {
        const Unit *timer = start("[Timer]\nOnActiveSec=1h\nOnBootSec=1000d\nAccuracySec=1us\n");
        uint64_t next = timer->timer->next_monotonic_usec;
        sleep_for(USEC_PER_WEEK);
        wake_up();
        assert_int_equal(timer->state, TIMER_WAITING);
        assert_int_equal(timer->timer->next_monotonic_usec, next);
}

static void test_a_clock_that_was_set_back_is_waited_for(void **state UNUSED) {
        Unit *timer = start("[Timer]\nOnCalendar=daily UTC\nAccuracySec=1us\nWakeSystem=yes\n");
        const EngineEvent woken = { .type = EVENT_TIMER, .unit = timer };
        wall.offset_usec -= USEC_PER_HOUR;
        engine_handle(wall.host->engine, &woken);
        assert_int_equal(timer->state, TIMER_WAITING);
        assert_int_equal(wall.alarm_usec, 24 * USEC_PER_HOUR);
}

static void test_a_machine_that_cannot_be_woken_is_told_of(void **state UNUSED) {
        wall.alarm_result = -EPERM;
        const Unit *timer = start("[Timer]\nOnCalendar=daily\nWakeSystem=yes\n");
        assert_int_equal(timer->state, TIMER_FAILED);
        assert_int_equal(timer->timer->result, TIMER_FAILURE_RESOURCES);
        assert_string_equal(timer_refusal(timer),
                            "timer\trefused\tWakeSystem\tthe manager has no CAP_WAKE_ALARM");
}

static void test_what_may_be_late_comes_together(void **state UNUSED) {
        uint64_t perturb = 7 * USEC_PER_SEC, minute = USEC_PER_MINUTE;
        assert_int_equal(timer_coalesce(5 * minute, 1, perturb), 5 * minute);
        assert_int_equal(timer_coalesce(5 * minute, 0, perturb), 5 * minute);
        assert_int_equal(timer_coalesce(5 * minute, minute, perturb), 5 * minute + perturb);
        assert_int_equal(timer_coalesce(5 * minute + 6 * USEC_PER_SEC, minute, perturb),
                         5 * minute + perturb);
        assert_int_equal(timer_coalesce(USEC_INFINITY - 5, minute, perturb), USEC_INFINITY - 5);
        for (uint64_t usec = minute; usec < 3 * minute; usec += 1234567)
                for (uint64_t accuracy = 2; accuracy < 5 * minute; accuracy *= 3)
                        assert_in_range(
                                timer_coalesce(usec, accuracy, perturb), usec, usec + accuracy);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        test_what_was_missed_is_made_up_for_once, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_run_that_went_with_the_machine_counts_as_failed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_timer_that_is_started_again_owes_nothing, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_stamp_of_the_future_is_not_believed, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_timer_follows_when_the_clock_is_set, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_changes_of_clock_and_zone_can_be_what_elapses, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_run_that_takes_too_long_skips_others, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_fixed_delay_is_the_same_each_time, set_up, tear_down),
                cmocka_unit_test_setup_teardown(test_a_fixed_delay_is_systemds, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_random_delay_stays_until_the_run, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_what_is_due_at_the_start_does_not_wait_for_others, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_machine_that_slept_is_woken_once, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_spans_go_on_while_the_machine_sleeps_if_they_wake_it,
                        set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(
                        test_other_spans_wait_while_the_machine_sleeps, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_clock_that_was_set_back_is_waited_for, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_machine_that_cannot_be_woken_is_told_of, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_what_may_be_late_comes_together, set_up, tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
