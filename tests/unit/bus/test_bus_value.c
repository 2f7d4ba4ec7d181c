/* SPDX-License-Identifier: Apache-2.0 */

#include <stdlib.h>

#include "base/strbuf.h"
#include "bus_fixture.h"
#include "unit_test.h"

#define FULL_PATH MANAGER_PATH "/unit/full_2eservice"
#define UNIT UNIT_INTERFACE
#define SERVICE SERVICE_INTERFACE

static const char full_text[] = "[Unit]\n"
                                "Documentation=man:foo(1) https://x\n"
                                "ConditionPathExists=/etc\n"
                                "ConditionPathExists=|!/nonexist\n"
                                "AssertPathExists=/etc\n"
                                "StartLimitIntervalSec=0\n"
                                "[Service]\n"
                                "Type=oneshot\n"
                                "RemainAfterExit=yes\n"
                                "ExecStart=-/bin/true a \"b c\" $FOO\n"
                                "ExecStart=@/bin/true argv0 x\n"
                                "ExecStart=+/bin/true\n"
                                "ExecStart=!/bin/true\n"
                                "ExecStart=!!/bin/true\n"
                                "ExecStart=:/bin/true\n"
                                "Environment=A=1 \"B=2 3\"\n"
                                "EnvironmentFile=-/etc/default/x\n"
                                "EnvironmentFile=/etc/os-release\n"
                                "PassEnvironment=PATH\n"
                                "UMask=0077\n"
                                "LimitNOFILE=100:200\n"
                                "LimitCPU=60\n"
                                "WorkingDirectory=-~\n"
                                "SuccessExitStatus=3 TERM 75 SIGKILL\n"
                                "RestartPreventExitStatus=5 SIGABRT\n"
                                "SupplementaryGroups=adm\n"
                                "CPUAffinity=0-1\n"
                                "Nice=5\n"
                                "OOMScoreAdjust=-5\n"
                                "CPUSchedulingPolicy=rr\n"
                                "CPUSchedulingPriority=3\n"
                                "IOSchedulingClass=idle\n"
                                "StandardInputText=hello\n"
                                "StandardInput=data\n"
                                "StandardOutput=append:/tmp/foo\n"
                                "StandardError=fd:log\n"
                                "SyslogFacility=local3\n"
                                "SyslogLevel=notice\n"
                                "CapabilityBoundingSet=CAP_CHOWN CAP_KILL\n"
                                "SecureBits=keep-caps noroot\n"
                                "PrivateTmp=yes\n"
                                "ProtectHome=read-only\n"
                                "ProtectSystem=strict\n"
                                "RestrictAddressFamilies=AF_UNIX AF_INET\n"
                                "RestrictNamespaces=~user\n"
                                "SystemCallErrorNumber=EPERM\n"
                                "RuntimeDirectory=foo bar:baz\n"
                                "RuntimeDirectoryMode=0700\n"
                                "BindPaths=/a:/b:norbind -/c\n"
                                "TemporaryFileSystem=/tmp:ro\n"
                                "LoadCredential=x:/etc/x\n"
                                "ReadWritePaths=-/a +/b\n"
                                "DeviceAllow=/dev/null rw\n"
                                "DevicePolicy=closed\n"
                                "IODeviceWeight=/dev/sda 100\n"
                                "IPAddressAllow=127.0.0.0/8\n"
                                "CPUQuota=20%\n"
                                "MemoryHigh=1G\n"
                                "ManagedOOMMemoryPressureLimit=50%\n"
                                "Personality=x86-64\n"
                                "LogLevelMax=warning\n"
                                "AppArmorProfile=-foo\n"
                                "KillSignal=SIGINT\n"
                                "KillMode=mixed\n"
                                "TimeoutStopSec=5\n"
                                "OOMPolicy=kill\n"
                                "User=nobody\n"
                                "TimerSlackNSec=1ms\n"
                                "Delegate=cpu memory\n";

/* One line of text for any value: strings bare, numbers in decimal, containers in brackets. */
static void add_value(sd_bus_message *message, StrBuf *out) {
        const char *contents;
        char type;
        uint8_t byte;
        uint16_t small;
        uint32_t word;
        uint64_t number;
        const char *text;
        int truth, first = 1;

        assert_true(sd_bus_message_peek_type(message, &type, &contents) > 0);
        if (type == 'a' || type == 'r') {
                assert_true(sd_bus_message_enter_container(message, type, contents) > 0);
                strbuf_add_char(out, '[');
                for (; sd_bus_message_at_end(message, false) == 0; first = 0) {
                        if (!first)
                                strbuf_add_char(out, ' ');
                        add_value(message, out);
                }
                strbuf_add_char(out, ']');
                assert_true(sd_bus_message_exit_container(message) > 0);
        } else if (type == 's') {
                assert_true(sd_bus_message_read_basic(message, 's', &text) > 0);
                strbuf_add(out, text);
        } else if (type == 'b') {
                assert_true(sd_bus_message_read_basic(message, 'b', &truth) > 0);
                strbuf_add(out, truth ? "yes" : "no");
        } else if (type == 'y') {
                assert_true(sd_bus_message_read_basic(message, 'y', &byte) > 0);
                strbuf_addf(out, "%u", byte);
        } else if (type == 'q') {
                assert_true(sd_bus_message_read_basic(message, 'q', &small) > 0);
                strbuf_addf(out, "%u", small);
        } else if (type == 'u' || type == 'i') {
                assert_true(sd_bus_message_read_basic(message, type, &word) > 0);
                type == 'u' ? strbuf_addf(out, "%u", word) : strbuf_addf(out, "%d", (int32_t)word);
        } else {
                assert_int_equal(type, 't');
                assert_true(sd_bus_message_read_basic(message, 't', &number) > 0);
                strbuf_addf(out, "%llu", (unsigned long long)number);
        }
}

/* What systemd 252 says for the same file. */
static const struct {
        const char *interface, *name, *signature, *expected;
} properties[] = {
        { UNIT, "Documentation", "as", "[man:foo(1) https://x]" },
        { UNIT,
          "Conditions",
          "a(sbbsi)",
          "[[ConditionPathExists no no /etc 0] [ConditionPathExists yes yes /nonexist 0]]" },
        { UNIT, "Asserts", "a(sbbsi)", "[[AssertPathExists no no /etc 0]]" },
        { UNIT, "StartLimitIntervalUSec", "t", "0" },
        { UNIT, "ConditionResult", "b", "no" },
        { UNIT, "IgnoreOnIsolate", "b", "no" },
        { UNIT, "OnFailureJobMode", "s", "replace" },
        { UNIT, "FailureActionExitStatus", "i", "-1" },
        { SERVICE, "Type", "s", "oneshot" },
        { SERVICE, "RemainAfterExit", "b", "yes" },
        { SERVICE, "TimeoutStartUSec", "t", "18446744073709551615" },
        { SERVICE, "TimeoutStopUSec", "t", "5000000" },
        { SERVICE, "TimeoutAbortUSec", "t", "5000000" },
        { SERVICE, "RuntimeMaxUSec", "t", "18446744073709551615" },
        { SERVICE, "WatchdogUSec", "t", "18446744073709551615" },
        { SERVICE, "SuccessExitStatus", "(aiai)", "[[3 75] [9 15]]" },
        { SERVICE, "RestartPreventExitStatus", "(aiai)", "[[5] [6]]" },
        { SERVICE, "OOMPolicy", "s", "kill" },
        { SERVICE, "Environment", "as", "[A=1 B=2 3]" },
        { SERVICE, "EnvironmentFiles", "a(sb)", "[[/etc/default/x yes] [/etc/os-release no]]" },
        { SERVICE, "PassEnvironment", "as", "[PATH]" },
        { SERVICE, "UMask", "u", "63" },
        { SERVICE, "LimitNOFILE", "t", "200" },
        { SERVICE, "LimitNOFILESoft", "t", "100" },
        { SERVICE, "LimitCPU", "t", "60" },
        { SERVICE, "WorkingDirectory", "s", "!~" },
        { SERVICE, "SupplementaryGroups", "as", "[adm]" },
        { SERVICE, "CPUAffinity", "ay", "[3 0 0 0 0 0 0 0]" },
        { SERVICE, "Nice", "i", "5" },
        { SERVICE, "OOMScoreAdjust", "i", "-5" },
        { SERVICE, "CPUSchedulingPolicy", "i", "2" },
        { SERVICE, "CPUSchedulingPriority", "i", "3" },
        { SERVICE, "IOSchedulingClass", "i", "3" },
        { SERVICE, "StandardInput", "s", "data" },
        { SERVICE, "StandardInputData", "ay", "[104 101 108 108 111 10]" },
        { SERVICE, "StandardOutput", "s", "append" },
        { SERVICE, "StandardError", "s", "fd" },
        { SERVICE, "StandardErrorFileDescriptorName", "s", "log" },
        { SERVICE, "SyslogPriority", "i", "157" },
        { SERVICE, "SyslogFacility", "i", "19" },
        { SERVICE, "SecureBits", "i", "17" },
        { SERVICE, "CapabilityBoundingSet", "t", "33" },
        { SERVICE, "PrivateTmp", "b", "yes" },
        { SERVICE, "ProtectHome", "s", "read-only" },
        { SERVICE, "ProtectSystem", "s", "strict" },
        { SERVICE, "RestrictNamespaces", "t", "1845624832" },
        { SERVICE, "SystemCallErrorNumber", "i", "1" },
        { SERVICE, "RuntimeDirectory", "as", "[foo bar]" },
        { SERVICE, "RuntimeDirectorySymlink", "a(sst)", "[[bar baz 0]]" },
        { SERVICE, "RuntimeDirectoryMode", "u", "448" },
        { SERVICE, "BindPaths", "a(ssbt)", "[[/a /b no 0] [/c /c yes 16384]]" },
        { SERVICE, "BindReadOnlyPaths", "a(ssbt)", "[]" },
        { SERVICE, "TemporaryFileSystem", "a(ss)", "[[/tmp ro]]" },
        { SERVICE, "LoadCredential", "a(ss)", "[[x /etc/x]]" },
        { SERVICE, "ReadWritePaths", "as", "[-/a +/b]" },
        { SERVICE, "DeviceAllow", "a(ss)", "[[/dev/null rw]]" },
        { SERVICE, "DevicePolicy", "s", "closed" },
        { SERVICE, "IODeviceWeight", "a(st)", "[[/dev/sda 100]]" },
        { SERVICE, "IPAddressAllow", "a(iayu)", "[[2 [127 0 0 0] 8]]" },
        { SERVICE, "CPUQuotaPerSecUSec", "t", "200000" },
        { SERVICE, "MemoryHigh", "t", "1073741824" },
        { SERVICE, "MemoryMax", "t", "18446744073709551615" },
        { SERVICE, "ManagedOOMMemoryPressureLimit", "u", "2147483648" },
        { SERVICE, "Personality", "s", "x86-64" },
        { SERVICE, "LogLevelMax", "i", "4" },
        { SERVICE, "AppArmorProfile", "(bs)", "[yes foo]" },
        { SERVICE, "KillMode", "s", "mixed" },
        { SERVICE, "KillSignal", "i", "2" },
        { SERVICE, "RestartKillSignal", "i", "2" },
        { SERVICE, "User", "s", "nobody" },
        { SERVICE, "TimerSlackNSec", "t", "1000000" },
        { SERVICE, "Delegate", "b", "yes" },
        { SERVICE, "DelegateControllers", "as", "[cpu memory]" },
        { SERVICE,
          "ExecStart",
          "a(sasbttttuii)",
          "[[/bin/true [/bin/true a b c $FOO] yes 0 0 0 0 0 0 0]"
          " [/bin/true [argv0 x] no 0 0 0 0 0 0 0] [/bin/true [/bin/true] no 0 0 0 0 0 0 0]"
          " [/bin/true [/bin/true] no 0 0 0 0 0 0 0] [/bin/true [/bin/true] no 0 0 0 0 0 0 0]"
          " [/bin/true [/bin/true] no 0 0 0 0 0 0 0]]" },
        { SERVICE,
          "ExecStartEx",
          "a(sasasttttuii)",
          "[[/bin/true [/bin/true a b c $FOO] [ignore-failure] 0 0 0 0 0 0 0]"
          " [/bin/true [argv0 x] [] 0 0 0 0 0 0 0]"
          " [/bin/true [/bin/true] [privileged] 0 0 0 0 0 0 0]"
          " [/bin/true [/bin/true] [no-setuid] 0 0 0 0 0 0 0]"
          " [/bin/true [/bin/true] [ambient] 0 0 0 0 0 0 0]"
          " [/bin/true [/bin/true] [no-env-expand] 0 0 0 0 0 0 0]]" },
        { SERVICE, "ExecReload", "a(sasbttttuii)", "[]" },
};

static void test_settings_are_shown_as_systemd_shows_them(void **state UNUSED) {
        AUTO(bus_fixture_free) BusFixture *fixture = bus_fixture_new(NULL);
        unsigned n_wrong = 0;

        fake_host_add_unit(fixture->host, "full.service", full_text);
        for (unsigned i = 0; i < ARRAY_LENGTH(properties); i++) {
                AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
                sd_bus_message *reply = NULL;
                bus_fixture_get(fixture,
                                FULL_PATH,
                                properties[i].interface,
                                properties[i].name,
                                properties[i].signature,
                                &reply);
                add_value(reply, &text);
                if (!streq(strbuf_text(&text), properties[i].expected)) {
                        print_error("%s is %s, not %s\n",
                                    properties[i].name,
                                    strbuf_text(&text),
                                    properties[i].expected);
                        n_wrong++;
                }
                sd_bus_message_unref(reply);
        }
        assert_int_equal(n_wrong, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_settings_are_shown_as_systemd_shows_them),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
