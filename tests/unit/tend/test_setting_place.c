/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <errno.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "base/strv.h"
#include "tend/setting_place.h"

static char directory[] = "/tmp/test-setting-place-XXXXXX";

static int make_directory(void **state UNUSED) {
        return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state UNUSED) {
        return dir_remove_all(directory);
}

static char *write_file(const char *name, const char *text) {
        char *path = path_join(directory, name);
        assert_non_null(path);
        assert_int_equal(file_write_atomic(path, str_of(text), 0600, false), 0);
        return path;
}

static void
expect(const UnitView *view, const char *key, unsigned index, const char *name, unsigned line) {
        AUTO(setting_place_done) SettingPlace place = { 0 };

        assert_int_equal(setting_place_find(view, key, index, &place), 0);
        if (!name) {
                assert_null(place.path);
                return;
        }
        assert_non_null(place.path);
        assert_string_equal(path_base_name(place.path), name);
        assert_int_equal(place.line, line);
}

static void test_the_assignment_that_counts_is_found(void **state UNUSED) {
        UnitView view = { 0 };
        AUTO_STRV char **dropins = NULL;

        view.fragment_path = write_file("a.service",
                                        "[Service]\n"
                                        "ExecStartPre=one\n"
                                        "ExecStartPre=two \\\n"
                                        "   goes on\n"
                                        "User=first\n"
                                        "ExecStart=main\n");
        assert_int_equal(strv_take(&dropins,
                                   write_file("10.conf",
                                              "[Service]\nUser=second\nExecStart=\nExecStart=x\n")),
                         0);
        view.dropin_paths = dropins;
        expect(&view, "ExecStartPre", 0, "a.service", 2);
        expect(&view, "ExecStartPre", 1, "a.service", 3);
        expect(&view, "ExecStartPre", 2, NULL, 0);
        expect(&view, "User", SETTING_LAST, "10.conf", 2);
        expect(&view, "ExecStart", 0, "10.conf", 4);
        expect(&view, "Group", SETTING_LAST, NULL, 0);
        free(view.fragment_path);
}

static void test_a_missing_file_is_an_error(void **state UNUSED) {
        char path[] = "/nonexistent/a.service";
        const UnitView view = { .fragment_path = path };
        AUTO(setting_place_done) SettingPlace place = { 0 };

        assert_int_equal(setting_place_find(&view, "User", 0, &place), -ENOENT);
        assert_null(place.path);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_assignment_that_counts_is_found),
                cmocka_unit_test(test_a_missing_file_is_an_error),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
