/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/unit_install.h"
#include "unit/unit_install_commit.h"
#include "unit/unit_install_state.h"

#define UNITS "usr/lib/systemd/system"
#define LINKS "etc/systemd/system"

typedef struct Fixture {
        char root[64];
        UnitSearchOptions search;
        UnitInstallOptions options;
} Fixture;

static int set_up(void **state) {
        Fixture *f = calloc(1, sizeof(*f));

        (void)snprintf(f->root, sizeof(f->root), "/tmp/tend-install-XXXXXX");
        assert_non_null(mkdtemp(f->root));
        f->search = (UnitSearchOptions){ .scope = UNIT_SCOPE_SYSTEM, .root = f->root };
        f->options = (UnitInstallOptions){ .search = &f->search };
        *state = f;
        return 0;
}

static int tear_down(void **state) {
        Fixture *f = *state;

        assert_int_equal(dir_remove_all(f->root), 0);
        free(f);
        return 0;
}

static void write_file(const Fixture *f, const char *name, const char *text) {
        AUTO_FREE char *path = path_join(f->root, name);
        AUTO_FREE char *directory = path_dir_name(path);

        assert_int_equal(dir_make_all(directory, 0755), 0);
        assert_int_equal(file_write_atomic(path, str_of(text), 0644, false), 0);
}

/* The link's target, "" for no link. */
static const char *target_of(const Fixture *f, const char *name, char target[PATH_MAX]) {
        AUTO_FREE char *path = path_join(f->root, name);
        ssize_t n = readlink(path, target, PATH_MAX - 1);

        target[n < 0 ? 0 : n] = '\0';
        return target;
}

#define assert_link(f, name, expected)                                                             \
        do {                                                                                       \
                char target_[PATH_MAX];                                                            \
                assert_string_equal(target_of(f, name, target_), expected);                        \
        } while (0)

static int run(const Fixture *f, UnitInstallVerb verb, unsigned flags, const char *name) {
        char *names[] = { (char *)(uintptr_t)name, NULL };
        UnitInstallRequest request = {
                .verb = verb, .flags = flags, .names = names, .target = name
        };
        AUTO(unit_install_report_done) UnitInstallReport report = { 0 };

        return unit_install_run(&f->options, &request, &report);
}

static UnitFileState state_of(const Fixture *f, const char *name) {
        AUTO(unit_install_view_free) UnitInstallView *view = NULL;
        UnitFileState state = UNIT_FILE_STATE_COUNT;

        assert_int_equal(unit_install_view_new(&f->options, &view), 0);
        assert_int_equal(unit_install_view_state(view, name, &state), 0);
        return state;
}

static void write_web(const Fixture *f) {
        write_file(f,
                   UNITS "/web.service",
                   "[Service]\nExecStart=true\n[Install]\nWantedBy=multi-user.target\n"
                   "RequiredBy=a.target\nAlias=www.service\nAlso=db.socket\n");
        write_file(f, UNITS "/db.socket", "[Install]\nWantedBy=sockets.target\n");
}

static void test_enable_makes_the_links_that_install_asks_for(void **state) {
        const Fixture *f = *state;

        write_web(f);
        assert_int_equal(state_of(f, "web.service"), UNIT_FILE_DISABLED);
        assert_int_equal(run(f, UNIT_INSTALL_ENABLE, 0, "web.service"), 2);
        assert_link(f, LINKS "/www.service", "/" UNITS "/web.service");
        assert_link(f, LINKS "/multi-user.target.wants/web.service", "/" UNITS "/web.service");
        assert_link(f, LINKS "/sockets.target.wants/db.socket", "/" UNITS "/db.socket");
        assert_int_equal(state_of(f, "web.service"), UNIT_FILE_ENABLED);
        assert_int_equal(state_of(f, "www.service"), UNIT_FILE_ALIAS);
        assert_link(f, LINKS "/.tend-links", "");
}

static void test_disable_removes_them_and_empty_directories(void **state) {
        const Fixture *f = *state;
        AUTO_FREE char *directory = path_join(f->root, LINKS "/multi-user.target.wants");

        write_web(f);
        (void)run(f, UNIT_INSTALL_ENABLE, 0, "web.service");
        assert_int_equal(run(f, UNIT_INSTALL_DISABLE, 0, "web.service"), 0);
        assert_link(f, LINKS "/www.service", "");
        assert_int_equal(access(directory, F_OK), -1);
        assert_int_equal(state_of(f, "web.service"), UNIT_FILE_DISABLED);
        assert_int_equal(state_of(f, "db.socket"), UNIT_FILE_DISABLED);
}

static void test_mask_hides_and_unmask_shows_again(void **state) {
        const Fixture *f = *state;

        write_web(f);
        assert_true(run(f, UNIT_INSTALL_MASK, 0, "web.service") >= 0);
        assert_link(f, LINKS "/web.service", "/dev/null");
        assert_int_equal(state_of(f, "web.service"), UNIT_FILE_MASKED);
        assert_int_equal(run(f, UNIT_INSTALL_ENABLE, 0, "web.service"), -ERFKILL);
        assert_true(run(f, UNIT_INSTALL_UNMASK, 0, "web.service") >= 0);
        assert_link(f, LINKS "/web.service", "");
        assert_true(run(f, UNIT_INSTALL_MASK, UNIT_INSTALL_RUNTIME, "web.service") >= 0);
        assert_int_equal(state_of(f, "web.service"), UNIT_FILE_MASKED_RUNTIME);
}

static void test_links_out_of_the_root_lead_nowhere(void **state) {
        const Fixture *f = *state;
        char outside[] = "/tmp/tend-install-outside-XXXXXX";
        AUTO_FREE char *systemd = path_join(f->root, "etc/systemd");
        AUTO_FREE char *etc = path_join(f->root, "etc"), *inside = NULL, *leak = NULL;

        assert_non_null(mkdtemp(outside));
        write_web(f);
        assert_int_equal(dir_make_all(etc, 0755), 0);
        assert_int_equal(symlink(outside, systemd), 0);
        assert_int_equal(run(f, UNIT_INSTALL_ENABLE, 0, "web.service"), 2);
        leak = path_join(outside, "system");
        assert_int_equal(access(leak, F_OK), -1);
        assert_int_equal(rmdir(outside), 0);
        inside = path_join(f->root, outside);
        assert_int_equal(access(inside, F_OK), 0);
}

/* --- a crash at any step
 * ----------------------------------------------------------------------- */

static void append_tree(const char *path, StrBuf *out);

static void append_entry(const char *path, const char *name, StrBuf *out) {
        AUTO_FREE char *full = path_join(path, name);
        char target[PATH_MAX];
        ssize_t n = readlink(full, target, sizeof(target));

        strbuf_addf(out, "%s > %.*s\n", full, n < 0 ? 0 : (int)n, target);
        if (n < 0)
                append_tree(full, out);
}

/* All there is below a directory, as text. */
static void append_tree(const char *path, StrBuf *out) {
        struct dirent **entries;
        int n = scandir(path, &entries, NULL, alphasort);

        for (int i = 0; i < n; i++) {
                if (!streq(entries[i]->d_name, ".") && !streq(entries[i]->d_name, ".."))
                        append_entry(path, entries[i]->d_name, out);
                free(entries[i]);
        }
        if (n >= 0)
                free(entries);
}

static char *tree_of(const Fixture *f) {
        StrBuf text = STRBUF_INIT;

        append_tree(f->root, &text);
        return strbuf_steal(&text);
}

static void die_at_zero(void *userdata) {
        int *steps = userdata;

        if ((*steps)-- == 0)
                _exit(7);
}

/* Runs the verb in a process that dies before the n-th change of the disk; whether it died. */
static bool run_and_die(const Fixture *f, UnitInstallVerb verb, int n) {
        pid_t child = fork();
        int status;

        assert_true(child >= 0);
        if (child == 0) {
                Fixture copy = *f;
                copy.options.search = &copy.search;
                copy.options.on_step = die_at_zero;
                copy.options.on_step_userdata = &n;
                _exit(run(&copy, verb, UNIT_INSTALL_FORCE, "web.service") < 0 ? 1 : 0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        return WEXITSTATUS(status) == 7;
}

/* Whatever the verb does to the links that `before` made, dying anywhere leaves all or nothing. */
static void check_crashes(const Fixture *f, UnitInstallVerb before, UnitInstallVerb verb) {
        AUTO_FREE char *old = NULL, *new = NULL;
        AUTO_FREE char *links = path_join(f->root, LINKS);
        bool died = true;

        assert_int_equal(dir_make_all(links, 0755), 0); /* it stays when it is empty again */
        for (int n = 0; died; n++) {
                (void)run(f, UNIT_INSTALL_DISABLE, 0, "web.service");
                (void)run(f, before, 0, "web.service");
                if (n == 0) {
                        old = tree_of(f);
                        (void)run(f, verb, UNIT_INSTALL_FORCE, "web.service");
                        new = tree_of(f);
                        assert_string_not_equal(old, new);
                        (void)run(f, UNIT_INSTALL_DISABLE, 0, "web.service");
                        (void)run(f, before, 0, "web.service");
                }
                died = run_and_die(f, verb, n);
                (void)state_of(f, "db.socket"); /* the next one finds what was left */
                AUTO_FREE char *now = tree_of(f);
                if (!died || !streq(now, old))
                        assert_string_equal(now, new);
        }
}

static void test_a_crash_while_enabling_leaves_all_links_or_none(void **state) {
        write_web(*state);
        check_crashes(*state, UNIT_INSTALL_DISABLE, UNIT_INSTALL_ENABLE);
}

static void test_a_crash_while_disabling_leaves_all_links_or_none(void **state) {
        write_web(*state);
        check_crashes(*state, UNIT_INSTALL_ENABLE, UNIT_INSTALL_DISABLE);
}

static void test_a_crash_while_links_are_replaced_leaves_old_or_new_ones(void **state) {
        const Fixture *f = *state;

        write_web(f);
        write_file(f, UNITS "/other.service", "[Install]\nAlias=www.service\n");
        write_file(f, UNITS "/a.target.d/x.conf", "");
        for (int n = 0;; n++) {
                (void)run(f, UNIT_INSTALL_DISABLE, 0, "web.service");
                assert_int_equal(run(f, UNIT_INSTALL_ENABLE, 0, "other.service"), 1);
                bool died = run_and_die(f, UNIT_INSTALL_ENABLE, n);
                bool enabled = state_of(f, "web.service") == UNIT_FILE_ENABLED;
                assert_link(f,
                            LINKS "/www.service",
                            enabled ? "/" UNITS "/web.service" : "/" UNITS "/other.service");
                assert_link(f,
                            LINKS "/a.target.requires/web.service",
                            enabled ? "/" UNITS "/web.service" : "");
                assert_true(enabled || died);
                if (!died)
                        break;
        }
}

static void test_what_fails_on_the_way_is_undone(void **state) {
        const Fixture *f = *state;
        AUTO_FREE char *old = NULL, *now = NULL;

        write_web(f);
        write_file(f, LINKS "/multi-user.target.wants", "no directory");
        old = tree_of(f);
        assert_true(run(f, UNIT_INSTALL_ENABLE, 0, "web.service") < 0);
        now = tree_of(f);
        assert_string_equal(now, old);
}

/* --- the journal
 * ------------------------------------------------------------------------------- */

static void test_a_journal_reads_back_and_broken_ones_are_refused(void **state) {
        InstallStep steps[] = {
                { INSTALL_STEP_LINK, (char *)(uintptr_t) "/a/b", (char *)(uintptr_t) "c" },
                { INSTALL_STEP_UNLINK, (char *)(uintptr_t) "/a/c", NULL },
                { INSTALL_STEP_REMOVE, (char *)(uintptr_t) "/a/d", NULL }
        };
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        InstallStep *read = NULL;
        size_t n_read = 0;

        (void)state;
        install_journal_print(steps, ARRAY_LENGTH(steps), &text);
        assert_int_equal(install_journal_parse(text.data, text.length, &read, &n_read), 0);
        assert_int_equal(n_read, 3);
        assert_string_equal(read[0].target, "c");
        assert_string_equal(read[2].path, "/a/d");
        install_steps_free(read, n_read);
        for (size_t n = 0; n < text.length; n++)
                assert_int_equal(install_journal_parse(text.data, n, &read, &n_read), -EBADMSG);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(
                        test_enable_makes_the_links_that_install_asks_for, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_disable_removes_them_and_empty_directories, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_mask_hides_and_unmask_shows_again, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_links_out_of_the_root_lead_nowhere, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_crash_while_enabling_leaves_all_links_or_none, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_crash_while_disabling_leaves_all_links_or_none, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        test_a_crash_while_links_are_replaced_leaves_old_or_new_ones,
                        set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(
                        test_what_fails_on_the_way_is_undone, set_up, tear_down),
                cmocka_unit_test(test_a_journal_reads_back_and_broken_ones_are_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
