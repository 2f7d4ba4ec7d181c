/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file_io.h"
#include "base/path_name.h"
#include "host/pid_file.h"

static char directory[] = "/tmp/test-pid-file-XXXXXX";
static char *path;

static int make_directory(void **state) {
        (void)state;
        path = mkdtemp(directory) ? path_join(directory, "x.pid") : NULL;
        return path ? 0 : -1;
}

static int remove_directory(void **state) {
        (void)state;
        free(path);
        return dir_remove_all(directory);
}

static void test_texts_give_a_pid_or_an_outcome(void **state) {
        static const struct {
                const char *text;
                int outcome;
                pid_t pid;
        } cases[] = {
                { "17\n", PID_FILE_OK, 17 },
                { "17", PID_FILE_OK, 17 },
                { " 17 \nmore\n", PID_FILE_OK, 17 },
                { "", PID_FILE_MISSING, 0 },
                { "\n", PID_FILE_MISSING, 0 },
                { "0\n", PID_FILE_UNSAFE, 0 },
                { "-3\n", PID_FILE_UNSAFE, 0 },
                { "17x\n", PID_FILE_UNSAFE, 0 },
                { "99999999999999999999\n", PID_FILE_UNSAFE, 0 },
        };
        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                PidFileText text = { 0 };
                assert_int_equal(file_write_atomic(path, str_of(cases[i].text), 0644, false), 0);
                assert_int_equal(pid_file_read_text(path, &text), cases[i].outcome);
                assert_int_equal(text.pid, cases[i].pid);
        }
}

static void test_other_things_are_no_pid_files(void **state) {
        PidFileText text;
        (void)state;
        (void)unlink(path);
        assert_int_equal(pid_file_read_text(path, &text), PID_FILE_MISSING);
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(pid_file_read_text(path, &text), PID_FILE_UNSAFE);
        (void)unlink(path);
        assert_int_equal(mkdir(path, 0700), 0);
        assert_int_equal(pid_file_read_text(path, &text), PID_FILE_UNSAFE);
        assert_int_equal(rmdir(path), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_texts_give_a_pid_or_an_outcome),
                cmocka_unit_test(test_other_things_are_no_pid_files),
        };
        return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
