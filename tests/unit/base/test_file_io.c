/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file_io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/strv.h"
#include "unit_test.h"

static int enter_directory(void **state) {
        static char directory[] = "/tmp/test_file_io.XXXXXX";
        if (!mkdtemp(directory) || chdir(directory) < 0)
                return -1;
        *state = directory;
        return 0;
}

static int remove_directory(void **state) {
        return chdir("/") < 0 ? -1 : dir_remove_all(*state);
}

static void assert_content(const char *path, const char *expected) {
        AUTO_FREE char *text = NULL;
        size_t length;
        assert_int_equal(file_read(path, 1 << 20, &text, &length, NULL), 0);
        assert_int_equal(length, strlen(expected));
        assert_string_equal(text, expected);
}

static void test_files_are_replaced_whole(void **state UNUSED) {
        struct stat st;
        assert_int_equal(file_write_atomic("f", STR_LITERAL("old"), 0640, true), 0);
        assert_content("f", "old");
        assert_int_equal(file_write_atomic("f", STR_LITERAL("newer"), 0600, false), 0);
        assert_content("f", "newer");
        assert_int_equal(stat("f", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0600);
        assert_int_equal(file_write_atomic("missing/f", STR_EMPTY, 0600, false), -ENOENT);
}

static void test_a_failed_replacement_leaves_nothing_behind(void **state UNUSED) {
        assert_int_equal(dir_make_all("target/is/full", 0755), 0);
        assert_int_equal(file_write_atomic("target/is", STR_LITERAL("x"), 0600, false), -EISDIR);
        assert_int_equal(rmdir("target/is/full"), 0);
        assert_int_equal(rmdir("target/is"), 0);
        assert_int_equal(rmdir("target"), 0); /* fails when a temporary file is left */
}

static void test_reading_has_a_limit(void **state UNUSED) {
        AUTO_FREE char *text = NULL;
        assert_int_equal(file_write_atomic("five", STR_LITERAL("12345"), 0600, false), 0);
        assert_int_equal(file_read("five", 4, &text, NULL, NULL), -E2BIG);
        assert_int_equal(file_read("five", 5, &text, NULL, NULL), 0);
        assert_string_equal(text, "12345");
        AUTO_FREE char *cpus = NULL; /* larger than its st_size, which is 0 */
        assert_int_equal(file_read("/proc/self/maps", 64, &cpus, NULL, NULL), -E2BIG);
        assert_int_equal(file_read("/proc/self/maps", 1 << 24, &cpus, NULL, NULL), 0);
        assert_true(strlen(cpus) > 64);
}

static void test_large_files_are_read_whole(void **state UNUSED) {
        AUTO_FREE char *large = malloc(300001), *text = NULL;
        size_t length;
        memset(large, 'x', 300000);
        large[300000] = '\0';
        assert_int_equal(file_write_atomic("large", str_of(large), 0600, false), 0);
        assert_int_equal(file_read("large", 1 << 20, &text, &length, NULL), 0);
        assert_int_equal(length, 300000);
        assert_string_equal(text, large);
}

static void test_only_regular_files_are_read(void **state UNUSED) {
        AUTO_FREE char *text = NULL;
        assert_int_equal(mkfifo("fifo", 0600), 0);
        assert_int_equal(mkdir("dir", 0700), 0);
        assert_int_equal(file_read("fifo", 100, &text, NULL, NULL), -EBADFD);
        assert_int_equal(file_read("dir", 100, &text, NULL, NULL), -EBADFD);
        assert_int_equal(file_read("/dev/null", 100, &text, NULL, NULL), -EBADFD);
        assert_int_equal(file_read("nothing", 100, &text, NULL, NULL), -ENOENT);
        assert_null(text);
}

static void test_one_line_and_one_write(void **state UNUSED) {
        AUTO_FREE char *line = NULL;
        assert_int_equal(file_write_once("attribute", "x"), -ENOENT);
        assert_int_equal(file_write_atomic("attribute", STR_EMPTY, 0600, false), 0);
        assert_int_equal(file_write_once("attribute", "max\nrest"), 0);
        assert_int_equal(file_read_line("attribute", &line), 0);
        assert_string_equal(line, "max");
}

static void test_directories_are_made_and_removed(void **state UNUSED) {
        struct stat st;
        assert_int_equal(dir_make_all("a/b//c", 0700), 0);
        assert_int_equal(dir_make_each("each/of/them", 0710), 0);
        assert_int_equal(stat("each/of", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0710);
        assert_int_equal(dir_make_all("a/b/c/", 0755), 0);
        assert_int_equal(stat("a/b/c", &st), 0);
        assert_int_equal(st.st_mode & 07777, 0700);
        assert_int_equal(file_write_atomic("a/b/file", STR_EMPTY, 0600, false), 0);
        assert_int_equal(dir_make_all("a/b/file", 0755), -ENOTDIR);
        assert_int_equal(dir_make_all("a/b/file/c", 0755), -ENOTDIR);
        assert_int_equal(file_write_atomic("outside", STR_EMPTY, 0600, false), 0);
        assert_int_equal(mkdir("kept", 0700), 0);
        assert_int_equal(file_write_atomic("kept/file", STR_EMPTY, 0600, false), 0);
        assert_int_equal(symlink("../../kept", "a/b/link"), 0);
        assert_int_equal(dir_remove_all("a"), 0);
        assert_int_equal(access("a", F_OK), -1);
        assert_int_equal(access("kept/file", F_OK), 0);
        assert_int_equal(dir_remove_all("a"), 0);
        assert_int_equal(symlink("kept", "link"), 0);
        assert_int_equal(dir_remove_all("link"), -ENOTDIR);
        assert_int_equal(access("kept/file", F_OK), 0);
}

/* Deeper than descriptors could be open. */
static void test_a_tree_is_removed_however_deep_it_is(void **state UNUSED) {
        int top = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct rlimit before;

        assert_true(top >= 0);
        assert_int_equal(dir_make_all("deep/beside", 0700), 0);
        assert_int_equal(chdir("deep"), 0);
        for (unsigned i = 0; i < 2000; i++) {
                assert_int_equal(mkdir("d", 0700), 0);
                assert_int_equal(chdir("d"), 0);
        }
        assert_int_equal(file_write_atomic("bottom", STR_LITERAL("x"), 0600, false), 0);
        assert_int_equal(fchdir(top), 0);
        (void)close(top);
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 256, before.rlim_max }), 0);
        assert_int_equal(dir_remove_all("deep"), 0);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(access("deep", F_OK), -1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_files_are_replaced_whole),
                cmocka_unit_test(test_a_failed_replacement_leaves_nothing_behind),
                cmocka_unit_test(test_reading_has_a_limit),
                cmocka_unit_test(test_large_files_are_read_whole),
                cmocka_unit_test(test_only_regular_files_are_read),
                cmocka_unit_test(test_one_line_and_one_write),
                cmocka_unit_test(test_directories_are_made_and_removed),
                cmocka_unit_test(test_a_tree_is_removed_however_deep_it_is),
        };
        return cmocka_run_group_tests(tests, enter_directory, remove_directory);
}
