/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/auto.h"
#include "host/process_facts.h"

/* A name as nasty as it gets does not shift what follows it. */
static void test_own_facts_are_read_past_any_name(void **state) {
        ProcessFacts facts;
        (void)state;
        assert_int_equal(prctl(PR_SET_NAME, ") R 1 (x", 0, 0, 0), 0);
        assert_int_equal(process_facts_read(getpid(), &facts), 0);
        assert_int_equal(facts.pid, getpid());
        assert_int_equal(facts.parent, getppid());
        assert_int_equal(facts.session, getsid(0));
        assert_int_equal(facts.state, 'R');
        assert_true(facts.start_time > 0);
        assert_true(process_is_alive(getpid()));
        AUTO_FREE char *name = process_name(getpid());
        assert_string_equal(name, ") R 1 (x");
}

static void test_the_dead_are_told_from_the_living(void **state) {
        ProcessFacts facts;
        (void)state;
        pid_t pid = fork();
        if (pid == 0)
                _exit(0);
        assert_true(pid > 0);
        assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
        assert_int_equal(process_facts_read(pid, &facts), 0);
        assert_int_equal(facts.state, 'Z');
        assert_false(process_is_alive(pid));
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_int_equal(process_facts_read(pid, &facts), -ESRCH);
}

static void test_variables_are_found_by_their_whole_name(void **state) {
        AUTO_FREE char *value = NULL;
        (void)state;
        const char *path = getenv("PATH");
        if (!path)
                skip();
        assert_int_equal(process_environment_get(getpid(), "PATH", &value), 0);
        assert_string_equal(value, path);
        assert_int_equal(process_environment_get(getpid(), "PAT", &value), -ENOENT);
}

static void test_all_processes_include_this_one(void **state) {
        AUTO_FREE ProcessFacts *list = NULL;
        size_t n = 0;
        bool found = false;
        (void)state;
        assert_int_equal(process_list_all(&list, &n), 0);
        for (size_t i = 0; i < n; i++)
                found = found || list[i].pid == getpid();
        assert_true(found);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_own_facts_are_read_past_any_name),
                cmocka_unit_test(test_the_dead_are_told_from_the_living),
                cmocka_unit_test(test_variables_are_found_by_their_whole_name),
                cmocka_unit_test(test_all_processes_include_this_one),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
