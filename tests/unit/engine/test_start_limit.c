/* SPDX-License-Identifier: Apache-2.0 */
#include "../../engine/fake_host.h"

#include "base/duration.h"
#include "engine/unit_ops.h"
#include "unit_test.h"

static Unit *make_unit(FakeHost *host, const char *settings) {
        AUTO_FREE char *text = NULL;
        assert_true(asprintf(&text, "[Unit]\n%s[Service]\nExecStart=/bin/x\n", settings) > 0);
        fake_host_add_unit(host, "a.service", text);
        return fake_host_unit(host, "a.service");
}

static unsigned starts_until_refused(Unit *unit, unsigned limit) {
        unsigned n = 0;
        while (n < limit && !start_limit_hit(unit))
                n++;
        return n;
}

static void test_the_default_is_five_in_ten_seconds(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = make_unit(host, "");
        assert_int_equal(starts_until_refused(unit, 100), 5);
        assert_true(unit->flags & UNIT_START_LIMIT_HIT);
        assert_true(fake_host_has(
                host, "log a.service warning a.service: Start request repeated too quickly."));
        fake_host_advance(host, 10 * USEC_PER_SEC);
        assert_true(start_limit_hit(unit));
        fake_host_advance(host, 1);
        assert_false(start_limit_hit(unit));
        assert_false(unit->flags & UNIT_START_LIMIT_HIT);
}

static void test_zero_means_no_limit(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        assert_int_equal(starts_until_refused(make_unit(host, "StartLimitIntervalSec=0\n"), 100),
                         100);
        AUTO(fake_host_free) FakeHost *other = fake_host_new(NULL);
        assert_int_equal(starts_until_refused(make_unit(other, "StartLimitBurst=0\n"), 100), 100);
}

static void test_it_can_be_forgotten(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = make_unit(host, "StartLimitBurst=2\n");
        assert_int_equal(starts_until_refused(unit, 100), 2);
        start_limit_reset(unit);
        assert_false(unit->flags & UNIT_START_LIMIT_HIT);
        assert_int_equal(starts_until_refused(unit, 100), 2);
}

static void test_the_action_is_taken(void **state UNUSED) {
        AUTO(fake_host_free) FakeHost *host = fake_host_new(NULL);
        Unit *unit = make_unit(host, "StartLimitBurst=1\nStartLimitAction=poweroff-force\n");
        assert_int_equal(starts_until_refused(unit, 100), 1);
        assert_true(
                fake_host_has(host, "emergency a.service poweroff-force unit a.service failed"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_default_is_five_in_ten_seconds),
                cmocka_unit_test(test_zero_means_no_limit),
                cmocka_unit_test(test_it_can_be_forgotten),
                cmocka_unit_test(test_the_action_is_taken),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
