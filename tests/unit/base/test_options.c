/* SPDX-License-Identifier: Apache-2.0 */
#include "base/options.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit_test.h"

static int note(StrBuf *seen, const char *name, const char *value) {
        strbuf_addf(seen, "%s=%s;", name, value ? value : "-");
        return 0;
}

static int apply_units(void *userdata, const char *value) {
        return note(userdata, "units", value);
}

static int apply_json(void *userdata, const char *value) {
        return note(userdata, "json", value);
}

static int apply_quiet(void *userdata, const char *value) {
        return note(userdata, "quiet", value);
}

static int apply_fail(void *userdata UNUSED, const char *value UNUSED) {
        return -ERANGE;
}

static const Option options[] = {
        { "units", 'u', "DIR", "Look for units in DIR first", apply_units },
        { "json", 'j', "[STYLE]", "Print JSON", apply_json },
        { "quiet", 'q', NULL, "Say less", apply_quiet },
        { "fail", 0, NULL, NULL, apply_fail },
        { "failure", 'f', NULL, NULL, apply_fail },
        { NULL, 'x', "N", "A short one only", apply_quiet },
};

/* Runs one command line given as words; `expected` is "options|arguments", or NULL for an error. */
static void check(const char *line, bool stop_at_argument, int expected_r, const char *expected) {
        const OptionTable table = {
                .program = "prog",
                .options = options,
                .n_options = ARRAY_LENGTH(options),
                .stop_at_argument = stop_at_argument,
        };
        AUTO(strbuf_done) StrBuf seen = STRBUF_INIT;
        AUTO_STRV char **argv = NULL;
        AUTO_FREE char **arguments = NULL;
        assert_int_equal(strv_split(&argv, str_of(line), 0), 0);
        assert_int_equal(options_parse(&table, (int)strv_length(argv), argv, &seen, &arguments),
                         expected_r);
        if (expected_r < 0)
                return;
        AUTO_FREE char *joined = strv_join(arguments, ",");
        strbuf_addf(&seen, "|%s", joined);
        assert_string_equal(strbuf_text(&seen), expected);
}

static void test_options_and_arguments_mix(void **state UNUSED) {
        check("prog", false, 0, "|");
        check("prog start a -q b", false, 0, "quiet=-;|start,a,b");
        check("prog --units=/x --units /y -u /z -u/w",
              false,
              0,
              "units=/x;units=/y;units=/z;units=/w;|");
        check("prog --units= a", false, 0, "units=;|a");
        check("prog --json --json=short -j a -jb", false, 0, "json=-;json=short;json=-;json=b;|a");
        check("prog -qqu dir -", false, 0, "quiet=-;quiet=-;units=dir;|-");
        check("prog -q -- -q --units", false, 0, "quiet=-;|-q,--units");
        check("prog --uni=a --quie", false, 0, "units=a;quiet=-;|");
        check("prog -q run -q --nothing", true, 0, "quiet=-;|run,-q,--nothing");
}

static void test_what_is_wrong_is_refused(void **state UNUSED) {
        /* The messages go to stderr; here only the verdict counts. */
        AUTO_FD int saved = dup(STDERR_FILENO);
        assert_non_null(freopen("/dev/null", "w", stderr));
        check("prog --nothing", false, -EINVAL, NULL);
        check("prog -z", false, -EINVAL, NULL);
        check("prog --units", false, -EINVAL, NULL);
        check("prog -u", false, -EINVAL, NULL);
        check("prog --quiet=yes", false, -EINVAL, NULL);
        check("prog --fai", false, -EINVAL, NULL);
        check("prog --fail", false, -ERANGE, NULL);
        check("prog -qf", false, -ERANGE, NULL);
        (void)fflush(stderr);
        assert_true(dup2(saved, STDERR_FILENO) >= 0);
}

static void test_help_has_two_columns(void **state UNUSED) {
        const OptionTable table = {
                .program = "prog",
                .options = options,
                .n_options = ARRAY_LENGTH(options),
        };
        AUTO_FREE char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        assert_non_null(out);
        options_print_help(&table, out);
        assert_int_equal(fclose(out), 0);
        assert_string_equal(text,
                            "  -u --units=DIR     Look for units in DIR first\n"
                            "  -j --json[=STYLE]  Print JSON\n"
                            "  -q --quiet         Say less\n"
                            "  -x N               A short one only\n");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_options_and_arguments_mix),
                cmocka_unit_test(test_what_is_wrong_is_refused),
                cmocka_unit_test(test_help_has_two_columns),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
