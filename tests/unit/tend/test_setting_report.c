/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "base/strv.h"
#include "tend/setting_report.h"
#include "unit/unit_print.h"

static UnitSpec *read_unit(const char *text) {
        UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        assert_int_equal(unit_read_text(spec, str_of(text), &diag), 0);
        return spec;
}

static const SettingReport *find(const SettingReports *reports, const char *name) {
        for (unsigned i = 0; i < reports->n_rows; i++)
                if (streq(reports->rows[i].name, name))
                        return &reports->rows[i];
        return NULL;
}

static void test_rows_tell_what_the_files_ask_for(void **state UNUSED) {
        AUTO(unit_spec_free)
        UnitSpec *spec = read_unit("[Unit]\nDescription=x\n[Service]\n"
                                   "ExecStart=/bin/a\nPrivateTmp=no\nNice=1\n"
                                   "BindPaths=/a\nBindReadOnlyPaths=/b\n"
                                   "ManagedOOMSwap=kill\n");
        AUTO(setting_reports_done) SettingReports reports = { 0 };

        assert_int_equal(setting_reports_make(spec, NULL, &reports), 0);
        assert_int_equal(reports.n_rows, 3);
        assert_int_equal(reports.n_less, 1);
        assert_string_equal(find(&reports, "BindPaths")->asked, "/a BindReadOnlyPaths=/b");
        assert_string_equal(setting_report_level(find(&reports, "Nice")), "enforced");
        assert_null(setting_report_advice(find(&reports, "Nice"), false, false));
        assert_string_equal(setting_report_level(find(&reports, "ManagedOOMSwap")),
                            "not supported");
        assert_non_null(setting_report_advice(find(&reports, "ManagedOOMSwap"), false, false));
}

static void test_what_the_executor_said_goes_before(void **state UNUSED) {
        AUTO(unit_spec_free) UnitSpec *spec = read_unit("[Service]\nNice=1\nOOMScoreAdjust=5\n");
        AUTO(setting_reports_done) SettingReports reports = { 0 };
        AUTO_STRV char **lines = NULL;

        assert_int_equal(strv_add(&lines, "NICE\trefused\tNice\tOperation not permitted"), 0);
        assert_int_equal(strv_add(&lines, "CGROUP\trefused\tControlGroup\tRead-only"), 0);
        assert_int_equal(strv_add(&lines, "OOM_ADJUST\tnote\tOOMScoreAdjust\tby the way"), 0);
        assert_int_equal(setting_reports_make(spec, lines, &reports), 0);
        assert_int_equal(reports.n_rows, 3);
        assert_int_equal(reports.n_less, 2);
        const SettingReport *nice = find(&reports, "Nice");
        assert_string_equal(setting_report_level(nice), "refused");
        assert_string_equal(nice->why, "Operation not permitted");
        assert_non_null(strstr(setting_report_advice(nice, true, false), "root"));
        char why[] = "there is no pids controller of control groups that may be used here";
        const SettingReport tasks = { .why = why, .holds = SUPPORT_WEAKENED, .is_refused = true };
        assert_non_null(strstr(setting_report_advice(&tasks, false, true), "control groups"));
        assert_non_null(strstr(setting_report_advice(nice, false, true), "container"));
        assert_string_equal(setting_report_level(find(&reports, "OOMScoreAdjust")), "enforced");
        assert_string_equal(find(&reports, "ControlGroup")->asked, "");
}

static void test_what_failed_the_start_is_said(void **state UNUSED) {
        AUTO(setting_reports_done) SettingReports reports = { 0 };
        AUTO_STRV char **lines = NULL;

        assert_int_equal(strv_add(&lines, "PLAN\tfailed\tPAMName\tnot supported yet"), 0);
        assert_int_equal(setting_reports_make(NULL, lines, &reports), 0);
        assert_string_equal(setting_report_level(&reports.rows[0]), "failed");
        assert_non_null(strstr(setting_report_advice(&reports.rows[0], false, false), "Enforce="));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows_tell_what_the_files_ask_for),
                cmocka_unit_test(test_what_the_executor_said_goes_before),
                cmocka_unit_test(test_what_failed_the_start_is_said),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
