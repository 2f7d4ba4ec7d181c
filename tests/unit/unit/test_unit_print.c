/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "unit/kind.h"
#include "unit/unit_print.h"

static const char canonical[] = "[Unit]\n"
                                "After=b.service c.target\n"
                                "ConditionPathExists=|!/a b\n"
                                "ConditionHost=x\n"
                                "Description=100%% \"of\" it\n"
                                "\n"
                                "[Service]\n"
                                "ExecStart=-@/bin/x y \"a b\" %%i \"\" \"\\x01;\"\n"
                                "ExecStart=/bin/z\n"
                                "RestartSec=1min 30s\n"
                                "Type=notify\n"
                                "Environment=A=1 \"B=two words\"\n"
                                "LimitNOFILE=5:10\n"
                                "UMask=0027\n"
                                "CapabilityBoundingSet=~cap_chown\n"
                                "\n"
                                "[Install]\n"
                                "WantedBy=multi-user.target a@%i.target\n"
                                "\n"
                                "[X-Tend]\n"
                                "RetryDependents=yes\n"
                                "\n"
                                "[X-Tend-Plan]\n"
                                "ControlGroup=/sys/fs/cgroup/a\n"
                                "Unit=a.service\n";

static UnitSpec *read_spec(const char *text) {
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        UnitSpec *spec = NULL;

        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        if (unit_read_text(spec, str_of(text), &diag) < 0)
                fail_msg("%s", diag.n_findings ? diag.findings[0].text : "");
        return spec;
}

/* The lines of a text in any order. */
static void assert_same_lines(const char *a, const char *b) {
        Str rest = str_of(a), line;

        assert_int_equal(strlen(a), strlen(b));
        while (str_next_part(&rest, '\n', &line)) {
                AUTO(strbuf_done) StrBuf needle = STRBUF_INIT;

                strbuf_addf(&needle, "%.*s\n", STR_ARG(line));
                if (line.length > 0)
                        assert_non_null(strstr(b, strbuf_text(&needle)));
        }
}

static void test_canonical_text_stays(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = read_spec(canonical);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf again = STRBUF_INIT;
        AUTO(unit_spec_free) UnitSpec *second = NULL;

        unit_print(spec, ~0u, &text);
        assert_same_lines(canonical, strbuf_text(&text));
        second = read_spec(strbuf_text(&text));
        assert_true(unit_spec_equal(spec, second));
        unit_print(second, ~0u, &again);
        assert_string_equal(strbuf_text(&text), strbuf_text(&again));
}

static void test_sections_are_chosen(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = read_spec(canonical);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        unit_print(spec, SECTION_INSTALL | SECTION_X_TEND | SECTION_SOCKET, &text);
        assert_string_equal(strbuf_text(&text),
                            "[Install]\nWantedBy=multi-user.target a@%i.target\n\n"
                            "[X-Tend]\nRetryDependents=yes\n");
}

static void test_single_settings_are_printed(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = read_spec(canonical);
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        unit_print_setting(spec, DIRECTIVE_TYPE, &text);
        unit_print_setting(spec, DIRECTIVE_USER, &text);
        unit_print_setting(spec, DIRECTIVE_EXEC_START, &text);
        assert_string_equal(strbuf_text(&text),
                            "Type=notify\n"
                            "ExecStart=-@/bin/x y \"a b\" %%i \"\" \"\\x01;\"\n"
                            "ExecStart=/bin/z\n");
}

static void test_foreign_text_is_refused(void **state) {
        (void)state;
        static const char *const bad[] = {
                "Type=simple\n",           "[Service]\nNoSuch=1\n",
                "[NoSuch]\nType=simple\n", "[Service]\nType=nonsense\n",
                "[Service]\nnonsense\n",   "[Service]\nUser=%Z\n",
                "[Service]\nUser=a:b\n",   "[Socket]\nListenStream=/a b\n[X-Other]\nA=b\n",
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(bad); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = NULL;
                AUTO(diag_clear) Diag diag = DIAG_INIT;

                assert_int_equal(unit_spec_new("a.service", &spec), 0);
                assert_int_equal(unit_read_text(spec, str_of(bad[i]), &diag), -EINVAL);
        }
}

static void test_length_is_limited(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;

        strbuf_add(&text, "[Unit]\n");
        while (text.length <= 4 * 1024 * 1024)
                strbuf_add(&text,
                           "# comment comment comment comment comment comment comment comment\n");
        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        assert_int_equal(unit_read_text(spec, str_of(strbuf_text(&text)), NULL), -E2BIG);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_canonical_text_stays),
                cmocka_unit_test(test_sections_are_chosen),
                cmocka_unit_test(test_single_settings_are_printed),
                cmocka_unit_test(test_foreign_text_is_refused),
                cmocka_unit_test(test_length_is_limited),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
