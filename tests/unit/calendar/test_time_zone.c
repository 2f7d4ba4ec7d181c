/* SPDX-License-Identifier: Apache-2.0 */
#include "calendar/time_zone.h"

#include <errno.h>
#include <string.h>

#include "unit_test.h"

static void test_names_do_not_lead_out_of_the_directory(void **state UNUSED) {
        static const char *const bad[] = {
                "../../../etc/passwd", "/etc/localtime", "", "a//b", "Europe/", "Nowhere/Town",
        };
        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                TimeZone *zone = NULL;
                assert_false(time_zone_exists(str_of(bad[i])));
                assert_int_equal(time_zone_load(bad[i], &zone), -ENOENT);
        }
        assert_true(time_zone_exists(STR_LITERAL("UTC")));
}

static void test_damaged_files_are_refused(void **state UNUSED) {
        char bytes[64] = "TZif2";
        TimeZone *zone = NULL;
        assert_int_equal(time_zone_parse((Str){ bytes, 10 }, &zone), -EBADMSG);
        assert_int_equal(time_zone_parse((Str){ bytes, sizeof(bytes) }, &zone), -EBADMSG);
        bytes[35] = 1; /* one change, one period, and nothing of both */
        bytes[39] = 1;
        bytes[43] = 4;
        assert_int_equal(time_zone_parse((Str){ bytes, sizeof(bytes) }, &zone), -EBADMSG);
        assert_null(zone);
}

static void test_a_minimal_file_is_read(void **state UNUSED) {
        char bytes[44 + 6 + 4] = "TZif";
        AUTO(time_zone_free) TimeZone *zone = NULL;
        CivilTime at;
        bytes[39] = 1;
        bytes[43] = 4;
        bytes[44 + 2] = 0x0e; /* 3600 seconds east */
        bytes[44 + 3] = 0x10;
        memcpy(bytes + 50, "ABC", 4);
        assert_int_equal(time_zone_parse((Str){ bytes, sizeof(bytes) }, &zone), 0);
        time_zone_civil(zone, 0, &at);
        assert_int_equal(at.hour, 1);
        assert_string_equal(at.abbreviation, "ABC");
}

static void test_civil_time_counts_on(void **state UNUSED) {
        CivilTime at = { .year = 2026, .month = 14, .day = 32, .hour = 25, .minute = -1 };
        civil_from_seconds(civil_to_seconds(&at), &at);
        assert_int_equal(at.year, 2027);
        assert_int_equal(at.month, 3);
        assert_int_equal(at.day, 5);
        assert_int_equal(at.hour, 0);
        assert_int_equal(at.minute, 59);
        assert_int_equal(at.weekday, 4);
        assert_int_equal(civil_month_length(2100, 2), 28);
        assert_int_equal(civil_month_length(2000, 2), 29);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_do_not_lead_out_of_the_directory),
                cmocka_unit_test(test_damaged_files_are_refused),
                cmocka_unit_test(test_a_minimal_file_is_read),
                cmocka_unit_test(test_civil_time_counts_on),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
