/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/journal_vacuum.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/file_io.h"
#include "base/path_name.h"

#include "unit_test.h"

static char directory[] = "/tmp/test-journal-vacuum-XXXXXX";

static int make_directory(void **state UNUSED) {
        return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state UNUSED) {
        return dir_remove_all(directory);
}

/* A file of 64 KiB that was last changed at this second. */
static void make_file(const char *name, time_t second) {
        static char bytes[65536];
        AUTO_FREE char *path = path_join(directory, name);
        const struct timespec times[2] = { { .tv_sec = second }, { .tv_sec = second } };

        assert_int_equal(file_write_atomic(path, (Str){ bytes, sizeof(bytes) }, 0600, false), 0);
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static bool is_there(const char *name) {
        AUTO_FREE char *path = path_join(directory, name);
        return access(path, F_OK) == 0;
}

static void make_files(void) {
        make_file("system.journal", 1);
        make_file("system@1.journal", 100);
        make_file("system@2.journal", 200);
        make_file("system@3.journal~", 300);
        make_file("other.txt", 1);
}

static void test_the_oldest_go_until_the_limit_holds(void **state UNUSED) {
        const VacuumLimits limits = { .max_use = 3 * 70000 };

        make_files();
        assert_true(journal_disk_usage(directory) >= 4 * 65536);
        assert_int_equal(journal_vacuum(directory, &limits), 1);
        assert_false(is_there("system@1.journal"));
        assert_true(is_there("system@2.journal"));
}

static void test_files_in_use_and_others_stay(void **state UNUSED) {
        const VacuumLimits limits = { .max_use = 1 };

        make_files();
        assert_int_equal(journal_vacuum(directory, &limits), 3);
        assert_true(is_there("system.journal"));
        assert_true(is_there("other.txt"));
        assert_false(is_there("system@3.journal~"));
}

static void test_number_and_age_are_limits(void **state UNUSED) {
        const VacuumLimits number = { .max_files = 2 }, age = { .oldest_usec = 250000000 };

        make_files();
        assert_int_equal(journal_vacuum(directory, &number), 1);
        assert_false(is_there("system@1.journal"));
        assert_int_equal(journal_vacuum(directory, &age), 1);
        assert_true(is_there("system@3.journal~"));
        assert_true(journal_vacuum("/nonexistent", &age) < 0);
}

static void test_a_series_is_left_out_or_alone(void **state UNUSED) {
        static const struct {
                JournalSeries series;
                const char *name;
                bool has;
        } cases[] = {
                { { NULL, NULL }, "anything.journal", true },
                { { "unit-a.service", NULL }, "unit-a.service.journal", true },
                { { "unit-a.service", NULL }, "unit-a.service@1.journal", true },
                { { "unit-a.service", NULL }, "unit-a.service", false },
                { { "unit-a.service", NULL }, "unit-a.service2.journal", false },
                { { "unit-a.service", NULL }, "system.journal", false },
                { { NULL, "unit-" }, "system@1.journal", true },
                { { NULL, "unit-" }, "unit-a.service.journal", false },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
                assert_int_equal(journal_series_has(&cases[i].series, str_of(cases[i].name)),
                                 cases[i].has);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_oldest_go_until_the_limit_holds),
                cmocka_unit_test(test_files_in_use_and_others_stay),
                cmocka_unit_test(test_number_and_age_are_limits),
                cmocka_unit_test(test_a_series_is_left_out_or_alone),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
