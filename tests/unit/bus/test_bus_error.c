/* SPDX-License-Identifier: Apache-2.0 */

#include <errno.h>

#include "bus/bus_error.h"
#include "unit_test.h"

static void test_every_code_has_a_name_that_leads_back(void **state UNUSED) {
        for (int code = ENGINE_ERROR_NO_SUCH_UNIT; code < ENGINE_ERROR_CODE_COUNT; code++) {
                const char *name = bus_error_name((EngineErrorCode)code);
                assert_non_null(name);
                assert_true(sd_bus_error_is_set(&SD_BUS_ERROR_MAKE_CONST(name, "text")));
                /* Two codes may share a name; the first is what the client sees. */
                assert_string_equal(bus_error_name(bus_error_code(name)), name);
        }
}

static void test_unknown_names_are_plain_failures(void **state UNUSED) {
        assert_int_equal(bus_error_code("com.example.Nothing"), ENGINE_ERROR_FAILED);
        assert_int_equal(bus_error_code(NULL), ENGINE_ERROR_FAILED);
        assert_string_equal(bus_error_name((EngineErrorCode)-1), SD_BUS_ERROR_FAILED);
}

static void test_engine_errors_keep_their_text(void **state UNUSED) {
        EngineError from = { ENGINE_ERROR_NO_SUCH_UNIT, "Unit a.service not found." };
        sd_bus_error error = SD_BUS_ERROR_NULL;

        assert_true(bus_error_set_engine(&error, -ECANCELED, &from) < 0);
        assert_string_equal(error.name, "org.freedesktop.systemd1.NoSuchUnit");
        assert_string_equal(error.message, "Unit a.service not found.");
        sd_bus_error_free(&error);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_code_has_a_name_that_leads_back),
                cmocka_unit_test(test_unknown_names_are_plain_failures),
                cmocka_unit_test(test_engine_errors_keep_their_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
