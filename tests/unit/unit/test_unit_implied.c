/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <linux/capability.h>

#include "unit/kinds.h"
#include "unit/unit_implied.h"
#include "unit/unit_print.h"

static UnitSpec *read_unit(const char *text) {
        UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        assert_int_equal(unit_read_text(spec, str_of(text), &diag), 0);
        return spec;
}

static uint64_t number(const UnitSpec *spec, DirectiveId id) {
        Value scratch;
        const Value *value = unit_implied_find(spec, id, &scratch);

        return value ? value->number : UINT64_MAX;
}

static void test_a_dynamic_user_brings_protection(void **state UNUSED) {
        AUTO(unit_spec_free) UnitSpec *spec = read_unit("[Service]\nDynamicUser=yes\n");
        AUTO(unit_spec_free)
        UnitSpec *stricter =
                read_unit("[Service]\nDynamicUser=yes\nProtectHome=tmpfs\nProtectSystem=full\n");

        assert_int_equal(number(spec, DIRECTIVE_PRIVATE_TMP), 1);
        assert_int_equal(number(spec, DIRECTIVE_REMOVE_IPC), 1);
        assert_int_equal(number(spec, DIRECTIVE_PROTECT_SYSTEM), 3);
        assert_int_equal(number(spec, DIRECTIVE_PROTECT_HOME), 2);
        assert_int_equal(number(stricter, DIRECTIVE_PROTECT_HOME), 3);
        assert_int_equal(number(stricter, DIRECTIVE_PROTECT_SYSTEM), 3);
        assert_int_equal(number(spec, DIRECTIVE_PRIVATE_DEVICES), UINT64_MAX);
}

static void test_devices_are_closed_unless_the_policy_is_stricter(void **state UNUSED) {
        AUTO(unit_spec_free) UnitSpec *plain = read_unit("[Service]\nPrivateDevices=yes\n");
        AUTO(unit_spec_free)
        UnitSpec *strict = read_unit("[Service]\nPrivateDevices=yes\nDevicePolicy=strict\n");
        AUTO(unit_spec_free) UnitSpec *off = read_unit("[Service]\nPrivateDevices=no\n");

        assert_int_equal(number(plain, DIRECTIVE_DEVICE_POLICY), 1);
        assert_int_equal(number(strict, DIRECTIVE_DEVICE_POLICY), 2);
        assert_int_equal(number(off, DIRECTIVE_DEVICE_POLICY), UINT64_MAX);
}

static void test_protection_takes_capabilities_away(void **state UNUSED) {
        AUTO(unit_spec_free)
        UnitSpec *all = read_unit("[Service]\nProtectKernelLogs=yes\nProtectKernelModules=yes\n");
        AUTO(unit_spec_free)
        UnitSpec *some = read_unit(
                "[Service]\nProtectClock=yes\nCapabilityBoundingSet=CAP_SYS_TIME CAP_CHOWN\n");
        AUTO(unit_spec_free) UnitSpec *none = read_unit("[Service]\nNice=1\n");

        assert_int_equal(number(all, DIRECTIVE_CAPABILITY_BOUNDING_SET),
                         KIND_ALL_CAPABILITIES & ~(UINT64_C(1) << CAP_SYSLOG) &
                                 ~(UINT64_C(1) << CAP_SYS_MODULE));
        assert_int_equal(number(some, DIRECTIVE_CAPABILITY_BOUNDING_SET), UINT64_C(1) << CAP_CHOWN);
        assert_int_equal(number(none, DIRECTIVE_CAPABILITY_BOUNDING_SET), UINT64_MAX);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_dynamic_user_brings_protection),
                cmocka_unit_test(test_devices_are_closed_unless_the_policy_is_stricter),
                cmocka_unit_test(test_protection_takes_capabilities_away),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
