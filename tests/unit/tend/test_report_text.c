/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "base/strv.h"
#include "tend/report_text.h"

static void test_a_line_has_four_parts(void **state UNUSED) {
        ReportLine line = report_parse("LIMITS\tweakened\tLimitNOFILE\tonly so far");

        assert_str_equal(line.step, "LIMITS");
        assert_str_equal(line.level, "weakened");
        assert_str_equal(line.setting, "LimitNOFILE");
        assert_str_equal(line.message, "only so far");
        line = report_parse("something else");
        assert_str_equal(line.message, "something else");
        assert_str_equal(line.setting, "");
}

static void test_settings_with_the_same_fate_share_a_line(void **state UNUSED) {
        AUTO_STRV char **lines = NULL, **texts = NULL;

        assert_int_equal(strv_add(&lines, "PLAN\tunsupported\tPrivateTmp\tnot supported yet"), 0);
        assert_int_equal(strv_add(&lines, "NICE\trefused\tNice\tOperation not permitted"), 0);
        assert_int_equal(strv_add(&lines, "PLAN\tunsupported\tProtectHome\tnot supported yet"), 0);
        assert_int_equal(strv_add(&lines, "START\tnote\t\tworth knowing"), 0);
        assert_int_equal(report_group(lines, &texts), 0);
        assert_int_equal(strv_length(texts), 3);
        assert_string_equal(texts[0], "PrivateTmp=, ProtectHome=: not supported yet");
        assert_string_equal(texts[1], "Nice=: refused by the kernel: Operation not permitted");
        assert_string_equal(texts[2], "worth knowing");
}

static void test_nothing_is_grouped_to_nothing(void **state UNUSED) {
        AUTO_STRV char **texts = NULL;
        assert_int_equal(report_group(NULL, &texts), 0);
        assert_null(texts);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_line_has_four_parts),
                cmocka_unit_test(test_settings_with_the_same_fate_share_a_line),
                cmocka_unit_test(test_nothing_is_grouped_to_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
