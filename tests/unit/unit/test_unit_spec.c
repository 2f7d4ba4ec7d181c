/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/duration.h"
#include "base/macros.h"
#include "base/strv.h"
#include "unit/exit_status.h"
#include "unit/kinds.h"
#include "unit/unit_service.h"
#include "unit/unit_spec.h"

static UnitSpec *new_spec(const char *name) {
        UnitSpec *spec = NULL;

        assert_int_equal(unit_spec_new(name, &spec), 0);
        return spec;
}

/* Assigns in [Service] unless the key belongs to [Unit]. */
static int assign(UnitSpec *spec, const char *key, const char *text) {
        unsigned section =
                directive_find(SECTION_SERVICE, str_of(key)) ? SECTION_SERVICE : SECTION_UNIT;

        return unit_spec_assign(spec, section, str_of(key), str_of(text), NULL);
}

static void test_names_must_be_valid(void **state) {
        (void)state;
        UnitSpec *spec = NULL;

        assert_int_equal(unit_spec_new("a b.service", &spec), -EINVAL);
        assert_null(spec);
}

static void test_unset_settings_have_defaults(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_null(unit_spec_find(spec, DIRECTIVE_RESTART_SEC));
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_RESTART_SEC), 100 * USEC_PER_MSEC);
        assert_true(unit_spec_bool(spec, DIRECTIVE_DEFAULT_DEPENDENCIES));
        assert_false(unit_spec_bool(spec, DIRECTIVE_REMAIN_AFTER_EXIT));
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_KILL_SIGNAL), SIGTERM);
        assert_int_equal(unit_spec_signed(spec, DIRECTIVE_FAILURE_ACTION_EXIT_STATUS), -1);
        assert_string_equal(unit_spec_text(spec, DIRECTIVE_STANDARD_OUTPUT), "journal");
        assert_null(unit_spec_text(spec, DIRECTIVE_USER));
        assert_null(unit_spec_strv(spec, DIRECTIVE_AFTER));
        assert_null(unit_spec_commands(spec, DIRECTIVE_EXEC_START));
        assert_null(unit_spec_exit_set(spec, DIRECTIVE_SUCCESS_EXIT_STATUS));
}

static void test_types_without_a_setting_say_nothing(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.target");

        assert_int_equal(unit_spec_number(spec, DIRECTIVE_RESTART_SEC), 0);
        assert_null(unit_spec_text(spec, DIRECTIVE_STANDARD_OUTPUT));
}

static void test_wrong_getters_are_harmless(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "User", "root"), KIND_OK);
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_USER), 0);
        assert_null(unit_spec_strv(spec, DIRECTIVE_USER));
        assert_null(unit_spec_commands(spec, DIRECTIVE_USER));
}

static void test_lists_grow_and_are_emptied(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "ExecStart", "/a x ; /b"), KIND_OK);
        assert_int_equal(assign(spec, "ExecStart", "/c"), KIND_OK);
        assert_int_equal(unit_spec_commands(spec, DIRECTIVE_EXEC_START)->n_commands, 3);
        assert_int_equal(assign(spec, "ExecStart", ""), KIND_OK);
        assert_null(unit_spec_find(spec, DIRECTIVE_EXEC_START));
        assert_int_equal(assign(spec, "ExecStart", "-@/d e f"), KIND_OK);
        const Command *command = unit_spec_commands(spec, DIRECTIVE_EXEC_START)->commands;
        assert_string_equal(command->path, "/d");
        assert_string_equal(command->argv[0], "e");
        assert_string_equal(command->argv[1], "f");
        assert_null(command->argv[2]);
        assert_int_equal(command->flags, COMMAND_IGNORE_FAILURE | COMMAND_ARGV0);
}

static void test_dependencies_grow_and_stay(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a@i.service");

        assert_int_equal(assign(spec, "After", "b.service c@.service b.service"), KIND_OK);
        assert_int_equal(assign(spec, "After", ""), KIND_IGNORED);
        char *more[] = {
                (char[]){ "b.service" }, (char[]){ "a@i.service" }, (char[]){ "d.target" }, NULL
        };
        assert_int_equal(unit_spec_add_names(spec, DIRECTIVE_AFTER, more), 0);
        assert_int_equal(unit_spec_add_names(spec, DIRECTIVE_AFTER, NULL), 0);
        char *const *after = unit_spec_strv(spec, DIRECTIVE_AFTER);
        assert_int_equal(strv_length(after), 3);
        assert_string_equal(after[0], "b.service");
        assert_string_equal(after[1], "c@i.service");
        assert_string_equal(after[2], "d.target");
}

static void test_later_variables_win(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "Environment", "A=1 AB=2 C=3"), KIND_OK);
        assert_int_equal(assign(spec, "Environment", "A=4 \"bad name=x\" D=5"), KIND_IGNORED);
        char *const *list = unit_spec_strv(spec, DIRECTIVE_ENVIRONMENT);
        assert_int_equal(strv_length(list), 4);
        assert_string_equal(list[0], "A=4");
        assert_string_equal(list[1], "AB=2");
        assert_string_equal(list[3], "D=5");
}

static void test_bad_values_change_nothing(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "Nice", "5"), KIND_OK);
        assert_int_equal(assign(spec, "Nice", "x"), KIND_IGNORED);
        assert_int_equal(unit_spec_signed(spec, DIRECTIVE_NICE), 5);
        assert_int_equal(assign(spec, "Restart", "x"), KIND_IGNORED);
        assert_null(unit_spec_find(spec, DIRECTIVE_RESTART));
        assert_int_equal(assign(spec, "User", "a:b"), KIND_REFUSED);
        assert_null(unit_spec_find(spec, DIRECTIVE_USER));
        assert_int_equal(assign(spec, "NoSuch", "x"), -ENOENT);
        assert_int_equal(assign(spec, "Description", "a\nb"), -EINVAL);
        assert_int_equal(assign(spec, "Description", "a\xff"), -EINVAL);
        assert_int_equal(spec->n_values, 1);
}

static void test_one_time_out_sets_two(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "TimeoutSec", "5"), KIND_OK);
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_TIMEOUT_START_SEC), 5 * USEC_PER_SEC);
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_TIMEOUT_STOP_SEC), 5 * USEC_PER_SEC);
        assert_int_equal(assign(spec, "TimeoutSec", "0"), KIND_OK);
        assert_true(unit_spec_number(spec, DIRECTIVE_TIMEOUT_STOP_SEC) == USEC_INFINITY);
}

static void test_old_places_store_in_the_new(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "StartLimitInterval", "7"), KIND_OK);
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_START_LIMIT_INTERVAL_SEC),
                         7 * USEC_PER_SEC);
        assert_int_equal(assign(spec, "BindTo", "b.service"), KIND_OK);
        assert_int_equal(strv_length(unit_spec_strv(spec, DIRECTIVE_BINDS_TO)), 1);
        assert_int_equal(assign(spec, "OnFailureIsolate", "yes"), KIND_OK);
        assert_int_equal(unit_spec_number(spec, DIRECTIVE_ON_FAILURE_JOB_MODE), JOB_MODE_ISOLATE);
        assert_int_equal(assign(spec, "ReadOnlyDirectories", "/a"), KIND_OK);
        assert_int_equal(strv_length(unit_spec_strv(spec, DIRECTIVE_READ_ONLY_PATHS)), 1);
}

static void test_capabilities_merge(void **state) {
        (void)state;
        static const struct {
                const char *texts[3];
                uint64_t bounding;
        } cases[] = {
                { { "CAP_CHOWN CAP_DAC_OVERRIDE" }, 3 },
                { { "CAP_CHOWN", "CAP_DAC_OVERRIDE" }, 3 },
                { { "CAP_CHOWN CAP_DAC_OVERRIDE", "~CAP_CHOWN" }, 2 },
                { { "~CAP_CHOWN" }, KIND_ALL_CAPABILITIES & ~UINT64_C(1) },
                { { "CAP_CHOWN", "" }, 0 },
                { { "CAP_CHOWN", "~" }, KIND_ALL_CAPABILITIES },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

                assert_int_equal(unit_spec_number(spec, DIRECTIVE_CAPABILITY_BOUNDING_SET),
                                 KIND_ALL_CAPABILITIES);
                for (unsigned j = 0; j < 3 && cases[i].texts[j]; j++)
                        assert_int_equal(assign(spec, "CapabilityBoundingSet", cases[i].texts[j]),
                                         KIND_OK);
                assert_int_equal(unit_spec_number(spec, DIRECTIVE_CAPABILITY_BOUNDING_SET),
                                 cases[i].bounding);
        }
}

static void test_filters_keep_their_order(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(assign(spec, "SystemCallFilter", "@system-service read"), KIND_OK);
        assert_int_equal(assign(spec, "SystemCallFilter", "~@privileged read"), KIND_OK);
        char *const *list = unit_spec_strv(spec, DIRECTIVE_SYSTEM_CALL_FILTER);
        assert_int_equal(strv_length(list), 3);
        assert_string_equal(list[0], "@system-service");
        assert_string_equal(list[1], "~@privileged");
        assert_string_equal(list[2], "~read");
        assert_int_equal(unit_spec_find(spec, DIRECTIVE_SYSTEM_CALL_FILTER)->flags & VALUE_INVERTED,
                         0);
}

static void test_limits_are_in_units_of_the_kernel(void **state) {
        (void)state;
        static const struct {
                const char *key, *text;
                DirectiveId id;
                uint64_t soft, hard;
        } cases[] = {
                { "LimitNOFILE", "1024:4096", DIRECTIVE_LIMIT_NOFILE, 1024, 4096 },
                { "LimitNOFILE",
                  "infinity",
                  DIRECTIVE_LIMIT_NOFILE,
                  LIMIT_INFINITY,
                  LIMIT_INFINITY },
                { "LimitAS", "4K:1M", DIRECTIVE_LIMIT_AS, 4096, 1048576 },
                { "LimitCPU", "1min 1500ms", DIRECTIVE_LIMIT_CPU, 62, 62 },
                { "LimitRTTIME", "5:1s", DIRECTIVE_LIMIT_RTTIME, 5, 1000000 },
                { "LimitNICE", "+5", DIRECTIVE_LIMIT_NICE, 15, 15 },
                { "LimitNICE", "-5", DIRECTIVE_LIMIT_NICE, 25, 25 },
                { "LimitNICE", "40", DIRECTIVE_LIMIT_NICE, 40, 40 },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

                assert_int_equal(assign(spec, cases[i].key, cases[i].text), KIND_OK);
                assert_int_equal(unit_spec_find(spec, cases[i].id)->limit->soft, cases[i].soft);
                assert_int_equal(unit_spec_find(spec, cases[i].id)->limit->hard, cases[i].hard);
        }
}

static void test_exit_sets_hold_codes_and_signals(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");
        const ExitSet *set;

        assert_int_equal(assign(spec, "SuccessExitStatus", "1 TEMPFAIL 250 SIGKILL"), KIND_OK);
        assert_int_equal(assign(spec, "SuccessExitStatus", "NOTSUCH"), KIND_IGNORED);
        set = unit_spec_exit_set(spec, DIRECTIVE_SUCCESS_EXIT_STATUS);
        assert_true(exit_set_has_code(set, 1));
        assert_true(exit_set_has_code(set, 75));
        assert_true(exit_set_has_code(set, 250));
        assert_false(exit_set_has_code(set, 2));
        assert_false(exit_set_has_code(set, 256));
        assert_true(exit_set_has_signal(set, SIGKILL));
        assert_false(exit_set_has_signal(set, SIGTERM));
        assert_false(exit_set_has_code(NULL, 1));
}

static void test_copies_are_equal_and_apart(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service"), *copy = NULL;
        static const char *const lines[][2] = {
                { "ExecStart", "/a b" },
                { "Environment", "A=b" },
                { "ConditionPathExists", "/x" },
                { "LimitNOFILE", "5" },
                { "SuccessExitStatus", "7" },
                { "CPUAffinity", "0 3-5" },
                { "StateDirectory", "x:y z" },
                { "Nice", "-3" },
                { "User", "root" },
        };

        for (unsigned i = 0; i < ARRAY_LENGTH(lines); i++)
                assert_int_equal(assign(spec, lines[i][0], lines[i][1]), KIND_OK);
        diag_add(&spec->diag, NULL, DIAG_WARNING, "said");
        assert_int_equal(unit_spec_copy(spec, &copy), 0);
        assert_true(unit_spec_equal(spec, copy));
        assert_int_equal(copy->diag.n_findings, 1);
        assert_int_equal(assign(copy, "CPUAffinity", "7"), KIND_OK);
        assert_false(unit_spec_equal(spec, copy));
        unit_spec_unset(copy, DIRECTIVE_CPU_AFFINITY);
        assert_int_equal(copy->n_values, spec->n_values - 1);
}

static void test_values_stay_sorted(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        for (int id = DIRECTIVE_COUNT - 1; id > 0; id -= 3)
                assert_non_null(unit_spec_edit(spec, (DirectiveId)id));
        for (unsigned i = 1; i < spec->n_values; i++)
                assert_true(spec->values[i - 1].id < spec->values[i].id);
        while (spec->n_values > 0)
                unit_spec_unset(spec, (DirectiveId)spec->values[spec->n_values / 2].id);
        unit_spec_unset(spec, DIRECTIVE_USER);
}

static void test_service_type_follows_from_settings(void **state) {
        (void)state;
        AUTO(unit_spec_free) UnitSpec *spec = new_spec("a.service");

        assert_int_equal(unit_service_type(spec), SERVICE_TYPE_ONESHOT);
        assert_true(unit_service_timeout_start(spec, 5) == USEC_INFINITY);
        assert_int_equal(assign(spec, "ExecStart", "/a"), KIND_OK);
        assert_int_equal(unit_service_type(spec), SERVICE_TYPE_SIMPLE);
        assert_int_equal(unit_service_timeout_start(spec, 5), 5);
        assert_int_equal(unit_service_notify_access(spec), NOTIFY_ACCESS_NONE);
        assert_int_equal(assign(spec, "BusName", "a.b"), KIND_OK);
        assert_int_equal(unit_service_type(spec), SERVICE_TYPE_DBUS);
        assert_int_equal(assign(spec, "Type", "notify"), KIND_OK);
        assert_int_equal(unit_service_type(spec), SERVICE_TYPE_NOTIFY);
        assert_int_equal(unit_service_notify_access(spec), NOTIFY_ACCESS_MAIN);
        assert_int_equal(assign(spec, "NotifyAccess", "all"), KIND_OK);
        assert_int_equal(unit_service_notify_access(spec), NOTIFY_ACCESS_ALL);
        assert_int_equal(unit_service_timeout_abort(spec, 7), 7);
        assert_int_equal(assign(spec, "TimeoutStopSec", "3"), KIND_OK);
        assert_int_equal(unit_service_timeout_abort(spec, 7), 3 * USEC_PER_SEC);
        assert_int_equal(assign(spec, "KillSignal", "SIGINT"), KIND_OK);
        assert_int_equal(unit_service_restart_kill_signal(spec), SIGINT);
}

static void test_exit_codes_have_names(void **state) {
        (void)state;
        int code;

        assert_string_equal(exit_status_name(203, EXIT_STATUS_ANY), "EXEC");
        assert_null(exit_status_name(203, EXIT_STATUS_BSD));
        assert_null(exit_status_name(199, EXIT_STATUS_ANY));
        assert_string_equal(exit_status_class_name(75), "BSD");
        assert_int_equal(exit_status_parse(STR_LITERAL("TEMPFAIL"), &code), 0);
        assert_int_equal(code, 75);
        assert_int_equal(exit_status_parse(STR_LITERAL("256"), &code), -ERANGE);
        assert_int_equal(exit_status_parse(STR_LITERAL("tempfail"), &code), -EINVAL);
        for (int i = 0; i < 256; i++) {
                const char *name = exit_status_name(i, EXIT_STATUS_ANY);

                if (!name)
                        continue;
                assert_int_equal(exit_status_parse(str_of(name), &code), 0);
                assert_int_equal(code, i);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_names_must_be_valid),
                cmocka_unit_test(test_unset_settings_have_defaults),
                cmocka_unit_test(test_types_without_a_setting_say_nothing),
                cmocka_unit_test(test_wrong_getters_are_harmless),
                cmocka_unit_test(test_lists_grow_and_are_emptied),
                cmocka_unit_test(test_dependencies_grow_and_stay),
                cmocka_unit_test(test_later_variables_win),
                cmocka_unit_test(test_bad_values_change_nothing),
                cmocka_unit_test(test_one_time_out_sets_two),
                cmocka_unit_test(test_old_places_store_in_the_new),
                cmocka_unit_test(test_capabilities_merge),
                cmocka_unit_test(test_filters_keep_their_order),
                cmocka_unit_test(test_limits_are_in_units_of_the_kernel),
                cmocka_unit_test(test_exit_sets_hold_codes_and_signals),
                cmocka_unit_test(test_copies_are_equal_and_apart),
                cmocka_unit_test(test_values_stay_sorted),
                cmocka_unit_test(test_service_type_follows_from_settings),
                cmocka_unit_test(test_exit_codes_have_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
