/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include "unit_test.h"

static const DiagPlace place = { .unit = "a.service", .file = "/etc/a.service", .line = 7 };

static void assert_finding(const Finding *finding, const char *expected) {
        AUTO_FREE char *text = diag_format(finding);
        assert_string_equal(text, expected);
}

static void test_findings_are_kept_in_order_with_their_place(void **state UNUSED) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        diag_add(NULL, &place, DIAG_ERROR, "nobody listens");
        diag_hint(&diag, "nothing to hint at");
        diag_add(&diag, &place, DIAG_WARNING, "unknown key '%s'", "Restrat");
        diag_hint(&diag, "did you mean '%s'?", "Restart");
        assert_false(diag_has_errors(&diag));
        diag_add(&diag, &(DiagPlace){ .file = "/x" }, DIAG_ERROR, "is no unit");
        diag_add(&diag, &(DiagPlace){ .unit = "b.service" }, DIAG_NOTE, "is masked");
        diag_add(&diag, NULL, DIAG_NOTE, "somewhere");
        assert_true(diag_has_errors(&diag));
        assert_int_equal(diag.n_findings, 4);
        assert_int_equal(diag.n_by_severity[DIAG_NOTE], 2);
        assert_finding(&diag.findings[0],
                       "/etc/a.service:7: unknown key 'Restrat' (did you mean 'Restart'?)");
        assert_finding(&diag.findings[1], "/x: is no unit");
        assert_finding(&diag.findings[2], "b.service: is masked");
        assert_finding(&diag.findings[3], "somewhere");
}

static void test_the_limit_only_counts(void **state UNUSED) {
        AUTO(diag_clear) Diag diag = { .limit = 2 };
        for (unsigned i = 0; i < 5; i++)
                diag_add(&diag, NULL, DIAG_WARNING, "%u", i);
        diag_hint(&diag, "not for the second finding");
        assert_int_equal(diag.n_findings, 2);
        assert_int_equal(diag.lost, 3);
        assert_int_equal(diag.n_by_severity[DIAG_WARNING], 5);
        assert_null(diag.findings[1].hint);
        diag_clear(&diag);
        assert_int_equal(diag.n_findings, 0);
        assert_int_equal(diag.limit, 2);
}

static void test_moving_joins_two_lists(void **state UNUSED) {
        AUTO(diag_clear) Diag to = DIAG_INIT, from = DIAG_INIT;
        diag_move(&to, &from);
        for (unsigned i = 0; i < 20; i++)
                diag_add(i % 2 ? &to : &from, NULL, DIAG_ERROR, "%u", i);
        diag_move(&to, &from);
        assert_int_equal(to.n_findings, 20);
        assert_int_equal(to.n_by_severity[DIAG_ERROR], 20);
        assert_int_equal(from.n_findings, 0);
        assert_false(diag_has_errors(&from));
        assert_finding(&to.findings[9], "19");
        assert_finding(&to.findings[10], "0");
}

static void test_severities_have_names(void **state UNUSED) {
        assert_string_equal(diag_severity_name(DIAG_NOTE), "note");
        assert_string_equal(diag_severity_name(DIAG_ERROR), "error");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_findings_are_kept_in_order_with_their_place),
                cmocka_unit_test(test_the_limit_only_counts),
                cmocka_unit_test(test_moving_joins_two_lists),
                cmocka_unit_test(test_severities_have_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
