/* SPDX-License-Identifier: Apache-2.0 */
#include "unit_test.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include "base/duration.h"
#include "tend/status_text.h"

#define MOMENT (UINT64_C(1715000000) * USEC_PER_SEC) /* 2024-05-06 12:53:20 UTC */
#define UNKNOWN UNIT_VIEW_UNKNOWN

static const StatusStyle style = { .now_usec = MOMENT + 5 * USEC_PER_SEC };

static char id[] = "web.service", description[] = "A site", loaded[] = "loaded",
            active[] = "active", running[] = "running", failed[] = "failed",
            file[] = "/etc/systemd/system/web.service", enabled[] = "enabled",
            dropin[] = "/etc/systemd/system/web.service.d/10.conf", program[] = "/usr/bin/web",
            argument[] = "--port=80", child[] = "worker", said[] = "serving",
            because[] = "its main process exited with status 1/FAILURE",
            report[] = "ProtectHome= is not supported yet", line[] = "hello",
            log_path[] = "/run/tend/logs/web.service.log";

static int use_utc(void **state UNUSED) {
        int r = setenv("TZ", "UTC", 1);
        tzset();
        return r;
}

static void test_a_running_service_is_described(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        char *dropins[] = { dropin, NULL }, *reports[] = { report, NULL },
             *lines[] = { line, NULL };
        char *arguments[] = { program, argument, NULL };
        UnitCommand commands[] = {
                { .list = "ExecStartPre",
                  .path = program,
                  .arguments = arguments,
                  .pid = 40,
                  .exit_usec = MOMENT,
                  .code = CLD_EXITED },
                { .list = "ExecStart", .path = program, .arguments = arguments, .pid = 41 },
        };
        StatusProcess processes[] = { { 41, program }, { 42, child } };
        const StatusFacts facts = {
                .view = { .id = id,
                          .description = description,
                          .load_state = loaded,
                          .active_state = active,
                          .sub_state = running,
                          .fragment_path = file,
                          .unit_file_state = enabled,
                          .dropin_paths = dropins,
                          .state_change_usec = MOMENT,
                          .main_pid = 41,
                          .exec_main_pid = 41,
                          .status_text = said,
                          .memory_current = 13 * 1024 * 1024,
                          .memory_max = UNKNOWN,
                          .tasks_current = 2,
                          .cpu_usage_nsec = UNKNOWN,
                          .commands = commands,
                          .n_commands = 2 },
                .processes = processes,
                .n_processes = 2,
                .reports = reports,
                .log_lines = lines,
                .log_path = log_path,
        };

        status_print(&facts, &style, &out);
        assert_string_equal(
                strbuf_text(&out),
                "\u25cf web.service - A site\n"
                "  state     active (running) since Mon 2024-05-06 12:53:20 UTC, 5s ago\n"
                "  file      /etc/systemd/system/web.service (enabled)\n"
                "  drop-ins  /etc/systemd/system/web.service.d/10.conf\n"
                "  main      41 /usr/bin/web\n"
                "  says      serving\n"
                "  uses      memory 13.0M, tasks 2\n"
                "  commands  ExecStartPre=/usr/bin/web --port=80: exited with status 0/SUCCESS\n"
                "  processes \u251c\u250041 /usr/bin/web\n"
                "            \u2514\u250042 worker\n"
                "  weaker    ProtectHome= is not supported yet\n"
                "  log       /run/tend/logs/web.service.log\n"
                "    hello\n");
}

static void test_a_failed_service_says_why(void **state UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        const StatusFacts facts = {
                .view = { .id = id,
                          .active_state = failed,
                          .sub_state = failed,
                          .load_state = loaded,
                          .exec_main_pid = 9,
                          .exec_main_code = CLD_EXITED,
                          .exec_main_status = 1,
                          .exec_main_exit_usec = MOMENT,
                          .memory_current = UNKNOWN,
                          .memory_max = UNKNOWN,
                          .tasks_current = UNKNOWN,
                          .cpu_usage_nsec = UNKNOWN },
                .reason = because,
        };

        status_print(&facts, &style, &out);
        assert_string_equal(strbuf_text(&out),
                            "\u00d7 web.service\n"
                            "  state     failed (failed)\n"
                            "  because   its main process exited with status 1/FAILURE\n"
                            "  file      none\n"
                            "  main      9 exited with status 1/FAILURE, 5s ago\n");
}

static void test_sizes_are_rounded(void **state UNUSED) {
        static const struct {
                uint64_t bytes;
                const char *expected;
        } rows[] = {
                { 0, "0B" },
                { 1023, "1023B" },
                { 1024, "1.0K" },
                { UINT64_C(13) * 1024 * 1024 + 512 * 1024, "13.5M" },
                { UINT64_C(700) * 1024 * 1024, "700M" },
                { UINT64_C(3) << 40, "3.0T" },
        };
        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
                status_print_size(rows[i].bytes, &out);
                assert_string_equal(strbuf_text(&out), rows[i].expected);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_running_service_is_described),
                cmocka_unit_test(test_a_failed_service_says_why),
                cmocka_unit_test(test_sizes_are_rounded),
        };
        return cmocka_run_group_tests(tests, use_utc, NULL);
}
