/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/executor_order.h"
#include "base/fd.h"
#include "base/file_io.h"
#include "base/macros.h"
#include "base/path_name.h"
#include "host/spawn.h"

/* The program plays the executor itself when its name says so: it says what it was given into the
 * report descriptor. */
static void say_descriptors(void) {
        for (int fd = 0; fd < 64; fd++)
                if (fcntl(fd, F_GETFD) >= 0)
                        dprintf(SPAWN_REPORT_FD, " %d", fd);
}

static int play_executor(int argc, char **argv) {
        ExecutorOrder order;
        char *memory, **environment, plan[64] = "";

        dprintf(SPAWN_REPORT_FD, "args %s %d, open", argc > 1 ? argv[1] : "", argc);
        say_descriptors();
        int r = executor_order_receive(
                SPAWN_ORDER_FD, SPAWN_FIRST_FD, &order, &memory, &environment);
        if (r == EXECUTOR_ORDER_GOT && streq(order.list, "")) {
                dprintf(SPAWN_REPORT_FD, "\nplan ahead");
                (void)close(SPAWN_FIRST_FD);
                free(memory);
                free(environment);
                r = executor_order_receive(
                        SPAWN_ORDER_FD, SPAWN_FIRST_FD, &order, &memory, &environment);
        }
        if (r != EXECUTOR_ORDER_GOT) {
                dprintf(SPAWN_REPORT_FD, "\nno order %d\n", r);
                return 8;
        }
        int fd = SPAWN_FIRST_FD + (int)order.n_passed + order.has_exec_fd + order.has_switch_fd;
        UNUSED ssize_t n = pread(fd, plan, sizeof(plan) - 1, 0);
        dprintf(SPAWN_REPORT_FD, "\norder %s %u, then", order.list, order.index);
        say_descriptors();
        dprintf(SPAWN_REPORT_FD,
                "\nplan %s\nenvironment %s\nnames %s\n%s",
                plan,
                environment[0] ?: "",
                order.passed_names ?: "",
                order.in_group ? "in group\n" : "");
        if (order.n_passed > 0) {
                char text[8] = "";
                n = pread(fd - 1 - order.has_exec_fd, text, sizeof(text) - 1, 0);
                dprintf(SPAWN_REPORT_FD, "last %s\n", text);
        }
        return 7;
}

static char directory[] = "/tmp/test-spawn-XXXXXX";
static char *executor_path;
static int report_fd;

static int set_up(void **state) {
        int pair[2], none = -1;
        (void)state;
        if (spawn_reserve(&none) < 0 || !mkdtemp(directory) || pipe2(pair, O_CLOEXEC) < 0)
                return -1;
        executor_path = path_join(directory, "executor");
        report_fd = pair[0];
        Spawner *spawner = NULL;
        if (symlink("/proc/self/exe", executor_path) < 0 && errno != EEXIST)
                return -1;
        if (spawner_new(executor_path, pair[1], &spawner) < 0)
                return -1;
        *state = spawner;
        return 0;
}

static int tear_down(void **state) {
        spawner_free(*state);
        free(executor_path);
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

/* An order of nothing but a plan. */
static SpawnOrder bare_order(int plan_fd) {
        static char *const environment[] = { NULL };
        return (SpawnOrder){
                .list = "ExecStart", .plan_fd = plan_fd, .exec_fd = -1, .environment = environment
        };
}

/* Begins and orders; what was said. */
static char *start(Spawner *spawner, const char *group, const SpawnOrder *order) {
        SpawnedExecutor executor;
        int code;
        assert_int_equal(spawner_begin(spawner, group, -1, &executor), 0);
        pid_t pid = executor.pid;
        assert_int_equal(spawner_order(spawner, &executor, order), 0);
        assert_int_equal(executor.pid, 0);
        char *text = await(pid, &code);
        assert_int_equal(code, 7);
        return text;
}

static void test_the_executor_gets_order_plan_and_environment(void **state) {
        char *const environment[] = { (char *)(uintptr_t) "GREETING=hello", NULL };
        AUTO_FD int plan = fd_new_sealed("plan", "[Service]", 9);
        SpawnOrder order = bare_order(plan);
        order.index = 2;
        order.environment = environment;

        AUTO_FREE char *text = start(*state, NULL, &order);
        assert_non_null(strstr(text, "args --order 2, open 0 1 2 3 4 5\n"));
        assert_non_null(strstr(text, "order ExecStart 2, then 0 1 2 3 4 5 6\n"));
        assert_non_null(strstr(text, "plan [Service]\n"));
        assert_non_null(strstr(text, "environment GREETING=hello\n"));
}

static void test_a_group_that_cannot_be_entered_is_left_to_the_executor(void **state) {
        static const char *const groups[] = { "/nonexistent", "/proc", "/etc/passwd" };

        for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
                AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
                const SpawnOrder order = bare_order(plan);
                AUTO_FREE char *text = start(*state, groups[i], &order);
                assert_non_null(strstr(text, "order ExecStart 0"));
                assert_null(strstr(text, "in group"));
        }
}

static void test_descriptors_are_passed_from_six_on(void **state) {
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        AUTO_FD int first = fd_new_sealed("first", "one", 3);
        AUTO_FD int second = fd_new_sealed("second", "two", 3);
        int pair[2];
        assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
        SpawnOrder order = bare_order(plan);
        order.exec_fd = pair[1];
        order.fds = (const int[]){ first, second };
        order.n_fds = 2;
        order.fd_names = "a:b";
        char byte;

        AUTO_FREE char *text = start(*state, NULL, &order);
        (void)close(pair[1]);
        assert_non_null(strstr(text, "then 0 1 2 3 4 5 6 7 8 9\n"));
        assert_non_null(strstr(text, "names a:b\n"));
        assert_non_null(strstr(text, "last two\n"));
        assert_int_equal(read(pair[0], &byte, 1), 0); /* no copy of the pipe is left here */
        (void)close(pair[0]);
}

static void test_more_descriptors_and_text_than_one_message_takes(void **state) {
        AUTO_FD int plan = fd_new_sealed("plan", "the plan", 8);
        AUTO_FREE char *big = malloc(1024 * 1024 + 1);
        int fds[EXECUTOR_PASSED_MAX];

        assert_non_null(big);
        memset(big, 'x', 1024 * 1024);
        big[1024 * 1024] = '\0';
        memcpy(big, "BIG=", 4);
        for (unsigned i = 0; i < EXECUTOR_PASSED_MAX; i++)
                fds[i] = plan;
        SpawnOrder order = bare_order(plan);
        order.fds = fds;
        order.n_fds = EXECUTOR_PASSED_MAX;
        order.environment = (char *const[]){ (char *)(uintptr_t) "FIRST=1", big, NULL };

        AUTO_FREE char *text = start(*state, NULL, &order);
        assert_non_null(strstr(text, "plan the plan\n"));
        assert_non_null(strstr(text, "environment FIRST=1\n"));
        order.n_fds = EXECUTOR_PASSED_MAX + 1;
        SpawnedExecutor executor;
        assert_int_equal(spawner_begin(*state, NULL, -1, &executor), 0);
        assert_int_equal(spawner_order(*state, &executor, &order), -E2BIG);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void test_the_log_stays_open_and_locked_until_the_executor_lets_it_go(void **state) {
        AUTO_FREE char *path = path_join(directory, "log");
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        AUTO_FD int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        AUTO_FD int other = open(path, O_RDONLY | O_CLOEXEC);
        const SpawnOrder order = bare_order(plan);
        SpawnedExecutor executor;
        int code;

        assert_int_equal(flock(log, LOCK_EX | LOCK_NB), 0);
        assert_int_equal(spawner_begin(*state, NULL, log, &executor), 0);
        (void)close(steal_fd(&log)); /* the copy at the reserved number is ours too */
        assert_int_equal(fcntl(SPAWN_LOG_FD, F_GETFD), FD_CLOEXEC);
        while (__atomic_load_n(&((Spawner *)*state)->child->tid, __ATOMIC_ACQUIRE) != 0)
                (void)sched_yield(); /* it shares our table until it executes */
        assert_int_equal(dup2(plan, SPAWN_LOG_FD), SPAWN_LOG_FD);
        assert_int_equal(flock(other, LOCK_EX | LOCK_NB), -1);
        pid_t pid = executor.pid;
        assert_int_equal(spawner_order(*state, &executor, &order), 0);
        AUTO_FREE char *text = await(pid, &code);
        assert_non_null(strstr(text, "order ExecStart 0"));
        assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
}

static void test_several_may_wait_and_be_ordered_in_any_order(void **state) {
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        SpawnedExecutor first, second, third;
        SpawnOrder order = bare_order(plan);
        int code;

        assert_int_equal(spawner_begin(*state, NULL, -1, &first), 0);
        assert_int_equal(spawner_begin(*state, NULL, -1, &second), 0);
        assert_int_equal(spawner_begin(*state, NULL, -1, &third), 0);
        pid_t pids[] = { second.pid, first.pid };
        order.index = 1;
        assert_int_equal(spawner_order(*state, &second, &order), 0);
        free(await(pids[0], &code));
        assert_int_equal(code, 7);
        assert_int_equal(spawner_order(*state, &first, &order), 0);
        free(await(pids[1], &code));
        assert_int_equal(code, 7);
        spawned_executor_cancel(&third);
        assert_int_equal(third.pid, 0);
        spawned_executor_cancel(&third);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

static void test_a_plan_may_be_given_before_the_order(void **state) {
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        SpawnedExecutor executor;
        SpawnOrder order = bare_order(-1);
        int code;

        assert_int_equal(spawner_begin(*state, NULL, -1, &executor), 0);
        assert_int_equal(executor.plan, 0);
        assert_int_equal(spawner_give_plan(&executor, plan, 3), 0);
        assert_int_equal(executor.plan, 3);
        pid_t pid = executor.pid;
        assert_int_equal(spawner_order(*state, &executor, &order), 0);
        AUTO_FREE char *text = await(pid, &code);
        assert_int_equal(code, 7);
        assert_non_null(strstr(text, "plan ahead\norder ExecStart 0, then 0 1 2 3 4 5\n"));
}

static void test_without_an_order_it_ends(void **state) {
        SpawnedExecutor executor;
        int code;

        assert_int_equal(spawner_begin(*state, NULL, -1, &executor), 0);
        executor.order_fd = fd_close(executor.order_fd);
        /* The copy at the reserved number goes with the next start. */
        AUTO_FREE char *text = await(executor.pid, &code);
        assert_int_equal(code, 8);
        assert_non_null(strstr(text, "no order 0"));
}

static void test_a_missing_executor_leaves_a_status_or_an_error(void **state) {
        Spawner *spawner = *state;
        AUTO_FD int plan = fd_new_sealed("plan", "p", 1);
        const SpawnOrder order = bare_order(plan);
        char *kept = spawner->executor;
        SpawnedExecutor executor;
        siginfo_t info;

        spawner->executor = (char *)(uintptr_t) "/nonexistent/tend-exec";
        assert_int_equal(spawner_begin(spawner, NULL, -1, &executor), 0);
        pid_t pid = executor.pid;
        int r = spawner_order(spawner, &executor, &order);
        if (r == 0) { /* it has not tried yet */
                assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED), 0);
                assert_int_equal(info.si_status, SPAWN_EXIT_EXEC);
        } else
                assert_int_equal(r, -ENOENT);
        spawner->executor = kept;
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

int main(int argc, char **argv) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_the_executor_gets_order_plan_and_environment),
                cmocka_unit_test(test_a_group_that_cannot_be_entered_is_left_to_the_executor),
                cmocka_unit_test(test_descriptors_are_passed_from_six_on),
                cmocka_unit_test(test_more_descriptors_and_text_than_one_message_takes),
                cmocka_unit_test(test_the_log_stays_open_and_locked_until_the_executor_lets_it_go),
                cmocka_unit_test(test_several_may_wait_and_be_ordered_in_any_order),
                cmocka_unit_test(test_a_plan_may_be_given_before_the_order),
                cmocka_unit_test(test_without_an_order_it_ends),
                cmocka_unit_test(test_a_missing_executor_leaves_a_status_or_an_error),
        };
        if (argc == 2 && strcmp(argv[1], "--order") == 0)
                _exit(play_executor(argc, argv)); /* what it has is nobody's leak */
        return cmocka_run_group_tests(tests, set_up, tear_down);
}
