/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "unit/unit_search.h"

typedef struct Fixture {
        char root[64];
        UnitSearch *search;
        Diag diag;
} Fixture;

/* Creates files below the fixture from words: "path" is a file, "path>target" a link, "path/" a
 * directory, "path|" a FIFO, "path=" an empty file. */
static void make(Fixture *f, const char *words) {
        Str rest = str_of(words), word;

        while (str_next_word(&rest, &word)) {
                AUTO_FREE char *text = str_dup(word);
                char *target = strchr(text, '>');
                char last = text[strlen(text) - 1];
                if (target)
                        *target++ = '\0';
                if (strchr("/|=", last))
                        text[strlen(text) - 1] = '\0';
                AUTO_FREE char *path = path_join(f->root, text);
                AUTO_FREE char *dir = path_dir_name(path);
                assert_int_equal(dir_make_all(dir, 0755), 0);
                if (target)
                        assert_int_equal(symlink(target, path), 0);
                else if (last == '/')
                        assert_int_equal(mkdir(path, 0755), 0);
                else if (last == '|')
                        assert_int_equal(mkfifo(path, 0644), 0);
                else
                        assert_int_equal(
                                file_write_atomic(path,
                                                  last == '=' ? STR_EMPTY : STR_LITERAL("[Unit]\n"),
                                                  0644,
                                                  false),
                                0);
        }
}

static int set_up(void **state) {
        Fixture *f = calloc(1, sizeof(*f));

        (void)snprintf(f->root, sizeof(f->root), "/tmp/tend-search-XXXXXX");
        assert_non_null(mkdtemp(f->root));
        *state = f;
        return 0;
}

static int tear_down(void **state) {
        Fixture *f = *state;

        unit_search_free(f->search);
        diag_clear(&f->diag);
        (void)dir_remove_all(f->root);
        free(f);
        return 0;
}

static void open_search(Fixture *f) {
        AUTO_FREE char *high = path_join(f->root, "hi");
        AUTO_FREE char *low = path_join(f->root, "lo");
        AUTO(strbuf_done) StrBuf path = STRBUF_INIT;

        strbuf_addf(&path, "%s:%s", high, low);
        UnitSearchOptions options = { .unit_path = strbuf_text(&path) };
        f->search = unit_search_free(f->search);
        assert_int_equal(unit_search_new(&options, &f->search), 0);
}

static void add_list(StrBuf *out, const char *label, char *const *list, const Fixture *f) {
        if (strv_length(list) == 0)
                return;
        strbuf_addf(out, " %s", label);
        STRV_FOREACH(s, list) {
                const char *shown = *s;
                if (strncmp(shown, f->root, strlen(f->root)) == 0)
                        shown += strlen(f->root) + 1;
                strbuf_addf(out, "%s%s", s == list ? "" : ",", shown);
        }
}

/* "name fragment flags aliases=.. dropins=.. ...", paths relative to the fixture. */
static void expect_files(Fixture *f, const char *name, const char *expected) {
        AUTO(unit_files_done) UnitFiles files = { 0 };
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        int r = unit_search_find(f->search, name, &files, &f->diag);

        if (r < 0) {
                strbuf_addf(&out, "%d", r);
        } else {
                const char *fragment = files.fragment_path;
                strbuf_addf(&out,
                            "%s %s%s%s",
                            files.name,
                            fragment ? fragment + strlen(f->root) + 1 : "-",
                            files.masked ? " masked" : "",
                            files.linked ? " linked" : "");
                add_list(&out, "aliases=", files.aliases, f);
                add_list(&out, "dropins=", files.dropins, f);
                add_list(&out, "wants=", files.wants, f);
                add_list(&out, "requires=", files.requires, f);
                add_list(&out, "upholds=", files.upholds, f);
        }
        assert_string_equal(strbuf_text(&out), expected);
}

static void expect_finding(const Diag *diag, const char *part) {
        for (unsigned i = 0; i < diag->n_findings; i++)
                if (strstr(diag->findings[i].text, part))
                        return;
        fail_msg("no finding says '%s'", part);
}

static void test_higher_directories_win(void **state) {
        Fixture *f = *state;

        make(f,
             "hi/a.service lo/a.service lo/b.service lo/null.service hi/null.service>/dev/null lo/e.service=");
        open_search(f);
        expect_files(f, "a.service", "a.service hi/a.service");
        expect_files(f, "b.service", "b.service lo/b.service");
        expect_files(f, "null.service", "null.service hi/null.service masked linked");
        expect_files(f, "e.service", "e.service lo/e.service masked");
        expect_files(f, "none.service", "none.service -");
        expect_files(f, "x", "-22");
}

static void test_aliases_lead_to_the_file(void **state) {
        Fixture *f = *state;

        make(f,
             "lo/real.service lo/ali.service>real.service hi/ali2.service>ali.service "
             "lo/t@.service hi/u@.service>t@.service hi/one@x.service>t@.service "
             "hi/t@own.service lo/linked.service>/srv/linked.service hi/real.service/");
        open_search(f);
        expect_files(
                f, "real.service", "real.service lo/real.service aliases=ali.service,ali2.service");
        expect_files(
                f, "ali2.service", "real.service lo/real.service aliases=ali.service,ali2.service");
        expect_files(f, "u@y.service", "t@y.service lo/t@.service aliases=u@y.service");
        expect_files(
                f, "one@x.service", "t@x.service lo/t@.service aliases=one@x.service,u@x.service");
        expect_files(f, "t@own.service", "t@own.service hi/t@own.service aliases=u@own.service");
        expect_files(f, "t@.service", "t@.service lo/t@.service aliases=u@.service");
        expect_files(f, "linked.service", "linked.service lo/linked.service linked");
        assert_int_equal(unit_search_diag(f->search)->n_findings, 0);
}

static void test_bad_aliases_are_named(void **state) {
        Fixture *f = *state;

        make(f,
             "lo/real.service lo/x.socket>real.service lo/x.service>real@.service lo/b.slice>c.slice "
             "lo/n.service>../lo/bad#name hi/real.service>real.service lo/b@x.service>b@y.service "
             "lo/deep.service>sub/real.service lo/loopa.service>loopb.service "
             "lo/loopb.service>loopa.service lo/f.service|");
        open_search(f);
        const Diag *diag = unit_search_diag(f->search);
        expect_finding(
                diag,
                "x.socket: symlink target \"real.service\" has incompatible suffix, rejecting.");
        expect_finding(
                diag,
                "x.service: symlink target name type \"real@.service\" does not match source");
        expect_finding(diag,
                       "b.slice: symlinks are not allowed for units of this type, rejecting.");
        expect_finding(diag, "n.service points to \"bad#name\" which is not a valid unit name");
        expect_finding(
                diag,
                "b@x.service: unit symlink target \"b@y.service\" instance name doesn't match");
        expect_finding(diag, "/lo/deep.service \xe2\x86\x92 ");
        expect_files(f, "real.service", "real.service lo/real.service aliases=deep.service");
        expect_files(f, "loopa.service", "-40");
        expect_finding(&f->diag, "links between names go in a circle");
        expect_files(f, "f.service", "f.service -");
        expect_finding(&f->diag, "f.service is a FIFO, ignoring.");
}

static void test_dropins_in_order(void **state) {
        Fixture *f = *state;

        make(f,
             "lo/foo-bar@.service lo/foo-bar@x.service.d/a.conf hi/foo-bar@.service.d/a.conf "
             "hi/service.d/a.conf hi/service.d/s.conf lo/foo-.service.d/p.conf "
             "lo/foo-@.service.d/q.conf lo/foo-@x.service.d/r.conf lo/foo-bar-@.service.d/no.conf "
             "lo/foo-bar@x.service.d/.hidden.conf lo/foo-bar@x.service.d/c.bak "
             "lo/foo-bar@x.service.d/dir.conf/ lo/foo-bar@x.service.d/m.conf>/dev/null");
        open_search(f);
        expect_files(f,
                     "foo-bar@x.service",
                     "foo-bar@x.service lo/foo-bar@.service dropins=hi/foo-bar@.service.d/a.conf,"
                     "lo/foo-bar@x.service.d/m.conf,lo/foo-@.service.d/q.conf,"
                     "lo/foo-@x.service.d/r.conf,hi/service.d/s.conf");
        make(f,
             "lo/a--b-c-.service lo/a--b-c-.service.d/x.conf lo/a-.service.d/x.conf hi/a--.service.d/x.conf");
        open_search(f);
        expect_files(f,
                     "a--b-c-.service",
                     "a--b-c-.service lo/a--b-c-.service dropins=hi/service.d/a.conf,"
                     "hi/service.d/s.conf,hi/a--.service.d/x.conf");
}

static void test_dropins_of_aliases(void **state) {
        Fixture *f = *state;

        make(f,
             "lo/real.service lo/ali.service>real.service lo/real.service.d/same.conf "
             "hi/ali.service.d/same.conf hi/ali.service.d/x.conf lo/-.slice lo/-.slice.d/r.conf");
        open_search(f);
        expect_files(f,
                     "ali.service",
                     "real.service lo/real.service aliases=ali.service "
                     "dropins=lo/real.service.d/same.conf,hi/ali.service.d/x.conf");
        expect_files(f, "-.slice", "-.slice lo/-.slice dropins=lo/-.slice.d/r.conf");
        expect_files(f, "none.slice", "none.slice -");
}

static void test_links_of_dependency_directories(void **state) {
        Fixture *f = *state;

        make(f,
             "lo/m.target lo/m.target.wants/a.service>../a.service hi/m.target.wants/b.service>/dev/null "
             "lo/m.target.wants/b.service>../b.service lo/m.target.wants/c.service "
             "lo/m.target.wants/README lo/m.target.wants/d.service>../e.service "
             "lo/m.target.requires/g@i.service>/lib/g@.service lo/m.target.upholds/u.service>x/u.service "
             "lo/t@.service lo/t@.service.wants/w@.service>../w@.service");
        open_search(f);
        expect_files(f,
                     "m.target",
                     "m.target lo/m.target wants=a.service,d.service requires=g@i.service "
                     "upholds=u.service");
        expect_finding(&f->diag, "lo/m.target.wants/c.service is not a symlink, ignoring.");
        expect_finding(&f->diag,
                       "lo/m.target.wants/d.service target ../e.service has different name");
        expect_files(f, "t@z.service", "t@z.service lo/t@.service wants=w@z.service");
}

static void test_refresh_sees_changes(void **state) {
        Fixture *f = *state;
        bool changed;

        make(f, "lo/a.service lo/a.service.d/x.conf");
        open_search(f);
        expect_files(f, "a.service", "a.service lo/a.service dropins=lo/a.service.d/x.conf");
        assert_int_equal(unit_search_refresh(f->search, &changed), 0);
        assert_false(changed);
        make(f, "lo/a.service.d/y.conf");
        assert_int_equal(unit_search_refresh(f->search, &changed), 0);
        assert_true(changed);
        make(f, "hi/a.service");
        assert_int_equal(unit_search_refresh(f->search, &changed), 0);
        assert_true(changed);
        expect_files(f,
                     "a.service",
                     "a.service hi/a.service dropins=lo/a.service.d/x.conf,lo/a.service.d/y.conf");
        assert_int_equal(unit_search_refresh(f->search, &changed), 0);
        assert_false(changed);
}

static void expect_paths(const UnitSearchOptions *options, const char *expected) {
        AUTO(unit_search_free) UnitSearch *search = NULL;

        assert_int_equal(unit_search_new(options, &search), 0);
        AUTO_FREE char *paths = strv_join((char **)(uintptr_t)unit_search_directories(search), " ");
        assert_string_equal(paths ? paths : "", expected);
}

static void test_search_paths(void **state) {
        char extra[] = "/units/";
        char *extras[] = { extra, NULL };

        (void)state;
        expect_paths(&(UnitSearchOptions){ .offline = true, .root = "/r", .extra = extras },
                     "/units /r/etc/systemd/system.control /r/etc/systemd/system "
                     "/r/etc/systemd/system.attached /r/run/systemd/system "
                     "/r/run/systemd/system.attached /r/usr/local/lib/systemd/system "
                     "/r/lib/systemd/system /r/usr/lib/systemd/system");
        expect_paths(&(UnitSearchOptions){ .scope = UNIT_SCOPE_USER,
                                           .home = "/h",
                                           .config_home = "/h/cc",
                                           .runtime_dir = "/run/user/0",
                                           .config_dirs = "/etc/xdg:/opt/e",
                                           .data_dirs = "/usr/share" },
                     "/h/cc/systemd/user.control /run/user/0/systemd/user.control "
                     "/run/user/0/systemd/transient /run/user/0/systemd/generator.early "
                     "/h/cc/systemd/user /etc/xdg/systemd/user /opt/e/systemd/user "
                     "/etc/systemd/user /run/user/0/systemd/user /run/systemd/user "
                     "/run/user/0/systemd/generator /h/.local/share/systemd/user "
                     "/usr/share/systemd/user /usr/local/lib/systemd/user "
                     "/usr/local/share/systemd/user /usr/lib/systemd/user "
                     "/run/user/0/systemd/generator.late");
        expect_paths(&(UnitSearchOptions){ .unit_path = "/x:/y//" }, "/x /y");
        expect_paths(&(UnitSearchOptions){ .unit_path = "" }, "");
}

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
        const struct CMUnitTest tests[] = {
                FIXTURE_TEST(test_higher_directories_win),
                FIXTURE_TEST(test_aliases_lead_to_the_file),
                FIXTURE_TEST(test_bad_aliases_are_named),
                FIXTURE_TEST(test_dropins_in_order),
                FIXTURE_TEST(test_dropins_of_aliases),
                FIXTURE_TEST(test_links_of_dependency_directories),
                FIXTURE_TEST(test_refresh_sees_changes),
                cmocka_unit_test(test_search_paths),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
