/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "sandbox/mount_plan.h"
#include "unit/kind.h"
#include "unit/unit_load.h"

static const char *const kind_words[] = {
        [MOUNT_INACCESSIBLE] = "hide",
        [MOUNT_TEMPORARY] = "tmpfs",
        [MOUNT_QUEUES] = "queues",
        [MOUNT_PRIVATE_DEVICES] = "dev",
        [MOUNT_PROC] = "proc",
        [MOUNT_BIND] = "bind",
        [MOUNT_BIND_READ_ONLY] = "bind-ro",
        [MOUNT_READ_ONLY] = "ro",
        [MOUNT_READ_WRITE] = "rw",
        [MOUNT_READ_WRITE_IMPLICIT] = "rw-implicit",
        [MOUNT_NO_EXEC] = "no-exec",
        [MOUNT_EXEC] = "exec",
};

/* The plan of a unit text, reduced and without needless entries, as "kind path" words. */
static char *plan_of(const char *settings, const MountFacts *facts) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(mount_plan_done) MountPlan plan = { 0 };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        const SpecifierMachine machine = { .scope = UNIT_SCOPE_SYSTEM };
        StrBuf out = STRBUF_INIT;
        strbuf_addf(&text, "[Service]\nExecStart=/bin/true\n%s\n", settings);
        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        const SpecifierContext context = { .machine = &machine, .unit_name = "a.service" };
        assert_true(unit_load_text(spec, str_of(strbuf_text(&text)), "a.service", &context) >= 0);
        assert_int_equal(mount_plan_make(spec, facts, &plan), 0);
        mount_plan_reduce(&plan);
        for (unsigned i = 0; i < plan.n_entries; i++)
                if (!mount_plan_is_needless(&plan, i))
                        strbuf_addf(&out,
                                    "%s%s %s",
                                    out.length > 0 ? ", " : "",
                                    kind_words[plan.entries[i].kind],
                                    plan.entries[i].path);
        return strbuf_steal(&out);
}

/* Credentials where a plain user's manager has them, which are not hidden from others. */
#define USERS_CREDENTIALS "/home/u/credentials/a.service"

static void check(const char *settings, const char *expected) {
        const MountFacts facts = { .credentials = USERS_CREDENTIALS };
        AUTO_FREE char *found = plan_of(settings, &facts);
        assert_string_equal(found, expected);
}

static void test_parents_come_before_children(void **state) {
        (void)state;
        check("ReadOnlyPaths=/a/b /a /a-b /a/b/c\nReadWritePaths=/a/b", "ro /a, ro /a-b");
        check("ReadOnlyPaths=/a\nReadWritePaths=/a/b\nReadOnlyPaths=/a/b/c",
              "ro /a, rw /a/b, ro /a/b/c");
}

static void test_what_is_hidden_hides_all_below(void **state) {
        (void)state;
        check("InaccessiblePaths=/a\nReadWritePaths=/a/b\nBindPaths=/x:/a/c\nReadOnlyPaths=/ab",
              "hide /a, ro /ab");
}

static void test_what_says_nothing_new_is_needless(void **state) {
        (void)state;
        check("ReadWritePaths=/a /b", "");
        check("ReadOnlyPaths=/a /a/b\nReadWritePaths=/c", "ro /a");
        check("ExecPaths=/usr", "");
        check("NoExecPaths=/\nExecPaths=/usr\nReadOnlyPaths=/usr/lib",
              "no-exec /, exec /usr, ro /usr/lib");
}

static void test_protections_expand(void **state) {
        (void)state;
        check("ProtectSystem=full", "ro /boot, ro /efi, ro /etc, ro /usr");
        check("ProtectSystem=strict\nProtectHome=yes\nReadWritePaths=/srv",
              "ro /, rw-implicit /dev, hide /home, rw-implicit /proc, hide /root, hide /run/user, rw /srv, "
              "rw-implicit /sys");
        check("ProtectSystem=strict\nStateDirectory=x\nProtectHome=read-only\nPrivateDevices=no",
              "ro /, rw-implicit /dev, rw-implicit /proc, rw-implicit /sys, rw /var/lib/x");
        check("ProtectControlGroups=yes\nProtectKernelModules=yes",
              "hide /lib/modules, ro /sys/fs/cgroup, hide /usr/lib/modules");
}

static void test_a_dynamic_user_is_closed_in(void **state) {
        (void)state;
        const MountFacts facts = { .is_dynamic = true,
                                   .credentials = USERS_CREDENTIALS,
                                   .private_tmp = "/x/tmp",
                                   .private_var_tmp = "/y/tmp" };
        AUTO_FREE char *found = plan_of("", &facts);
        assert_string_equal(
                found,
                "ro /, rw-implicit /dev, rw-implicit /proc, rw-implicit /sys, bind /tmp, bind /var/tmp");
}

static void test_two_words_about_one_path_hold_both(void **state) {
        (void)state;
        check("BindPaths=/x:/a\nReadOnlyPaths=/a", "bind-ro /a");
        check("BindPaths=/x:/a\nNoExecPaths=/a\nReadWritePaths=/a", "bind /a");
        check("TemporaryFileSystem=/a\nReadOnlyPaths=/a", "ro /a");
        check("ReadOnlyPaths=/a\nNoExecPaths=/a", "ro /a, no-exec /a");
}

static void test_own_directories_stay(void **state) {
        (void)state;
        check("StateDirectory=x\nReadOnlyPaths=/var", "ro /var, rw /var/lib/x");
        check("StateDirectory=x\nTemporaryFileSystem=/var", "tmpfs /var, bind /var/lib/x");
        check("StateDirectory=x\nPrivateMounts=yes", "");
}

static void test_credentials_of_others_are_hidden(void **state) {
        (void)state;
        const MountFacts none = { 0 }, own = { .credentials = "/run/credentials/a.service" };
        AUTO_FREE char *without = plan_of("PrivateMounts=yes", &none);
        AUTO_FREE char *with = plan_of("PrivateMounts=yes", &own);
        assert_string_equal(without, "hide /run/credentials");
        assert_string_equal(with, "tmpfs /run/credentials, bind-ro /run/credentials/a.service");
}

static void test_message_queues_are_those_of_the_name_space(void **state) {
        (void)state;
        check("PrivateIPC=yes", "queues /dev/mqueue");
        check("MountFlags=shared", "");
}

static void test_nothing_asks_for_no_name_space(void **state) {
        AUTO(unit_spec_free) UnitSpec *spec = NULL;
        AUTO(mount_plan_done) MountPlan plan = { 0 };
        const MountFacts facts = { 0 };
        (void)state;
        assert_int_equal(unit_spec_new("a.service", &spec), 0);
        assert_int_equal(mount_plan_make(spec, &facts, &plan), 0);
        assert_false(plan.needs_name_space);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_parents_come_before_children),
                cmocka_unit_test(test_what_is_hidden_hides_all_below),
                cmocka_unit_test(test_what_says_nothing_new_is_needless),
                cmocka_unit_test(test_protections_expand),
                cmocka_unit_test(test_a_dynamic_user_is_closed_in),
                cmocka_unit_test(test_two_words_about_one_path_hold_both),
                cmocka_unit_test(test_own_directories_stay),
                cmocka_unit_test(test_credentials_of_others_are_hidden),
                cmocka_unit_test(test_message_queues_are_those_of_the_name_space),
                cmocka_unit_test(test_nothing_asks_for_no_name_space),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
