/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "unit/specifier.h"

static char machine_text[][16] = {
        "x86-64", "bootid", "machineid", "host.example", "6.1",   "deb",      "12",
        "root",   "0",      "wheel",     "10",           "/root", "/bin/sh",  "/run",
        "/lib",   "/cache", "/log",      "/etc",         "/tmp",  "/var/tmp", "/run/cred",
};

static SpecifierMachine test_machine(void) {
        return (SpecifierMachine){
                .architecture = machine_text[0],
                .boot_id = machine_text[1],
                .machine_id = machine_text[2],
                .host_name = machine_text[3],
                .kernel_release = machine_text[4],
                .os_id = machine_text[5],
                .os_version_id = machine_text[6],
                .user_name = machine_text[7],
                .user_id = machine_text[8],
                .group_name = machine_text[9],
                .group_id = machine_text[10],
                .home = machine_text[11],
                .shell = machine_text[12],
                .runtime_root = machine_text[13],
                .state_root = machine_text[14],
                .cache_root = machine_text[15],
                .logs_root = machine_text[16],
                .configuration_root = machine_text[17],
                .tmp_dir = machine_text[18],
                .var_tmp_dir = machine_text[19],
                .credentials_root = machine_text[20],
        };
}

typedef struct Case {
        const char *text, *expanded; /* expanded NULL = error */
} Case;

static void check(const SpecifierContext *context, const Case *cases, unsigned n_cases) {
        for (unsigned i = 0; i < n_cases; i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                int r = specifier_expand(context, str_of(cases[i].text), &out);

                if (!cases[i].expanded) {
                        assert_true(r < 0);
                        continue;
                }
                assert_int_equal(r, 0);
                assert_string_equal(strbuf_text(&out), cases[i].expanded);
        }
}

static void test_instances_expand(void **state) {
        (void)state;
        SpecifierMachine machine = test_machine();
        const SpecifierContext context = {
                .machine = &machine,
                .unit_name = "my-app\\x20x@a-b\\x2dc.service",
                .fragment_path = "/etc/systemd/system/my-app@.service",
        };
        static const Case cases[] = {
                { "%n", "my-app\\x20x@a-b\\x2dc.service" },
                { "%N", "my-app\\x20x@a-b\\x2dc" },
                { "%p", "my-app\\x20x" },
                { "%P", "my/app x" },
                { "%i", "a-b\\x2dc" },
                { "%I", "a/b-c" },
                { "%j", "app\\x20x" },
                { "%J", "app x" },
                { "%f", "/a/b-c" },
                { "%y", "/etc/systemd/system/my-app@.service" },
                { "%Y", "/etc/systemd/system" },
                { "%a %b %m %v", "x86-64 bootid machineid 6.1" },
                { "%H %l %q", "host.example host host" },
                { "%o-%w-%W-%A%B%M", "deb-12--" },
                { "%u %U %g %G %h %s", "root 0 wheel 10 /root /bin/sh" },
                { "%t %S %C %L %E %T %V", "/run /lib /cache /log /etc /tmp /var/tmp" },
                { "%d", "/run/cred/my-app\\x20x@a-b\\x2dc.service" },
        };

        check(&context, cases, ARRAY_LENGTH(cases));
}

static void test_plain_units_expand(void **state) {
        (void)state;
        SpecifierMachine machine = test_machine();
        const SpecifierContext context = { .machine = &machine, .unit_name = "srv-x.mount" };
        static const Case cases[] = {
                { "%i|%I|%j|%f|%y", "||x|/srv/x|" },
                { "100%", "100%" },
                { "50%, %% and %-", "50%, % and %-" },
                { "%%n", "%n" },
                { "", "" },
                { "%Z", NULL },
                { "a%1", NULL },
                { "%r", NULL },
        };

        check(&context, cases, ARRAY_LENGTH(cases));
}

static void test_missing_facts_are_errors(void **state) {
        (void)state;
        SpecifierMachine machine = { 0 };
        const SpecifierContext bare = { .machine = &machine, .unit_name = "a.service" };
        const SpecifierContext none = { .unit_name = "a.service" };
        static const Case cases[] = {
                { "%m", NULL }, { "%H", NULL },        { "%d", NULL },
                { "%q", NULL }, { "%n", "a.service" },
        };

        check(&bare, cases, ARRAY_LENGTH(cases));
        check(&none, cases, ARRAY_LENGTH(cases));
}

static void test_names_take_a_smaller_set(void **state) {
        (void)state;
        SpecifierMachine machine = test_machine();
        const SpecifierContext context = { .machine = &machine, .unit_name = "a@b.service" };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;

        assert_int_equal(specifier_expand_name(&context, STR_LITERAL("x-%i-%u.service"), &out), 0);
        assert_string_equal(strbuf_text(&out), "x-b-root.service");
        assert_int_equal(specifier_expand_name(&context, STR_LITERAL("%t"), &out), -EBADSLT);
        assert_int_equal(specifier_expand_name(&context, STR_LITERAL("%I"), &out), -EBADSLT);
}

static void test_escaping_protects(void **state) {
        (void)state;
        const SpecifierContext context = { .unit_name = "a.service" };
        AUTO(strbuf_done) StrBuf escaped = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf back = STRBUF_INIT;

        specifier_escape(STR_LITERAL("%n 5% %%"), &escaped);
        assert_string_equal(strbuf_text(&escaped), "%%n 5%% %%%%");
        assert_int_equal(specifier_expand(&context, str_of(strbuf_text(&escaped)), &back), 0);
        assert_string_equal(strbuf_text(&back), "%n 5% %%");
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_instances_expand),
                cmocka_unit_test(test_plain_units_expand),
                cmocka_unit_test(test_missing_facts_are_errors),
                cmocka_unit_test(test_names_take_a_smaller_set),
                cmocka_unit_test(test_escaping_protects),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
