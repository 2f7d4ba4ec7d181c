/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/auto.h"
#include "unit_test.h"

/* What one read of the pipe gives: a line that took one write arrives whole. */
static void assert_line(int fd, const char *expected) {
        char text[8192] = { 0 };
        ssize_t n = read(fd, text, sizeof(text) - 1);
        assert_string_equal(n > 0 ? text : "", expected);
}

static void test_lines_have_prefix_program_and_unit(void **state UNUSED) {
        int ends[2];
        assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        AUTO_FD int in = ends[0], out = ends[1];
        Log log = { .fd = out, .max_level = LOG_INFO };
        log_line(&log, LOG_INFO, NULL, "Started %d units", 3);
        assert_line(in, "Started 3 units\n");
        log_line(&log, LOG_DEBUG, NULL, "Too much");
        assert_line(in, "");
        log.kmsg_prefix = true;
        log.ident = "tendd";
        log_line(&log, LOG_ERR, "a.service", "Failed");
        assert_line(in, "<3>tendd: a.service: Failed\n");
        log.fd = -1;
        log_line(&log, LOG_ERR, NULL, "Nobody reads");
}

static void test_long_lines_are_cut_and_errno_is_kept(void **state UNUSED) {
        int ends[2];
        static char text[8192], read_back[8192];
        memset(text, 'x', sizeof(text));
        text[sizeof(text) - 1] = '\0';
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        AUTO_FD int in = ends[0], out = ends[1];
        Log log = { .fd = out, .max_level = LOG_DEBUG, .ident = text };
        log_line(&log, LOG_INFO, text, "%s", text);
        ssize_t n = read(in, read_back, sizeof(read_back));
        assert_int_equal(n, 4096);
        assert_int_equal(read_back[n - 1], '\n');
        log.fd = 9999;
        errno = ENOENT;
        log_line(&log, LOG_INFO, NULL, "Goes nowhere");
        assert_int_equal(errno, ENOENT);
}

static void test_levels(void **state UNUSED) {
        assert_int_equal(log_level_parse("info"), LOG_INFO);
        assert_int_equal(log_level_parse("7"), LOG_DEBUG);
        assert_int_equal(log_level_parse("8"), -EINVAL);
        assert_int_equal(log_level_parse(""), -EINVAL);
        assert_int_equal(log_level_parse("77"), -EINVAL);
        assert_string_equal(log_level_name(LOG_WARNING), "warning");
        assert_null(log_level_name(8));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_lines_have_prefix_program_and_unit),
                cmocka_unit_test(test_long_lines_are_cut_and_errno_is_kept),
                cmocka_unit_test(test_levels),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
