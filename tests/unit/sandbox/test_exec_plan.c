/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_plan.h"

#include "sandbox_test.h"
#include "unit/kind.h"
#include "unit/unit_print.h"

static const char unit_text[] = "[Unit]\n"
                                "Description=left out\n"
                                "After=other.service\n"
                                "[Service]\n"
                                "Type=notify\n"
                                "Restart=always\n"
                                "KillMode=process\n"
                                "Slice=web.slice\n"
                                "PassEnvironment=LANG\n"
                                "User=web\n"
                                "Environment=\"A=100%% sure\" B=2\n"
                                "MemoryMax=1G\n"
                                "ProtectSystem=strict\n"
                                "ExecStart=/bin/a one \"two words\"\n"
                                "ExecStop=-/bin/b\n"
                                "ExecStop=+/bin/c\n";

static UnitSpec *read_unit(const char *name) {
        UnitSpec *spec = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        assert_int_equal(unit_spec_new(name, &spec), 0);
        assert_int_equal(unit_read_text(spec, STR_LITERAL(unit_text), &diag), 0);
        return spec;
}

static void test_a_plan_has_what_concerns_the_start(void **state UNUSED) {
        static const char *const inside[] = {
                "User=web\n",
                "ExecStop=-/bin/b\n",
                "ExecStop=+/bin/c\n",
                "MemoryMax=",
                "ProtectSystem=strict\n",
                "\n[X-Tend-Plan]\nUnit=web@a.service\n",
                "ControlGroup=/sys/fs/cgroup/a\nControlGroup=/sys/fs/cgroup/b%%c\n",
                "Scope=user\n",
                "Policy=strict\n",
                "DynamicUid=61200\n"
        };
        static const char *const outside[] = {
                "Description", "After=",          "Restart=", "KillMode",  "Slice",
                "Type=",       "PassEnvironment", "LogFile=", "StateRoot="
        };
        AUTO(unit_spec_free) UnitSpec *spec = read_unit("web@a.service");
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        AUTO_STRV char **groups = LIST("/sys/fs/cgroup/a", "/sys/fs/cgroup/b%c");
        ExecPlanFacts facts = {
                .scope = UNIT_SCOPE_USER,
                .control_groups = groups,
                .dynamic_uid = 61200,
                .strict = true,
        };

        assert_int_equal(exec_plan_print(&facts, spec, &out), 0);
        for (size_t i = 0; i < ARRAY_LENGTH(inside); i++)
                if (!strstr(strbuf_text(&out), inside[i]))
                        fail_msg("missing %s in\n%s", inside[i], strbuf_text(&out));
        for (size_t i = 0; i < ARRAY_LENGTH(outside); i++)
                if (strstr(strbuf_text(&out), outside[i]))
                        fail_msg("%s in\n%s", outside[i], strbuf_text(&out));
}

/* Enforce= of the unit against what the manager was told. */
static void test_a_plan_says_what_must_hold(void **state UNUSED) {
        static const struct {
                const char *enforce;
                bool strict;
                const char *expected;
        } cases[] = {
                { "strict", false, "Policy=strict\nEnforce=strict\n" },
                { "report", true, "Policy=report\nEnforce=report\n" },
                { "PrivateTmp Nice", false, "Policy=report\nEnforce=PrivateTmp\nEnforce=Nice\n" },
                { "PrivateTmp", true, "Policy=strict\nEnforce=PrivateTmp\n" },
                { "NoSuchSetting", false, "Policy=report\n" },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = read_unit("web.service"), *plan = NULL;
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                KindContext context = { .diag = &diag, .unit_type = UNIT_SERVICE };
                ExecPlanFacts facts = { .strict = cases[i].strict };

                assert_true(unit_spec_assign(spec,
                                             SECTION_X_TEND,
                                             STR_LITERAL("Enforce"),
                                             str_of(cases[i].enforce),
                                             &context) >= 0);
                assert_int_equal(exec_plan_print(&facts, spec, &out), 0);
                assert_non_null(strstr(strbuf_text(&out), cases[i].expected));
                assert_int_equal(exec_plan_read(str_of(strbuf_text(&out)), &plan, &diag), 0);
        }
}

static void test_a_plan_reads_as_it_was_printed(void **state UNUSED) {
        AUTO(unit_spec_free) UnitSpec *spec = read_unit("web.service"), *plan = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT, again = STRBUF_INIT;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        ExecPlanFacts facts = { .log_file = "/run/tend/a 100%.log", .state_root = "/var/lib" };

        assert_int_equal(exec_plan_print(&facts, spec, &out), 0);
        assert_int_equal(exec_plan_read(str_of(strbuf_text(&out)), &plan, &diag), 0);
        assert_string_equal(plan->name, "web.service");
        assert_string_equal(unit_spec_text(plan, DIRECTIVE_PLAN_LOG_FILE), "/run/tend/a 100%.log");
        assert_int_equal(unit_spec_commands(plan, DIRECTIVE_EXEC_STOP)->n_commands, 2);
        assert_true(strv_contains(unit_spec_strv(plan, DIRECTIVE_ENVIRONMENT), "A=100% sure"));
        assert_int_equal(exec_plan_print(&facts, plan, &again), 0);
        assert_string_equal(strbuf_text(&again), strbuf_text(&out));
}

static void test_units_without_commands_have_no_plan(void **state UNUSED) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        ExecPlanFacts facts = { 0 };

        assert_int_equal(unit_spec_new("a.target", &spec), 0);
        assert_int_equal(exec_plan_print(&facts, spec, &out), -EINVAL);
}

static void test_what_is_no_plan_is_refused(void **state UNUSED) {
        static const char *const texts[] = {
                "",
                "[X-Tend-Plan]\nUnit=a.service\n",
                "[Service]\n\n[X-Tend-Plan]\nUnit=\n",
                "[Service]\n\n[X-Tend-Plan]\nUnit=a@.service\n",
                "[Service]\nUnknown=1\n\n[X-Tend-Plan]\nUnit=a.service\n",
                "[Nothing]\n\n[X-Tend-Plan]\nUnit=a.service\n",
        };

        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
                AUTO(unit_spec_free) UnitSpec *plan = NULL;
                AUTO(diag_clear) Diag diag = DIAG_INIT;

                assert_int_equal(exec_plan_read(str_of(texts[i]), &plan, &diag), -EINVAL);
                assert_null(plan);
        }
}

static void test_people_see_no_secrets(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        exec_plan_show(
                STR_LITERAL(
                        "[Service]\nSetCredential=a:b:c\nSetCredentialEncrypted=d:e\n"
                        "LoadCredential=f:/g\n\n[X-Tend-Plan]\nSystemCallProgram=16\n\0\0\0\0XXXX"),
                &out);
        assert_string_equal(strbuf_text(&out),
                            "[Service]\nSetCredential=a:(hidden)\n"
                            "SetCredentialEncrypted=d:(hidden)\nLoadCredential=f:/g\n\n"
                            "[X-Tend-Plan]\nSystemCallProgram=16\n");
}

static void test_programs_stand_behind_the_text(void **state UNUSED) {
        static const uint64_t programs[] = { 2, 0x11, 0x12, 1, 0x21 };
        static const char name[] = "123456789.service";
        AUTO(unit_spec_free) UnitSpec *spec = read_unit("web.service");

        for (size_t i = 0; i < 9; i++) { /* whatever the length of the text is */
                const ExecPlanFacts facts = {
                        .unit = name + i,
                        .system_call_programs = { (const char *)programs, sizeof(programs) },
                };
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                Str text, rest, one;

                assert_int_equal(exec_plan_print(&facts, spec, &out), 0);
                exec_plan_split((Str){ out.data, out.length }, &text, &rest);
                assert_int_equal(text.length, strlen(out.data));
                assert_int_equal((rest.data - out.data) % 8, 0);
                assert_int_equal(exec_plan_next_program(&rest, &one), 0);
                assert_true(str_equal(one, (Str){ (const char *)&programs[1], 16 }));
                assert_int_equal(exec_plan_next_program(&rest, &one), 0);
                assert_true(str_equal(one, (Str){ (const char *)&programs[4], 8 }));
                assert_int_equal(rest.length, 0);
                assert_int_equal(exec_plan_next_program(&rest, &one), -EINVAL);
        }
}

static void test_programs_that_are_not_whole_are_refused(void **state UNUSED) {
        static const uint64_t too_long[] = { 3, 0x11, 0x12 }, empty[] = { 0 },
                              huge[] = { UINT64_MAX / 8 + 2, 1 };
        const Str bad[] = {
                { (const char *)too_long, sizeof(too_long) },
                { (const char *)empty, sizeof(empty) },
                { (const char *)huge, sizeof(huge) },
                { (const char *)huge, 4 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
                Str rest = bad[i], one;

                assert_int_equal(exec_plan_next_program(&rest, &one), -EINVAL);
                assert_int_equal(rest.length, bad[i].length);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_plan_has_what_concerns_the_start),
                cmocka_unit_test(test_a_plan_says_what_must_hold),
                cmocka_unit_test(test_a_plan_reads_as_it_was_printed),
                cmocka_unit_test(test_units_without_commands_have_no_plan),
                cmocka_unit_test(test_what_is_no_plan_is_refused),
                cmocka_unit_test(test_programs_stand_behind_the_text),
                cmocka_unit_test(test_programs_that_are_not_whole_are_refused),
                cmocka_unit_test(test_people_see_no_secrets),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
