/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host_condition.h"

#include <errno.h>
#include <stdlib.h>

#include "unit_test.h"

static char variable_a[] = "A=1", variable_b[] = "B=two=2", variable_empty[] = "EMPTY=";
static char *const environment[] = { variable_a, variable_b, variable_empty, NULL };

static const HostConditionContext context = {
        .environment = environment,
        .kernel_command_line = "quiet root=/dev/sda1 systemd.unit=a.target \"spaced=a b\" ro",
        .virtualization = "docker",
};

typedef struct Case {
        ConditionType type;
        const char *parameter;
        int expected;
} Case;

/* clang-format off */
static const Case cases[] = {
        { CONDITION_ENVIRONMENT, "A", 1 },
        { CONDITION_ENVIRONMENT, "A=1", 1 },
        { CONDITION_ENVIRONMENT, "A=2", 0 },
        { CONDITION_ENVIRONMENT, "B=two=2", 1 },
        { CONDITION_ENVIRONMENT, "EMPTY", 1 },
        { CONDITION_ENVIRONMENT, "EMPTY=", 1 },
        { CONDITION_ENVIRONMENT, "AA", 0 },
        { CONDITION_KERNEL_COMMAND_LINE, "quiet", 1 },
        { CONDITION_KERNEL_COMMAND_LINE, "root", 1 },
        { CONDITION_KERNEL_COMMAND_LINE, "root=/dev/sda1", 1 },
        { CONDITION_KERNEL_COMMAND_LINE, "root=/dev/sda", 0 },
        { CONDITION_KERNEL_COMMAND_LINE, "roo", 0 },
        { CONDITION_KERNEL_COMMAND_LINE, "spaced=a b", 1 },
        { CONDITION_VIRTUALIZATION, "yes", 1 },
        { CONDITION_VIRTUALIZATION, "no", 0 },
        { CONDITION_VIRTUALIZATION, "container", 1 },
        { CONDITION_VIRTUALIZATION, "vm", 0 },
        { CONDITION_VIRTUALIZATION, "docker", 1 },
        { CONDITION_VIRTUALIZATION, "kvm", 0 },
        { CONDITION_KERNEL_VERSION, ">=2.6", 1 },
        { CONDITION_KERNEL_VERSION, "<2.6", 0 },
        { CONDITION_KERNEL_VERSION, ">2.6 <1000", 1 },
        { CONDITION_KERNEL_VERSION, ">2.6 <3.0", 0 },
        { CONDITION_KERNEL_VERSION, "*", 1 },
        { CONDITION_ARCHITECTURE, "native", 1 },
        { CONDITION_ARCHITECTURE, "no-such-one", 0 },
        { CONDITION_HOST, "*", 1 },
        { CONDITION_HOST, "no-such-host-[0-9]", 0 },
        { CONDITION_MEMORY, ">=1M", 1 },
        { CONDITION_MEMORY, "<1M", 0 },
        { CONDITION_MEMORY, "much", -EINVAL },
        { CONDITION_CPUS, ">0", 1 },
        { CONDITION_CPUS, "0", 1 },
        { CONDITION_CPUS, "many", -EINVAL },
        { CONDITION_CAPABILITY, "CAP_NO_SUCH", -EINVAL },
        { CONDITION_SECURITY, "no-such", 0 },
        { CONDITION_CPU_FEATURE, "no-such-flag", 0 },
        { CONDITION_CONTROL_GROUP_CONTROLLER, "no-such-controller", 1 },
        { CONDITION_OS_RELEASE, "ID=no-such-system", 0 },
        { CONDITION_OS_RELEASE, "nonsense", -EINVAL },
        { CONDITION_MEMORY_PRESSURE, "nonsense", -EINVAL },
        { CONDITION_USER, "no-such-user-at-all", 0 },
        { CONDITION_GROUP, "no-such-group-at-all", 0 },
        { CONDITION_FIRST_BOOT, "perhaps", -EINVAL },
        { CONDITION_AC_POWER, "perhaps", -EINVAL },
        { CONDITION_PATH_EXISTS, "/", 1 },
        { CONDITION_PATH_EXISTS, "/no/such/path", 0 },
};
/* clang-format on */

static Condition condition_of(ConditionType type, const char *parameter) {
        return (Condition){ .type = type, .parameter = strdup(parameter) };
}

static void test_each_kind_is_evaluated(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Condition condition = condition_of(cases[i].type, cases[i].parameter);
                int got = host_condition_check(&context, &condition);
                if (got != cases[i].expected)
                        fail_msg("condition %d with \"%s\" is %d, not %d",
                                 (int)cases[i].type,
                                 cases[i].parameter,
                                 got,
                                 cases[i].expected);
                free(condition.parameter);
        }
}

/* What cannot be evaluated stays so; a plain answer turns around. */
static void test_an_exclamation_mark_turns_the_answer_around(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                Condition condition = condition_of(cases[i].type, cases[i].parameter);
                condition.negate = true;
                int expected = cases[i].expected < 0 ? cases[i].expected : !cases[i].expected;
                assert_int_equal(host_condition_check(&context, &condition), expected);
                free(condition.parameter);
        }
}

typedef struct ListCase {
        const char *list; /* "+" holds, "-" does not, "?" makes no sense; small letters y, n: "|" */
        int expected;
} ListCase;

static Condition condition_of_letter(char letter) {
        const char *parameter = letter == '?' ? "many" : ">0";
        return (Condition){
                .type = CONDITION_CPUS,
                .parameter = strdup(parameter),
                .trigger = letter == 'y' || letter == 'n',
                .negate = letter == '-' || letter == 'n',
        };
}

static void test_a_list_needs_all_plain_ones_and_one_of_the_others(void **state UNUSED) {
        static const ListCase lists[] = {
                { "", 1 },   { "+", 1 },  { "++", 1 },  { "+-", 3 }, { "-+", 2 },
                { "?", 2 },  { "+?", 3 }, { "y", 1 },   { "ny", 1 }, { "yn", 1 },
                { "+y", 1 }, { "y-", 3 }, { "n+y", 1 },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
                Condition conditions[8];
                ConditionList list = { conditions, (unsigned)strlen(lists[i].list) };
                for (unsigned k = 0; k < list.n_conditions; k++)
                        conditions[k] = condition_of_letter(lists[i].list[k]);
                assert_int_equal(host_condition_check_list(&context, &list), lists[i].expected);
                for (unsigned k = 0; k < list.n_conditions; k++)
                        free(conditions[k].parameter);
        }
}

static void test_a_list_of_alternatives_fails_when_none_holds(void **state UNUSED) {
        Condition conditions[] = { condition_of_letter('n'), condition_of_letter('n') };
        const ConditionList list = { conditions, ARRAY_LENGTH(conditions) };

        assert_int_not_equal(host_condition_check_list(&context, &list), 1);
        for (unsigned i = 0; i < list.n_conditions; i++)
                free(conditions[i].parameter);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_kind_is_evaluated),
                cmocka_unit_test(test_an_exclamation_mark_turns_the_answer_around),
                cmocka_unit_test(test_a_list_needs_all_plain_ones_and_one_of_the_others),
                cmocka_unit_test(test_a_list_of_alternatives_fails_when_none_holds),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
