/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>

#include <cmocka.h>

#include "base/duration.h"
#include "base/strv.h"
#include "host/manager_config.h"

static void test_defaults_are_taken_over(void **state) {
        AUTO(manager_config_done) ManagerConfig config = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        static const char text[] = "[Manager]\n"
                                   "LogLevel=debug\n"
                                   "DefaultTimeoutStartSec=5min\n"
                                   "DefaultTimeoutStopSec=0\n"
                                   "DefaultRestartSec=2s\n"
                                   "DefaultStartLimitBurst=9\n"
                                   "DefaultOOMPolicy=continue\n"
                                   "DefaultEnvironment=\"A=b c\" D=e\n"
                                   "DefaultLimitNOFILE=10:20\n"
                                   "ShowStatus=no\n"
                                   "[Elsewhere]\n"
                                   "Nonsense=1\n";
        (void)state;
        manager_config_init(&config, UNIT_SCOPE_SYSTEM);
        assert_int_equal(manager_config_read_text(&config, STR_LITERAL(text), "/etc/x.conf", &diag),
                         0);
        assert_int_equal(config.log_level, LOG_DEBUG);
        assert_int_equal(config.engine.default_timeout_start_usec, 300 * USEC_PER_SEC);
        assert_true(config.engine.default_timeout_stop_usec == USEC_INFINITY);
        assert_int_equal(config.engine.default_restart_usec, 2 * USEC_PER_SEC);
        assert_int_equal(config.engine.default_start_limit_burst, 9);
        assert_int_equal(config.engine.default_oom_policy, OOM_POLICY_CONTINUE);
        assert_string_equal(config.environment[0], "A=b c");
        assert_string_equal(config.environment[1], "D=e");
        const Value *limit = unit_spec_find(config.service_defaults, DIRECTIVE_LIMIT_NOFILE);
        assert_int_equal(limit->limit->soft, 10);
        assert_int_equal(limit->limit->hard, 20);
        assert_int_equal(diag.n_by_severity[DIAG_ERROR], 0);
}

static void test_mistakes_are_named_and_ignored(void **state) {
        AUTO(manager_config_done) ManagerConfig config = { 0 };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        static const char text[] =
                "[Manager]\nDefaultRestatSec=1\nDefaultRestartSec=soon\nDefaultEnvironment=oops\n";
        (void)state;
        manager_config_init(&config, UNIT_SCOPE_USER);
        assert_int_equal(manager_config_read_text(&config, STR_LITERAL(text), "/etc/x.conf", &diag),
                         0);
        assert_int_equal(diag.n_findings, 3);
        assert_int_equal(diag.findings[0].line, 2);
        assert_non_null(strstr(diag.findings[0].hint, "DefaultRestartSec="));
        assert_int_equal(diag.findings[1].line, 3);
        assert_int_equal(config.engine.default_restart_usec, 100 * USEC_PER_MSEC);
        assert_int_equal(strv_length(config.environment), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_defaults_are_taken_over),
                cmocka_unit_test(test_mistakes_are_named_and_ignored),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
