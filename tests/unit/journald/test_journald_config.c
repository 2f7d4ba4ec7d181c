/* SPDX-License-Identifier: Apache-2.0 */
#include "journald/journald_config.h"

#include <syslog.h>

#include "unit_test.h"

static void test_settings_are_read(void **state UNUSED) {
        JournaldConfig config;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        Str text = str_of("[Journal]\nStorage=persistent\nCompress=1K\nSystemMaxUse=50M\n"
                          "RuntimeMaxFiles=7\nSyncIntervalSec=10\nRateLimitBurst=5\n"
                          "MaxLevelStore=warning\nLineMax=10\nForwardToWall=no\nForwardToKMsg=1\n"
                          "MaxLevelKMsg=err\nTTYPath=/dev/tty9\nReadKMsg=yes\n");

        journald_config_init(&config);
        assert_int_equal(journald_config_read_text(&config, text, "journald.conf", &diag), 0);
        assert_int_equal(diag.n_findings, 0);
        assert_int_equal(config.storage, STORAGE_PERSISTENT);
        assert_int_equal(config.compress_threshold, 1024);
        assert_int_equal(config.system.max_use, 50 * 1024 * 1024);
        assert_int_equal(config.runtime.max_files, 7);
        assert_int_equal(config.sync_interval_usec, 10000000);
        assert_int_equal(config.rate_limit_burst, 5);
        assert_int_equal(config.max_level_store, LOG_WARNING);
        assert_int_equal(config.line_max, 79);
        assert_true(config.forward[FORWARD_SYSLOG].is_wanted);
        assert_int_equal(config.forward[FORWARD_SYSLOG].max_level, LOG_DEBUG);
        assert_false(config.forward[FORWARD_WALL].is_wanted);
        assert_true(config.forward[FORWARD_KERNEL].is_wanted);
        assert_int_equal(config.forward[FORWARD_KERNEL].max_level, LOG_ERR);
        assert_string_equal(config.tty_path, "/dev/tty9");
        assert_int_equal(config.read_kernel, WISH_YES);
}

static void test_what_is_not_done_is_told(void **state UNUSED) {
        JournaldConfig config;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        Str quiet = str_of("[Journal]\nSeal=no\nAudit=\nSplitMode=none\n");
        Str told = str_of("[Journal]\nSeal=yes\nAudit=yes\nSplitMode=uid\n");
        Str of_namespace = str_of("[Journal]\nLineMax=1K\nSystemMaxUse=5M\n");

        journald_config_init(&config);
        assert_int_equal(journald_config_read_text(&config, quiet, "journald.conf", &diag), 0);
        assert_int_equal(diag.n_findings, 0);
        assert_int_equal(journald_config_read_text(&config, told, "journald.conf", &diag), 0);
        assert_int_equal(diag.n_findings, 3);
        assert_string_equal(diag.findings[0].text,
                            "Seal=yes is not done by tend-journald, ignoring.");
        config.is_of_namespace = true;
        assert_int_equal(journald_config_read_text(&config, of_namespace, "journald@x.conf", &diag),
                         0);
        assert_int_equal(diag.n_findings, 4);
        assert_int_equal(config.line_max, 48 * 1024);
        assert_int_equal(config.system.max_use, 5 * 1024 * 1024);
}

static void test_mistakes_are_told_and_change_nothing(void **state UNUSED) {
        JournaldConfig config;
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        Str text = str_of("[Journal]\nStorage=often\nNoSuch=1\nSystemMaxUse=x\n");

        journald_config_init(&config);
        assert_int_equal(journald_config_read_text(&config, text, "journald.conf", &diag), 0);
        assert_int_equal(diag.n_findings, 3);
        assert_int_equal(config.storage, STORAGE_AUTO);
        assert_true(config.system.max_use == LIMIT_UNSET);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_settings_are_read),
                cmocka_unit_test(test_what_is_not_done_is_told),
                cmocka_unit_test(test_mistakes_are_told_and_change_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
