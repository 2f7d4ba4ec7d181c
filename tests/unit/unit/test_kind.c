/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "unit/kinds.h"
#include "unit/unit_print.h"
#include "unit/unit_spec.h"

/* Values that a kind takes without a word; assigned one after another they also show merging. */
typedef struct KindSamples {
        const Kind *kind;
        const char *samples[9];
} KindSamples;

/* clang-format off */
static const KindSamples kind_samples[] = {
        { &kind_address_families, { "AF_INET AF_UNIX", "~AF_UNIX", "AF_NETLINK", "", "~AF_PACKET", "none" } },
        { &kind_architectures, { "native x86", "x32", "" } },
        { &kind_bind_paths, { "/a", "-/b:/c /d:/e:norbind", "\"/x y:/z\"", "/a%%b", "/a\\:b:/c" } },
        { &kind_boolean, { "yes", "off", "1" } },
        { &kind_bpf_programs, { "egress:/sys/fs/bpf/a", "ingress:/b%%" } },
        { &kind_bus_name, { "org.example.A" } },
        { &kind_capabilities, { "CAP_CHOWN cap_kill", "~CAP_KILL", "", "~CAP_SYS_ADMIN", "~" } },
        { &kind_commands, { "/bin/a b \"c d\" 'e' \\x41", "-@/bin/a x y ; /bin/b", "+/a", "!!/a", ":/bin/c %% \\; ${X}",
                            "plain \"\" \"a\\nb\"", "//bin//a b", "!\"/a b\" c" } },
        { &kind_conditions, { "/a", "!/b c", "|/d", "| ! /e%%" } },
        { &kind_controllers, { "cpu memory", "io" } },
        { &kind_coredump_filter, { "0x10", "all", "private-huge elf-headers", "default" } },
        { &kind_cpu_priority, { "0", "99" } },
        { &kind_cpu_quota, { "20%", "150.5%", "0.01%" } },
        { &kind_cpu_set, { "0-3 8,10", "64", "8191" } },
        { &kind_delegate, { "no", "yes", "cpu pids", "" } },
        { &kind_device_allow, { "/dev/null rw", "char-*", "\"/dev/a b\" r", "block-loop rwm" } },
        { &kind_directories, { "a b/c", "d:e", "\"x y\"", "f%%g" } },
        { &kind_documentation, { "man:a(1) http://b/c", "\"file:/a b\"", "https://x/%%20" } },
        { &kind_environment, { "A=b \"C=d e\"", "A=2", "X=\\x41\\n\\\"", "P=100%%", "E=" } },
        { &kind_environment_files, { "/etc/a", "-/etc/b c" } },
        { &kind_error_number, { "EPERM", "5", "kill" } },
        { &kind_exit_code, { "0", "255" } },
        { &kind_exit_set, { "1 TEMPFAIL SIGKILL", "250 RTMIN+1", "HUP" } },
        { &kind_fd_name, { "name", "a b%%" } },
        { &kind_file_systems, { "@basic-api ext4", "~tmpfs" } },
        { &kind_groups, { "a b", "100", "" } },
        { &kind_image_options, { "ro root:rw home:nodev,ro", "\"rw,x=a b\"" } },
        { &kind_install_names, { "a.target b@%i.service", "c.target", "\"d.target\"" } },
        { &kind_integer, { "-1", "5", "0x10" } },
        { &kind_interface, { "eth0" } },
        { &kind_interfaces, { "eth0 lo", "~lo" } },
        { &kind_io_priority, { "0", "7" } },
        { &kind_ip_prefixes, { "any", "10.1.2.3/8 ::1", "localhost link-local multicast" } },
        { &kind_kill_mode, { "process", "mixed", "control-group" } },
        { &kind_label, { "-label x", "other%%" } },
        { &kind_import_credential, { "a", "b.*", "*", "e%%f" } },
        { &kind_load_credential, { "a", "b:/etc/c", "b:d", "e%%:/f g" } },
        { &kind_log_fields, { "A=b \"C=d e\"", "F=\\x01" } },
        { &kind_log_namespace, { "foo" } },
        { &kind_long, { "5000000000", "-1" } },
        { &kind_memory, { "1G", "50%", "infinity", "12.5%" } },
        { &kind_mode, { "0755", "4777", "0" } },
        { &kind_mount_flags, { "shared", "slave", "private" } },
        { &kind_namespaces, { "yes", "no", "net ipc", "~net" } },
        { &kind_nanoseconds, { "5us", "1s", "infinity" } },
        { &kind_nice, { "-20", "19" } },
        { &kind_numa_mask, { "0-1", "all", "3" } },
        { &kind_oom_score, { "-1000", "1000" } },
        { &kind_path_lines, { "/a", "/b c%%" } },
        { &kind_path_name, { "/a//b/", "/c %%d" } },
        { &kind_path_triggers, { "/a", "/b c%%" } },
        { &kind_pid_file, { "a.pid", "/run/b%%" } },
        { &kind_plain_text, { "%n any \"text", "b" } },
        { &kind_pressure_limit, { "5%", "12.34%" } },
        { &kind_reboot_argument, { "a%%b" } },
        { &kind_root_hash, { "/a b", "00112233445566778899aabbccddeeff" } },
        { &kind_root_hash_signature, { "/a", "base64:aGk=" } },
        { &kind_secure_bits, { "keep-caps noroot", "no-setuid-fixup-locked" } },
        { &kind_service_name, { "a.service", "b@c.service" } },
        { &kind_signal, { "SIGTERM", "RTMIN+3", "9", "HUP" } },
        { &kind_size, { "1K", "5M" } },
        { &kind_slice, { "a.slice", "a-b.slice" } },
        { &kind_socket_bind, { "tcp:80", "ipv6:udp:1-5", "any", "ipv4" } },
        { &kind_sockets, { "a.socket b.socket", "c.socket" } },
        { &kind_stream_data, { "aGkh" } },
        { &kind_swap_priority, { "-1", "5" } },
        { &kind_system_calls, { "@system-service read", "~@privileged", "kill", "~kill" } },
        { &kind_tasks, { "5", "10%", "infinity" } },
        { &kind_temporary_file_systems, { "/a /b:ro,size=1G", "\"/x y:mode=0755\"", "/c%%:x=%%" } },
        { &kind_terminal_size, { "80" } },
        { &kind_text, { "any %%n \"text\\\\", "b" } },
        { &kind_triggered_unit, { "a.service" } },
        { &kind_enforce, { "strict", "report", "strict report" } },
        { &kind_unsigned, { "0", "4294967295" } },
        { &kind_user, { "root", "100", "a b" } },
        { &kind_variable_names, { "A B", "C" } },
        { &kind_weight, { "100", "500" } },
        { &kind_working_directory, { "/a b", "-/c%%", "~" } },
};
/* clang-format on */

/* A unit that has this row. */
static UnitSpec *unit_for(const DirectiveRow *row) {
        AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
        UnitSpec *spec = NULL;
        UnitType type = UNIT_SERVICE;

        for (int i = 0; i < UNIT_TYPE_COUNT; i++)
                if (section_of_type((UnitType)i) & row->sections)
                        type = (UnitType)i;
        strbuf_addf(&name, "x.%s", unit_type_name(type));
        assert_int_equal(unit_spec_new(strbuf_text(&name), &spec), 0);
        return spec;
}

static unsigned section_for(const UnitSpec *spec, const DirectiveRow *row) {
        unsigned own = section_of_type(spec->type);

        return row->sections & own ? own : row->sections & -row->sections;
}

static void assert_reads_back(const UnitSpec *spec) {
        AUTO(strbuf_done) StrBuf text = STRBUF_INIT;
        AUTO(strbuf_done) StrBuf again = STRBUF_INIT;
        AUTO(unit_spec_free) UnitSpec *copy = NULL;
        AUTO(diag_clear) Diag diag = DIAG_INIT;

        unit_print(spec, ~0u, &text);
        assert_int_equal(unit_spec_new(spec->name, &copy), 0);
        if (unit_read_text(copy, str_of(strbuf_text(&text)), &diag) < 0)
                fail_msg(
                        "%s\n%s", diag.n_findings ? diag.findings[0].text : "", strbuf_text(&text));
        unit_print(copy, ~0u, &again);
        assert_string_equal(strbuf_text(&again), strbuf_text(&text));
        assert_true(unit_spec_equal(spec, copy));
}

/* Assigns a sample, which must be taken without a word, and reads the printed unit back. */
static void check_sample(UnitSpec *spec, const DirectiveRow *row, const char *sample) {
        const SpecifierContext specifiers = { .unit_name = spec->name };
        AUTO(diag_clear) Diag diag = DIAG_INIT;
        const KindContext context = { .diag = &diag, .specifiers = &specifiers };
        int r = unit_spec_assign(
                spec, section_for(spec, row), str_of(row->name), str_of(sample), &context);

        if (r != KIND_OK || diag.n_by_severity[DIAG_ERROR] > 0)
                fail_msg("%s=%s: %d %s",
                         row->name,
                         sample,
                         r,
                         diag.n_findings ? diag.findings[0].text : "");
        assert_reads_back(spec);
}

static const char *const *samples_of(const DirectiveRow *row) {
        static const char *const socket_lists[][5] = {
                { "/a", "@b", "80", "[::1]:80", NULL },
                { "/a", "1.2.3.4:5", NULL },
                { "/a", "@b%%", NULL },
                { "/a b", NULL },
                { "route 1", "audit", NULL },
                { "/dev/x", NULL },
                { "/queue", NULL },
                { "/usb", NULL },
        };
        static const char *const spans[] = { "5min 20s", "90", "infinity", NULL };
        static const char *const timers[] = { "5s", NULL };
        static const char *const calendars[] = { "weekly", NULL };
        static const char *const streams[] = { "null",        "tty",    "fd", "fd:x",
                                               "file:/a b%%", "socket", NULL };
        static const char *const limits[] = { "5", "0:6", NULL };
        static const char *const devices[] = { "/dev/a 100", "\"/dev/b c\" 500", NULL };
        static const char *const credentials[] = { "a:aGk=", "a:aGkh", NULL };
        static const char *const images[] = { "/a:/b", "-/c:/d:ro", "/e:/f:root:rw:home:ro", NULL };
        static const char *const extensions[] = { "/a", "-/c:ro", "/e:root:rw:home:ro", NULL };
        static const char *const units[] = {
                "a.service b@c.socket", "d@.service", "a.service", NULL
        };
        static const char *const paths[] = { "/a /b", "/c%%", NULL };
        static const char *const plain_directories[] = { "a b/c", "\"x y\"", NULL };
        static const char *const search_path[] = { "/a:/b", "/c%%d", NULL };

        if (row->kind == &kind_listen)
                return socket_lists[row->variant];
        if (row->kind == &kind_time_span)
                return spans;
        if (row->kind == &kind_timers || row->kind == &kind_calendars)
                return row->kind == &kind_timers ? timers : calendars;
        if (row->kind == &kind_stream)
                return streams;
        if (row->kind == &kind_limit)
                return limits;
        if (row->kind == &kind_device_limits)
                return devices;
        if (row->kind == &kind_set_credential)
                return credentials;
        if (row->kind == &kind_images || row->kind == &kind_extension_images)
                return row->kind == &kind_images ? images : extensions;
        if (row->kind == &kind_units)
                return units;
        if (row->id == DIRECTIVE_CONFIGURATION_DIRECTORY)
                return plain_directories;
        if (row->kind == &kind_paths)
                return row->id == DIRECTIVE_EXEC_SEARCH_PATH ? search_path : paths;
        for (unsigned i = 0; i < ARRAY_LENGTH(kind_samples); i++)
                if (kind_samples[i].kind == row->kind)
                        return kind_samples[i].samples;
        return NULL;
}

/* Kinds whose samples are the names that the row gives. */
static bool is_enumeration(const DirectiveRow *row) {
        return row->kind == &kind_enum || row->kind == &kind_enum_number ||
               row->kind == &kind_enum_flags;
}

static void test_every_row_reads_what_it_prints(void **state) {
        (void)state;
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = unit_for(row);
                const char *const *samples = samples_of(row);
                const KindParameter *parameter = row->parameter;

                if (is_enumeration(row)) {
                        for (unsigned j = 0; j < parameter->n_names; j++)
                                if (parameter->names[j])
                                        check_sample(spec, row, parameter->names[j]);
                        continue;
                }
                if (!samples)
                        fail_msg("%s has no samples", row->name);
                for (; *samples && samples; samples++)
                        check_sample(spec, row, *samples);
        }
}

static void test_empty_assignments_are_harmless(void **state) {
        (void)state;
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++) {
                AUTO(unit_spec_free) UnitSpec *spec = unit_for(row);
                int r = unit_spec_assign(
                        spec, section_for(spec, row), str_of(row->name), STR_EMPTY, NULL);

                assert_true(r == KIND_OK || r == KIND_IGNORED || r == KIND_REFUSED);
                if (r == KIND_OK)
                        assert_reads_back(spec);
        }
}

static void test_odd_bytes_are_harmless(void **state) {
        (void)state;
        static const char *const odd[] = {
                "\\",
                "\"",
                "'",
                "%",
                "%Z",
                ":",
                "::",
                "~",
                "-",
                "+",
                "!",
                "@",
                ";",
                "\\x",
                "\\;",
                "=",
                "a:b:c:d:e",
                "\xff\xfe",
                "-9223372036854775809",
                "99999999999999999999",
                "1-",
                "-1-",
                "/..",
                "a\\",
                "~~",
                "!!!",
                "--",
                "5%%",
                "infinity infinity",
                "[",
                "[]:",
                "@:",
                "fd:",
        };
        const DirectiveRow *row;

        for (unsigned i = 0; (row = directive_at(i)); i++)
                for (unsigned j = 0; j < ARRAY_LENGTH(odd); j++) {
                        AUTO(unit_spec_free) UnitSpec *spec = unit_for(row);
                        const SpecifierContext specifiers = { .unit_name = spec->name };
                        const KindContext context = { .specifiers = &specifiers };
                        int r = unit_spec_assign(spec,
                                                 section_for(spec, row),
                                                 str_of(row->name),
                                                 str_of(odd[j]),
                                                 &context);

                        if (odd[j][strlen(odd[j]) - 1] == '\\' || odd[j][0] == '\xff') {
                                assert_int_equal(r, -EINVAL);
                                continue;
                        }
                        assert_true(r == KIND_OK || r == KIND_IGNORED || r == KIND_REFUSED);
                        if (r == KIND_OK)
                                assert_reads_back(spec);
                }
}

typedef struct Finding252 {
        unsigned section;
        const char *key, *text;
        int outcome;
        const char *finding;
} Finding252;

/* clang-format off */
static const Finding252 findings[] = {
        { SECTION_UNIT, "Documentation", "foo", KIND_IGNORED, "Invalid URL, ignoring: foo" },
        { SECTION_UNIT, "After", "a b.service", KIND_IGNORED, "Failed to add dependency on a, ignoring: Invalid argument" },
        { SECTION_UNIT, "Wants", "%Z.service", KIND_IGNORED, "Failed to resolve unit specifiers in '%Z.service', ignoring: Invalid slot" },
        { SECTION_UNIT, "ConditionPathExists", "a", KIND_IGNORED, "ConditionPathExists= path is not absolute, ignoring: a" },
        { SECTION_UNIT, "RequiresOverridable", "a.service", KIND_OK, "Unit dependency type RequiresOverridable= is obsolete, replacing by Requires=, please update your unit file" },
        { SECTION_SERVICE, "Type", "x", KIND_IGNORED, "Failed to parse service type, ignoring: x" },
        { SECTION_SERVICE, "Restart", "x", KIND_IGNORED, "Failed to parse service restart specifier, ignoring: x" },
        { SECTION_SERVICE, "ExecStart", "a/b", KIND_REFUSED, "Neither a valid executable name nor an absolute path: a/b" },
        { SECTION_SERVICE, "ExecStart", "-a/b", KIND_IGNORED, "Neither a valid executable name nor an absolute path, ignoring: a/b" },
        { SECTION_SERVICE, "ExecStart", "/a/", KIND_REFUSED, "Executable path specifies a directory: /a/" },
        { SECTION_SERVICE, "ExecStart", "+", KIND_REFUSED, "Empty path in command line: '+'" },
        { SECTION_SERVICE, "ExecStart", "@/a", KIND_REFUSED, "Empty executable name or zeroeth argument: @/a" },
        { SECTION_SERVICE, "ExecStart", "/a \"b", KIND_REFUSED, "Unbalanced quoting, ignoring: \"/a \"b\"" },
        { SECTION_SERVICE, "ExecStart", "/a b\\q", KIND_OK, "Ignoring unknown escape sequences: \"b\\q\"" },
        { SECTION_SERVICE, "TimeoutStartSec", "x", KIND_IGNORED, "Failed to parse TimeoutStartSec= parameter, ignoring: x" },
        { SECTION_SERVICE, "TimeoutSec", "x", KIND_IGNORED, "Failed to parse TimeoutSec= parameter, ignoring: x" },
        { SECTION_SERVICE, "TimeoutStopSec", "x", KIND_IGNORED, "Failed to parse time value, ignoring: x" },
        { SECTION_SERVICE, "RestartSec", "x", KIND_IGNORED, "Failed to parse sec value, ignoring: x" },
        { SECTION_SERVICE, "User", "a:b", KIND_REFUSED, "Invalid user/group name or numeric ID: a:b" },
        { SECTION_SERVICE, "User", "nobody", KIND_OK, "Special user nobody configured, this is not safe!" },
        { SECTION_SERVICE, "DynamicUser", "x", KIND_REFUSED, "Failed to parse boolean value: x" },
        { SECTION_SERVICE, "PrivateTmp", "x", KIND_IGNORED, "Failed to parse boolean value, ignoring: x" },
        { SECTION_SERVICE, "WorkingDirectory", "x", KIND_REFUSED, "WorkingDirectory= path is not absolute: x" },
        { SECTION_SERVICE, "WorkingDirectory", "-x", KIND_IGNORED, "WorkingDirectory= path is not absolute, ignoring: x" },
        { SECTION_SERVICE, "PIDFile", "/a/../b", KIND_REFUSED, "PIDFile= path is not normalized, ignoring: /a/../b" },
        { SECTION_SERVICE, "Nice", "20", KIND_IGNORED, "Nice priority out of range, ignoring: 20" },
        { SECTION_SERVICE, "LimitNOFILE", "5:4", KIND_IGNORED, "Soft resource limit chosen higher than hard limit, ignoring: 5:4" },
        { SECTION_SERVICE, "Environment", "A b=c", KIND_IGNORED, "Invalid environment assignment, ignoring: A" },
        { SECTION_SERVICE, "KillMode", "none", KIND_OK, "Unit uses KillMode=none. This is unsafe, as it disables systemd's process lifecycle management for the service. Please update the service to use a safer KillMode=, such as 'mixed' or 'control-group'. Support for KillMode=none is deprecated and will eventually be removed." },
        { SECTION_SERVICE, "MemoryLimit", "1G", KIND_OK, "Unit uses MemoryLimit=; please use MemoryMax= instead. Support for MemoryLimit= will be removed soon." },
        { SECTION_SERVICE, "SystemCallFilter", "nosuch", KIND_IGNORED, "Failed to parse system call, ignoring: nosuch" },
        { SECTION_SERVICE, "StandardOutput", "syslog", KIND_OK, "Standard output type syslog is obsolete, automatically updating to journal. Please update your unit file, and consider removing the setting altogether." },
        { SECTION_SERVICE, "Slice", "a.service", KIND_IGNORED, "Failed to assign slice a.service to unit x.service, ignoring: Invalid argument" },
};
/* clang-format on */

static void test_findings_are_worded_as_by_systemd(void **state) {
        (void)state;
        for (unsigned i = 0; i < ARRAY_LENGTH(findings); i++) {
                const Finding252 *expected = &findings[i];
                AUTO(unit_spec_free) UnitSpec *spec = NULL;
                AUTO(diag_clear) Diag diag = DIAG_INIT;
                const SpecifierContext specifiers = { .unit_name = "x.service" };
                const KindContext context = {
                        .diag = &diag,
                        .place = { "x.service", "/x.service", 7 },
                        .specifiers = &specifiers,
                };
                int r;

                assert_int_equal(unit_spec_new("x.service", &spec), 0);
                r = unit_spec_assign(spec,
                                     expected->section,
                                     str_of(expected->key),
                                     str_of(expected->text),
                                     &context);
                assert_int_equal(r, expected->outcome);
                assert_int_equal(diag.n_findings, 1);
                assert_string_equal(diag.findings[0].text, expected->finding);
                assert_int_equal(diag.findings[0].line, 7);
                assert_int_equal(diag.findings[0].severity,
                                 r == KIND_REFUSED && !strstr(expected->finding, "ignoring")
                                         ? DIAG_ERROR
                                         : DIAG_WARNING);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_every_row_reads_what_it_prints),
                cmocka_unit_test(test_empty_assignments_are_harmless),
                cmocka_unit_test(test_odd_bytes_are_harmless),
                cmocka_unit_test(test_findings_are_worded_as_by_systemd),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
