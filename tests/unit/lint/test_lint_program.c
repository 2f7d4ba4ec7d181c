/* SPDX-License-Identifier: Apache-2.0 */
#include "lint/lint_program.h"

#include <unistd.h>

#include "lint/lint_test.h"

#define MISSING(path) "a.service: Command " path " is not executable: No such file or directory\n"

typedef struct Case {
        unsigned flags;
        const char *text;
        const char *expected;
} Case;

static const Case cases[] = {
        { 0, "[Service]\nExecStart=/bin/sh\n", "" },
        { 0, "[Service]\nExecStart=sh\n", "" },
        { 0, "[Service]\nExecStart=/nope/a\n", MISSING("/nope/a") },
        { 0, "[Service]\nExecStart=no-such-program\n", MISSING("no-such-program") },
        { 0, "[Service]\nExecStart=-/nope/a\n", "" },
        { 0,
          "[Service]\nExecStart=@/nope/a b\nExecStop=+/nope/c\nExecReload=!!/nope/d\n",
          MISSING("/nope/a") MISSING("/nope/d") MISSING("/nope/c") },
        { 0,
          "[Service]\nType=oneshot\nExecStart=/bin/sh ; /nope/a\nExecStart=/nope/b\n",
          MISSING("/nope/a") MISSING("/nope/b") },
        { LINT_FIRST_COMMANDS,
          "[Service]\nType=oneshot\nExecStart=/bin/sh ; /nope/a\nExecStart=/nope/b\n",
          "" },
        { LINT_FIRST_COMMANDS,
          "[Service]\nExecStart=/nope/a\nExecStop=/nope/b\n",
          MISSING("/nope/a") MISSING("/nope/b") },
        { 0, "[Service]\nRootDirectory=/srv\nExecStart=/nope/a\n", "" },
        { 0, "[Service]\nRootImage=/srv/x\nExecStart=/nope/a\n", "" },
        { 0,
          "[Service]\nExecStart=/etc\n",
          "a.service: Command /etc is not executable: Permission denied\n" },
};

static void test_programs_that_cannot_be_executed_are_found(void **state UNUSED) {
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = spec_of("a.service", cases[i].text);
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                lint_programs(spec, cases[i].flags, &diag);
                assert_findings(&diag, cases[i].expected);
        }
}

static void test_sockets_have_commands_too(void **state UNUSED) {
        AUTO(unit_spec_free)
        UnitSpec *spec = spec_of("a.socket", "[Socket]\nListenStream=/a\nExecStartPre=/nope/a\n");
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        lint_programs(spec, 0, &diag);
        assert_findings(&diag,
                        "a.socket: Command /nope/a is not executable: No such file or directory\n");
}

/* man(1) may be missing here: then nothing is said. */
static void test_only_manual_pages_are_looked_for(void **state UNUSED) {
        AUTO(unit_spec_free)
        UnitSpec *spec = spec_of(
                "a.service", "[Unit]\nDocumentation=http://a.example/ info:a file:/no/such/file\n");
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        lint_manuals(spec, &diag);
        assert_findings(&diag, "");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_programs_that_cannot_be_executed_are_found),
                cmocka_unit_test(test_sockets_have_commands_too),
                cmocka_unit_test(test_only_manual_pages_are_looked_for),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
