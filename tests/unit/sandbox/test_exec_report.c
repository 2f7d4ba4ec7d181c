/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/exec_report.h"

#include <sys/socket.h>

#include "sandbox_test.h"

static void test_a_line_is_one_datagram(void **state UNUSED) {
        char long_text[4096], line[4096];
        int pair[2];
        ssize_t n;

        assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
        exec_report_send(&(ExecReport){ pair[0] }, "NICE", REPORT_REFUSED, "Nice", "no\tway\n");
        n = recv(pair[1], line, sizeof(line), 0);
        assert_int_equal(n, strlen("NICE\trefused\tNice\tno way "));
        assert_memory_equal(line, "NICE\trefused\tNice\tno way ", (size_t)n);

        memset(long_text, 'x', sizeof(long_text) - 1);
        long_text[sizeof(long_text) - 1] = '\0';
        exec_report_send(&(ExecReport){ pair[0] }, "EXEC", REPORT_FAILED, "", long_text);
        assert_int_equal(recv(pair[1], line, sizeof(line), 0), EXEC_REPORT_LINE_MAX);

        (void)close(pair[1]);
        exec_report_send(&(ExecReport){ pair[0] }, "EXEC", REPORT_FAILED, "", "nobody listens");
        exec_report_send(&(ExecReport){ -1 }, "EXEC", REPORT_FAILED, "", "nobody listens");
        (void)close(pair[0]);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_line_is_one_datagram),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
