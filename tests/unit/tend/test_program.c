/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include "base/strv.h"
#include "tend/program.h"

typedef struct Options {
        unsigned flags;
        const char *name;
        char **list;
} Options;

#define PLACE(member) .place = offsetof(Options, member)

/* clang-format off */
static const ProgramOption option_rows[] = {
        { "all", 'a', .apply = program_set_flag, PLACE(flags), .flag = 1 },
        { "legend", 0, .argument = PROGRAM_OPTIONAL_ARGUMENT, .apply = program_set_boolean, PLACE(flags), .flag = 2 },
        { "list", 'l', .argument = PROGRAM_ARGUMENT, .apply = program_add_text, PLACE(list) },
        { "name", 'n', .argument = PROGRAM_ARGUMENT, .apply = program_set_text, PLACE(name) },
        { "version", 0, .apply = program_version },
};

static int run_nothing(void *userdata UNUSED, char **arguments UNUSED) {
        return 0;
}

static const ProgramVerb verb_rows[] = {
        { "list", run_nothing, 0, PROGRAM_ANY },
        { "start", run_nothing, 1, 2 },
};
/* clang-format on */

static const Program mixed = {
        .options = option_rows,
        .n_options = ARRAY_LENGTH(option_rows),
        .verbs = verb_rows,
        .n_verbs = ARRAY_LENGTH(verb_rows),
        .default_verb = "list",
};

static const Program wrapper = {
        .options = option_rows,
        .n_options = ARRAY_LENGTH(option_rows),
        .stop_at_argument = true,
};

static char *word(const char *text) {
        return (char *)(uintptr_t)text;
}

static void test_options_and_arguments_may_be_mixed(void **state UNUSED) {
        char *argv[] = { word("p"),  word("x"),  word("-a"),       word("--nam=n"),  word("y"),
                         word("-l"), word("--"), word("--list=b"), word("--legend"), NULL };
        Options options = { 0 };
        char **arguments = NULL;

        assert_int_equal(program_read_options(&mixed, argv, &options, &arguments), PROGRAM_GO_ON);
        assert_int_equal(options.flags, 3);
        assert_string_equal(options.name, "n");
        assert_int_equal(strv_length(options.list), 2);
        assert_string_equal(options.list[0], "--");
        assert_string_equal(options.list[1], "b");
        assert_int_equal(strv_length(arguments), 2);
        assert_string_equal(arguments[0], "x");
        assert_string_equal(arguments[1], "y");
        strv_free(options.list);
}

static void test_a_wrapper_stops_at_the_first_argument(void **state UNUSED) {
        char *argv[] = { word("p"), word("-a"), word("command"), word("-n"), word("x"), NULL };
        Options options = { 0 };
        char **arguments = NULL;

        assert_int_equal(program_read_options(&wrapper, argv, &options, &arguments), PROGRAM_GO_ON);
        assert_null(options.name);
        assert_int_equal(strv_length(arguments), 3);
        assert_string_equal(arguments[1], "-n");
}

static void test_booleans_set_and_clear(void **state UNUSED) {
        static const struct {
                const char *option;
                ProgramOutcome outcome;
                unsigned flags;
        } rows[] = {
                { "--legend=no", PROGRAM_GO_ON, 4 },
                { "--legend=yes", PROGRAM_GO_ON, 6 },
                { "--legend=maybe", PROGRAM_FAILED, 6 },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                char *argv[] = { word("p"), word(rows[i].option), NULL };
                Options options = { .flags = 6 };
                char **arguments = NULL;
                assert_int_equal(program_read_options(&mixed, argv, &options, &arguments),
                                 rows[i].outcome);
                assert_int_equal(options.flags, rows[i].flags);
        }
}

static void test_verbs_are_found_with_the_right_number_of_arguments(void **state UNUSED) {
        char *none[] = { NULL };
        char *few[] = { word("start"), NULL };
        char *good[] = { word("start"), word("a"), word("b"), NULL };
        char *many[] = { word("start"), word("a"), word("b"), word("c"), NULL };
        char *unknown[] = { word("nosuch"), NULL };

        assert_string_equal(program_find_verb(&mixed, none)->name, "list");
        assert_string_equal(program_find_verb(&mixed, good)->name, "start");
        assert_null(program_find_verb(&mixed, few));
        assert_null(program_find_verb(&mixed, many));
        assert_null(program_find_verb(&mixed, unknown));
}

static void test_names_of_units_are_completed(void **state UNUSED) {
        static const struct {
                const char *typed, *expected;
        } rows[] = {
                { "a", "a.service" },
                { "a.socket", "a.socket" },
                { "a b", "a\\x20b.service" },
                { "/srv", "srv.mount" },
                { "f*", "f*" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO_FREE char *name = program_unit_name(rows[i].typed, ".service", true);
                assert_string_equal(name, rows[i].expected);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_options_and_arguments_may_be_mixed),
                cmocka_unit_test(test_a_wrapper_stops_at_the_first_argument),
                cmocka_unit_test(test_booleans_set_and_clear),
                cmocka_unit_test(test_verbs_are_found_with_the_right_number_of_arguments),
                cmocka_unit_test(test_names_of_units_are_completed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
