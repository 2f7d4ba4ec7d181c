/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/fd.h"
#include "base/file_io.h"
#include "base/path_name.h"
#include "host/spawn.h"
#include "host/state_record.h"

/* A shell script plays the executor: it says what it was given into the report descriptor. */
static const char script[] = "#!/bin/sh\n"
                             "echo \"args $*\" >&4\n"
                             "echo \"plan $(cat <&3)\" >&4\n"
                             "echo \"env $GREETING\" >&4\n"
                             "echo fds /proc/$$/fd/* >&4\n"
                             "[ -n \"$READ_FD\" ] && echo \"read $(eval \"cat <&$READ_FD\")\" >&4\n"
                             "exit 7\n";

static char directory[] = "/tmp/test-spawn-XXXXXX";
static char *executor;
static int report_fd;

static int set_up(void **state) {
        int pair[2], none = -1;
        (void)state;
        if (spawn_reserve(&none) < 0 || !mkdtemp(directory) || pipe2(pair, O_CLOEXEC) < 0)
                return -1;
        executor = path_join(directory, "executor");
        report_fd = pair[0];
        Spawner *spawner = NULL;
        if (file_write_atomic(executor, STR_LITERAL(script), 0755, false) < 0 ||
            spawner_new(executor, pair[1], &spawner) < 0)
                return -1;
        *state = spawner;
        return 0;
}

static int tear_down(void **state) {
        spawner_free(*state);
        free(executor);
        return dir_remove_all(directory);
}

/* Everything said until the executor ended, and its exit code. */
static char *await(pid_t pid, int *ret_code) {
        char *text = calloc(1, 8192);
        siginfo_t info;
        size_t n = 0;
        assert_non_null(text);
        assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
        *ret_code = info.si_status;
        assert_int_equal(fd_set_nonblock(report_fd, true), 0);
        for (ssize_t got; (got = read(report_fd, text + n, 8191 - n)) > 0;)
                n += (size_t)got;
        return text;
}

static void test_the_executor_gets_plan_arguments_and_environment(void **state) {
        char *const environment[] = { (char *)(uintptr_t) "GREETING=hello",
                                      (char *)(uintptr_t) "PATH=/usr/bin:/bin",
                                      NULL };
        AUTO_FD int plan = fd_new_sealed("plan", "[Service]", 9);
        SpawnOrder order = { .list = "ExecStart",
                             .index = 2,
                             .plan_fd = plan,
                             .exec_fd = -1,
                             .environment = environment,
                             .record_fd = -1 };
        pid_t pid;
        int code;

        assert_int_equal(spawner_start(*state, &order, &pid), 0);
        AUTO_FREE char *text = await(pid, &code);
        assert_int_equal(code, 7);
        assert_non_null(strstr(text, "args ExecStart 2"));
        assert_non_null(strstr(text, "plan [Service]\n"));
        assert_non_null(strstr(text, "env hello\n"));
        /* 5 is the shell's own while it reads the directory, as are those from 10 on. */
        assert_non_null(strstr(text, "/fd/4"));
        for (unsigned i = 6; i < 10; i++) {
                char name[16];
                (void)snprintf(name, sizeof(name), "/fd/%u", i);
                assert_null(strstr(text, name));
        }
}

static void test_a_group_that_cannot_be_entered_is_left_to_the_executor(void **state) {
        char *const environment[] = { (char *)(uintptr_t) "PATH=/usr/bin:/bin", NULL };
        static const char *const groups[] = { "/nonexistent", "/proc", "/etc/passwd" };

        for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
                AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
                SpawnOrder order = { .list = "ExecStart",
                                     .group = groups[i],
                                     .plan_fd = plan,
                                     .exec_fd = -1,
                                     .environment = environment,
                                     .record_fd = -1 };
                pid_t pid;
                int code;

                assert_int_equal(spawner_start(*state, &order, &pid), 0);
                AUTO_FREE char *text = await(pid, &code);
                assert_int_equal(code, 7);
                assert_non_null(strstr(text, "args ExecStart 0"));
                assert_null(strstr(text, "--in-group"));
        }
}

static void test_descriptors_are_passed_from_five_on(void **state) {
        char *const environment[] = { (char *)(uintptr_t) "READ_FD=6",
                                      (char *)(uintptr_t) "PATH=/usr/bin:/bin",
                                      NULL };
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        AUTO_FD int first = fd_new_sealed("first", "one", 3);
        AUTO_FD int second = fd_new_sealed("second", "two", 3);
        int pair[2];
        assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
        SpawnOrder order = { .list = "ExecStart",
                             .plan_fd = plan,
                             .exec_fd = pair[1],
                             .fds = (const int[]){ first, second },
                             .n_fds = 2,
                             .fd_names = "a:b",
                             .environment = environment,
                             .record_fd = -1 };
        char byte;
        pid_t pid;
        int code;

        assert_int_equal(spawner_start(*state, &order, &pid), 0);
        (void)close(pair[1]);
        AUTO_FREE char *text = await(pid, &code);
        assert_non_null(strstr(text, "--exec-fd=7"));
        assert_non_null(strstr(text, "--listen-fds=2"));
        assert_non_null(strstr(text, "--listen-names=a:b"));
        assert_non_null(strstr(text, "read two\n"));
        assert_int_equal(read(pair[0], &byte, 1), 0); /* no copy of the pipe is left here */
        (void)close(pair[0]);
}

static void test_the_child_records_its_pid_before_it_executes(void **state) {
        char *const environment[] = { (char *)(uintptr_t) "PATH=/usr/bin:/bin", NULL };
        AUTO_FREE char *path = path_join(directory, "log");
        AUTO(strbuf_done) StrBuf framed = STRBUF_INIT;
        AUTO_FREE char *written = NULL;
        const StateRecord record = { .kind = STATE_RECORD_SPAWN, .name = STR_LITERAL("x.service") };
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        AUTO_FD int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        StateRecord found;
        size_t length;
        pid_t pid;
        int code;

        assert_int_equal(state_record_append(&framed, &record), 0);
        SpawnOrder order = { .list = "ExecStart",
                             .plan_fd = plan,
                             .exec_fd = -1,
                             .environment = environment,
                             .record_fd = log,
                             .record = framed.data,
                             .record_length = framed.length };
        assert_int_equal(spawner_start(*state, &order, &pid), 0);
        assert_int_equal(file_read(path, 4096, &written, &length, NULL), 0);
        Str rest = { written, length };
        assert_int_equal(state_record_next(&rest, &found), STATE_RECORD_OK);
        assert_int_equal(found.pid, pid);
        AUTO_FREE char *text = await(pid, &code);
        assert_non_null(strstr(text, "args ExecStart 0"));
}

static void test_a_missing_executor_is_an_error_and_leaves_no_child(void **state) {
        Spawner *spawner = *state;
        char *const environment[] = { NULL };
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        SpawnOrder order = { .list = "ExecStart",
                             .plan_fd = plan,
                             .exec_fd = -1,
                             .environment = environment,
                             .record_fd = -1 };
        char *kept = spawner->executor;
        pid_t pid;

        spawner->executor = (char *)(uintptr_t) "/nonexistent/tend-exec";
        assert_int_equal(spawner_start(spawner, &order, &pid), -ENOENT);
        spawner->executor = kept;
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_executor_gets_plan_arguments_and_environment),
                cmocka_unit_test(test_a_group_that_cannot_be_entered_is_left_to_the_executor),
                cmocka_unit_test(test_descriptors_are_passed_from_five_on),
                cmocka_unit_test(test_the_child_records_its_pid_before_it_executes),
                cmocka_unit_test(test_a_missing_executor_is_an_error_and_leaves_no_child),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
